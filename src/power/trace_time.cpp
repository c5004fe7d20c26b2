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
    bool at_end() const { return text_.empty(); }

private:
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

bool is_date(int64_t month, int64_t day) { return month >= 1 && month <= 12 && day >= 1 && day <= 31; }

bool take_clock(Scanner& scanner, double& seconds) {
    int64_t hour = 0, minute = 0, second = 0;
    if (!scanner.number(hour, 1, 2) || !scanner.any_of(":") || !scanner.number(minute, 2, 2)) return false;
    double fraction = 0;
    if (scanner.any_of(":")) {
        if (!scanner.number(second, 2, 2)) return false;
        fraction = scanner.fraction();
    }
    if (hour > 24 || minute > 59 || second > 60) return false;
    seconds = static_cast<double>(hour * 3600 + minute * 60 + second) + fraction;
    return true;
}

/// Z, +02:00, +0200 or nothing: to be taken off.
bool take_zone(Scanner& scanner, double& seconds) {
    if (scanner.any_of("zZ") || scanner.at_end()) return true;
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

std::optional<double> clock_seconds(std::string_view cell, bool& has_date) {
    double seconds = 0;
    Scanner clock(cell);
    has_date = false;
    if (take_clock(clock, seconds)) return clock.at_end() ? std::optional(seconds) : std::nullopt;
    Scanner scanner(cell);
    int64_t year = 0, month = 0, day = 0;
    if (!scanner.number(year, 4, 4) || !scanner.any_of("-/") || !scanner.number(month, 1, 2) || !scanner.any_of("-/") ||
        !scanner.number(day, 1, 2) || !is_date(month, day)) {
        return std::nullopt;
    }
    has_date = true;
    const auto date = static_cast<double>(days_since_1970(year, month, day) * 86400);
    if (scanner.at_end()) return date;
    if (!scanner.any_of("T t_")) return std::nullopt;
    if (!take_clock(scanner, seconds)) return std::nullopt;
    scanner.any_of(" ");
    if (!take_zone(scanner, seconds) || !scanner.at_end()) return std::nullopt;
    return date + seconds;
}

std::optional<double> us_date_seconds(std::string_view cell) {
    Scanner scanner(cell);
    int64_t year = 0, month = 0, day = 0;
    if (!scanner.number(month, 1, 2) || !scanner.any_of("/") || !scanner.number(day, 1, 2) || !scanner.any_of("/") ||
        !scanner.number(year, 4, 4) || !is_date(month, day) || !scanner.at_end()) {
        return std::nullopt;
    }
    return static_cast<double>(days_since_1970(year, month, day) * 86400);
}

bool looks_like_time(std::string_view cell) {
    if (cell.empty() || cell.front() < '0' || cell.front() > '9') return false;
    bool has_date = false;
    if (clock_seconds(cell, has_date)) return true;
    // A date of another order is still a date.
    Scanner scanner(cell);
    int64_t part = 0;
    return scanner.number(part, 1, 4) && scanner.any_of("./-") && scanner.number(part, 1, 2) && scanner.any_of("./-") &&
           scanner.number(part, 2, 4);
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
