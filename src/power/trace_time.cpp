#include "power/trace_time.hpp"

#include <array>
#include <charconv>

namespace dynbal::power {
namespace {

/// Takes digits off the front of a text.
class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    bool number(int64_t& value, size_t digits_min, size_t digits_max) {
        size_t digits = 0;
        while (digits < text_.size() && text_[digits] >= '0' && text_[digits] <= '9') ++digits;
        if (digits < digits_min || digits > digits_max) return false;
        std::from_chars(text_.data(), text_.data() + digits, value);
        text_.remove_prefix(digits);
        return true;
    }
    bool any_of(std::string_view characters) {
        if (text_.empty() || characters.find(text_.front()) == std::string_view::npos) return false;
        text_.remove_prefix(1);
        return true;
    }
    /// .25 or ,25
    double fraction() {
        if (!any_of(".,")) return 0;
        double value = 0, place = 0.1;
        for (; !text_.empty() && text_.front() >= '0' && text_.front() <= '9'; place /= 10) {
            value += place * (text_.front() - '0');
            text_.remove_prefix(1);
        }
        return value;
    }
    /// In any case, and not followed by another letter.
    bool word(std::string_view wanted) {
        if (text_.size() < wanted.size()) return false;
        for (size_t i = 0; i < wanted.size(); ++i) {
            if ((text_[i] | 0x20) != (wanted[i] | 0x20)) return false;
        }
        if (text_.size() > wanted.size() && is_letter(text_[wanted.size()])) return false;
        text_.remove_prefix(wanted.size());
        return true;
    }
    /// Jan and so on.
    bool month_name(int64_t& month) {
        constexpr std::array<std::string_view, 12> names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        for (size_t i = 0; i < names.size(); ++i) {
            month = static_cast<int64_t>(i) + 1;
            if (word(names[i])) return true;
        }
        return false;
    }
    bool at_end() const { return text_.empty(); }

private:
    static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

    std::string_view text_;
};

/// Of the proleptic Gregorian calendar, from 1970-01-01; the year begins in March here.
int64_t days_since_1970(int64_t year, int64_t month, int64_t day) {
    if (month <= 2) --year;
    const int64_t era = (year >= 0 ? year : year - 399) / 400;
    const int64_t year_of_era = year - era * 400;
    const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

int64_t days_of(int64_t year, int64_t month) {
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (month == 2) return leap ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/// The same mark between all three parts.
std::optional<double> take_date(Scanner& scanner, DateOrder order) {
    const Scanner start = scanner;
    int64_t first = 0, second = 0, third = 0;
    for (const char mark : {'-', '/', '.'}) {
        const std::string_view marks(&mark, 1);
        scanner = start;
        if (!scanner.number(first, 1, 4) || !scanner.any_of(marks)) continue;
        if (scanner.month_name(second)) {
            if (scanner.any_of(marks) && scanner.number(third, 4, 4)) return date_of(third, second, first);
            continue;
        }
        if (!scanner.number(second, 1, 2) || !scanner.any_of(marks) || !scanner.number(third, 1, 4)) continue;
        if (first > 999 && third < 100) return date_of(first, second, third);
        if (first > 99 || third < 1000) continue;
        if (mark == '.' || order == DateOrder::day_first) return date_of(third, second, first);
        if (order == DateOrder::month_first) return date_of(third, first, second);
    }
    scanner = start;
    return std::nullopt;
}

/// 20240531:1210, as PVGIS writes it.
bool take_packed(Scanner& scanner, Moment& moment) {
    const Scanner start = scanner;
    int64_t date = 0, clock = 0;
    if (!scanner.number(date, 8, 8) || !scanner.any_of(":") || !scanner.number(clock, 4, 4)) {
        scanner = start;
        return false;
    }
    const int64_t hour = clock / 100, minute = clock % 100;
    if (hour <= 23 && minute <= 59) moment.date_s = date_of(date / 10000, date / 100 % 100, date % 100);
    moment.clock_s = static_cast<double>(hour * 3600 + minute * 60);
    return true;
}

/// AM or PM, in any case; false if the hour is none of theirs.
bool take_half(Scanner& scanner, int64_t& hour) {
    const bool afternoon = scanner.word("PM");
    if (!afternoon && !scanner.word("AM")) return true;
    if (hour < 1 || hour > 12) return false;
    hour = hour % 12 + (afternoon ? 12 : 0);
    return true;
}

/// Days before a time, or alone: `1 days 02:03:04`, `1 day, 2:03:04`, `1.02:03:04`. Takes nothing where there are none.
bool take_days(Scanner& scanner, int64_t& days) {
    const Scanner start = scanner;
    int64_t hours = 0;
    if (scanner.number(days, 1, 5)) {
        const Scanner behind = scanner;
        if (scanner.any_of(".") && scanner.number(hours, 2, 2) && scanner.any_of(":")) {
            scanner = behind;
            scanner.any_of(".");
            return true;
        }
        scanner = behind;
        scanner.any_of(" ");
        if (scanner.word("days") || scanner.word("day")) {
            scanner.any_of(",");
            scanner.any_of(" ");
            return true;
        }
    }
    days = 0;
    scanner = start;
    return false;
}

/// Sets clock_s, two_numbers and is_elapsed.
bool take_clock(Scanner& scanner, Moment& moment) {
    int64_t days = 0;
    const bool has_days = !moment.date_s && take_days(scanner, days);
    if (has_days && scanner.at_end()) {
        moment.is_elapsed = true;
        moment.clock_s = static_cast<double>(days * 86400);
        return true;
    }
    constexpr size_t hour_digits_max = 5;
    int64_t hour = 0, minute = 0, second = 0;
    if (!scanner.number(hour, 1, moment.date_s || has_days ? 2 : hour_digits_max) || !scanner.any_of(":") ||
        !scanner.number(minute, 2, 2)) {
        return false;
    }
    double fraction = 0;
    moment.two_numbers = !scanner.any_of(":");
    if (!moment.two_numbers) {
        if (!scanner.number(second, 2, 2)) return false;
        fraction = scanner.fraction();
    }
    scanner.any_of(" ");
    moment.two_numbers = moment.two_numbers && scanner.at_end();
    if (!take_half(scanner, hour) || minute > 59 || second > 60) return false;
    const int64_t whole_s = hour * 3600 + minute * 60 + second;
    moment.is_elapsed = has_days || static_cast<double>(whole_s) + fraction > 86400;
    if (moment.is_elapsed && (moment.date_s || !scanner.at_end() || (has_days && hour > 23))) return false;
    moment.clock_s = static_cast<double>(days * 86400 + whole_s) + fraction;
    return true;
}

/// Z, UTC, +02:00, +0200 or nothing: to be taken off.
bool take_zone(Scanner& scanner, double& seconds) {
    if (scanner.at_end() || scanner.word("Z") || scanner.word("UTC")) return true;
    int64_t hours = 0, minutes = 0;
    double sign = 1;
    if (scanner.any_of("-")) {
        sign = -1;
    } else if (!scanner.any_of("+")) {
        return false;
    }
    if (!scanner.number(hours, 2, 2)) return false;
    scanner.any_of(":");
    if (!scanner.at_end() && !scanner.number(minutes, 2, 2)) return false;
    seconds -= sign * static_cast<double>(hours * 3600 + minutes * 60);
    return true;
}

}  // namespace

std::optional<Moment> parse_moment(std::string_view cell, DateOrder order) {
    Moment moment;
    Scanner scanner(cell);
    if (take_packed(scanner, moment)) return moment.date_s && scanner.at_end() ? std::optional(moment) : std::nullopt;
    moment.date_s = take_date(scanner, order);
    if (moment.date_s) {
        if (scanner.at_end()) return moment;
        if (!scanner.any_of("T t_,")) return std::nullopt;
        while (scanner.any_of(" ")) {
        }
    }
    if (!take_clock(scanner, moment) || !take_zone(scanner, *moment.clock_s) || !scanner.at_end()) return std::nullopt;
    return moment;
}

std::optional<double> date_of(int64_t year, int64_t month, int64_t day) {
    if (month < 1 || month > 12 || day < 1 || day > days_of(year, month)) return std::nullopt;
    return static_cast<double>(days_since_1970(year, month, day) * 86400);
}

bool looks_like_time(std::string_view cell) {
    return parse_moment(cell, DateOrder::day_first).has_value() ||
           parse_moment(cell, DateOrder::month_first).has_value();
}

DateOrder order_told_by(std::string_view cell) {
    const bool day_first = parse_moment(cell, DateOrder::day_first).has_value();
    const bool month_first = parse_moment(cell, DateOrder::month_first).has_value();
    if (day_first == month_first) return DateOrder::unknown;
    return day_first ? DateOrder::day_first : DateOrder::month_first;
}

std::optional<double> Counter::since_first(std::string_view cell) {
    int64_t whole = 0;
    const char* const begin = cell.data() + (cell.starts_with('+') ? 1 : 0);
    const char* const last = cell.data() + cell.size();
    auto [end, error] = std::from_chars(begin, last, whole);
    if (error != std::errc{}) return std::nullopt;
    double fraction = 0;
    if (end != last) {
        if (*end != '.' && *end != ',') return std::nullopt;
        double place = 0.1;
        for (++end; end != last; ++end, place /= 10) {
            if (*end < '0' || *end > '9') return std::nullopt;
            fraction += place * (*end - '0');
        }
        if (cell.front() == '-') fraction = -fraction;
    }
    if (!first_) first_ = whole;
    // Of one sign the difference cannot overflow.
    const bool one_sign = (whole < 0) == (*first_ < 0);
    const double distance =
        one_sign ? static_cast<double>(whole - *first_) : static_cast<double>(whole) - static_cast<double>(*first_);
    return distance + fraction;
}

}  // namespace dynbal::power
