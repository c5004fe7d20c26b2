#include "power/column_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "power/text_table.hpp"

namespace dynbal::power {
namespace {

struct Word {
    std::string_view name;
    Quantity quantity;
};

/// Names without a unit; one that begins with such a word and goes on means the same.
constexpr std::array<Word, 22> words{{{"timestamp", Quantity::time},  {"datetime", Quantity::time},
                                      {"elapsed", Quantity::time},    {"epoch", Quantity::time},
                                      {"unix", Quantity::time},       {"datenum", Quantity::time},
                                      {"x-axis", Quantity::time},     {"time", Quantity::time},
                                      {"date", Quantity::time},       {"power", Quantity::power},
                                      {"pwr", Quantity::power},       {"voltage", Quantity::voltage},
                                      {"volt", Quantity::voltage},    {"vbus", Quantity::voltage},
                                      {"current", Quantity::current}, {"irradiance", Quantity::irradiance},
                                      {"t", Quantity::time},          {"p", Quantity::power},
                                      {"v", Quantity::voltage},       {"u", Quantity::voltage},
                                      {"i", Quantity::current},       {"ghi", Quantity::irradiance}}};

/// In other languages. None is found without a mark behind it: `horas` is no time in seconds.
constexpr std::array<Word, 21> foreign_words{
    {{"zeitstempel", Quantity::time}, {"zeitpunkt", Quantity::time},    {"zeit", Quantity::time},
     {"datum", Quantity::time},       {"uhrzeit", Quantity::time},      {"horodatage", Quantity::time},
     {"heure", Quantity::time},       {"fecha", Quantity::time},        {"hora", Quantity::time},
     {"tiempo", Quantity::time},      {"ora", Quantity::time},          {"leistung", Quantity::power},
     {"puissance", Quantity::power},  {"potencia", Quantity::power},    {"potenza", Quantity::power},
     {"spannung", Quantity::voltage}, {"tensione", Quantity::voltage},  {"strom", Quantity::current},
     {"courant", Quantity::current},  {"corriente", Quantity::current}, {"corrente", Quantity::current}}};

std::string_view without_brackets(std::string_view text) {
    constexpr std::string_view open = "([{<", close = ")]}>";
    const size_t kind = text.size() >= 2 ? open.find(text.front()) : std::string_view::npos;
    return kind != std::string_view::npos && text.back() == close[kind] ? trimmed(text.substr(1, text.size() - 2))
                                                                        : text;
}

/// A minimum stands beside a maximum more often than minutes do, and a day beside a month.
bool may_be_least(std::string_view unit) { return unit == "min" || unit == "mins"; }

/// One letter behind a name can be anything (Channel A), unless the name says the same.
bool is_trusted(std::string_view name, char mark, std::string_view unit, Quantity quantity, Quantity word) {
    const bool is_long = quantity == Quantity::time && (unit.front() == 'h' || unit.front() == 'd');
    if (may_be_least(unit) || is_long) return word == quantity || (name.front() == 't' && name[1] == mark);
    if (unit.size() > 1 || word == quantity) return true;
    const bool tied = mark == '_' || mark == '/';
    if (tied) return unit != "a" || name.starts_with('i');
    // CH1 in V
    const std::string_view before = trimmed(name.substr(0, name.size() - unit.size()));
    return before == "in" || before.ends_with(" in");
}

/// What stands before a unit makes it another one: J/s, samples per s, m W.
bool changes_unit(std::string_view before, char mark, std::string_view unit) {
    constexpr std::array<std::string_view, 7> prefixes{"m", "k", "n", "milli", "micro", "nano", "kilo"};
    constexpr std::array<std::string_view, 7> counted{"samples", "cycles",  "events", "counts",
                                                      "bytes",   "packets", "pulses"};
    const auto is_among = [](const auto& list, std::string_view text) {
        return std::find(list.begin(), list.end(), text) != list.end();
    };
    const size_t last = before.find_last_of("_ -.,:/");
    const std::string_view word = last == std::string_view::npos ? before : before.substr(last + 1);
    if (word == "per") return true;
    const auto meaning = unit_named(unit);
    const bool is_time = meaning && meaning->quantity == Quantity::time;
    if (mark == '/' && is_time && ((before.size() <= 2 && before != "t") || is_among(counted, before))) return true;
    return last != std::string_view::npos && unit.size() == 1 && is_among(prefixes, word);
}

/// The one in `Power [mW] (mean)`; none where several have a unit, or another holds a number that may be a factor.
std::optional<ColumnMeaning> unit_in_brackets(std::string_view name) {
    constexpr std::string_view open = "([{<", close = ")]}>";
    std::optional<ColumnMeaning> found;
    for (size_t begin = name.find_first_of(open, 1); begin != std::string_view::npos;) {
        const size_t end = std::min(name.find(close[open.find(name[begin])], begin), name.size() - 1);
        const std::string_view text = name.substr(begin, end - begin + 1);
        const auto unit = unit_named(without_brackets(text));
        if (unit && found) return std::nullopt;
        if (unit) found = unit;
        if (!unit && text.find_first_of("0123456789") != std::string_view::npos) return std::nullopt;
        begin = name.find_first_of(open, end + 1);
    }
    return found;
}

/// The unit in the brackets of a name in small letters, or behind a blank, line or slash.
std::optional<ColumnMeaning> unit_at_end(std::string_view name, Quantity word) {
    const size_t bracket = name.find_last_of("([{<");
    if (bracket != std::string_view::npos && bracket > 0) return unit_in_brackets(name);
    constexpr std::string_view marks = "_ /.-,:";
    // From the longest: w_m2 before m2.
    for (size_t mark = name.find_first_of(marks); mark != std::string_view::npos;
         mark = name.find_first_of(marks, mark + 1)) {
        const std::string_view text = trimmed(name.substr(mark + 1));
        const auto unit = unit_named(text);
        if (!unit || !is_trusted(name, name[mark], text, unit->quantity, word)) continue;
        return changes_unit(trimmed(name.substr(0, mark)), name[mark], text) ? std::nullopt : unit;
    }
    return std::nullopt;
}

/// The word is the name, or its beginning up to a mark.
bool begins_with_word(std::string_view name, std::string_view word) {
    if (name == word) return true;
    return word.size() > 2 && name.starts_with(word) &&
           std::string_view("_ -.,:([{/").find(name[word.size()]) != std::string_view::npos;
}

Quantity word_at_start(std::string_view name) {
    for (const std::span<const Word> list : {std::span<const Word>(words), std::span<const Word>(foreign_words)}) {
        for (const Word& word : list) {
            if (begins_with_word(name, word.name)) return word.quantity;
        }
    }
    return Quantity::none;
}

/// In small letters. A word begins behind what is no letter, or with a capital behind a small letter.
std::vector<std::string> words_of(std::string_view name) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    std::vector<std::string> all;
    for (size_t i = 0; i < name.size(); ++i) {
        if (!is_letter(name[i])) continue;
        const bool begins = i == 0 || !is_letter(name[i - 1]) || (is_capital(name[i]) && !is_capital(name[i - 1]));
        if (begins) all.emplace_back();
        all.back() += folded(name.substr(i, 1));
    }
    return all;
}

/// 10, 100 and so on, 1e-3, 10^6; other numbers tell channels apart.
bool is_power_of_ten(std::string_view word) {
    if (word.size() < 2 || word.front() != '1') return false;
    const size_t end = word.find_first_not_of('0', 1);
    if (end == std::string_view::npos) return true;
    const size_t digit = word.find_first_not_of("+-", end + 1);
    return (word[end] == 'e' || word[end] == '^') && digit != std::string_view::npos && word[digit] >= '0' &&
           word[digit] <= '9';
}

/// V_oc, Voc, open-circuit voltage
bool has_words(std::string_view name, std::string_view suffix, std::string_view word) {
    const std::vector<std::string> parts = words_of(name);
    return std::any_of(parts.begin(), parts.end(), [&](const std::string& part) {
        return part == suffix || part == word || (part.size() == suffix.size() + 1 && part.ends_with(suffix));
    });
}

/// powermw, timems
std::optional<ColumnMeaning> word_and_unit(std::string_view name) {
    for (const Word& word : words) {
        if (word.name.size() <= 2 || !name.starts_with(word.name)) continue;
        const auto unit = unit_named(name.substr(word.name.size()));
        if (unit && unit->quantity == word.quantity) return unit;
    }
    return std::nullopt;
}

}  // namespace

std::string folded(std::string_view text) {
    std::string result;
    text = trimmed(text);
    for (size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const std::string_view two = text.substr(i, 2);
        if (two == "\xC2\xB5" || two == "\xCE\xBC") {
            result += 'u';
            ++i;
        } else if (byte == 0xB5) {
            result += 'u';  // Latin 1
        } else {
            // A name on several lines reads as one on one line.
            const char c = byte == '\r' || byte == '\n' || byte == '\t' ? ' ' : text[i];
            result += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : c;
        }
    }
    return result;
}

std::optional<ColumnMeaning> meaning_of_unit(std::string_view unit) {
    const std::string name = folded(unit);
    return unit_named(without_brackets(name));
}

bool names_a_factor(std::string_view name) {
    const std::string text = folded(name);
    for (size_t i = 1; i + 1 < text.size(); ++i) {
        const bool apart = text[i - 1] == ' ' || text[i - 1] == '_' || text[i - 1] == '(' || text[i - 1] == '[';
        const bool mark = text[i] == '*' || text[i] == '/' || (text[i] == 'x' && apart);
        const size_t digit = text.find_first_not_of(' ', i + 1);
        if (mark && digit != std::string::npos && text[digit] >= '0' && text[digit] <= '9') return true;
        const size_t end = std::min(text.find_first_of(" _)]", i), text.size());
        if (apart && is_power_of_ten(std::string_view(text).substr(i, end - i))) return true;
    }
    return false;
}

std::string why_no_harvest(std::string_view name, Quantity quantity) {
    constexpr std::array<std::string_view, 11> loads{"load",  "consum", "usage",  "draw", "demand",  "discharg",
                                                     "drain", "spent",  "batter", "loss", "dissipat"};
    constexpr std::array<std::string_view, 5> devices{"mcu", "cpu", "node", "tx", "rx"};
    constexpr std::array<std::string_view, 9> statistics{"log",      "ln",  "std", "stdev", "sigma",
                                                         "variance", "var", "err", "error"};
    constexpr std::array<std::string_view, 10> wishes{"setpoint", "limit",     "target", "rated",   "nominal",
                                                      "uncert",   "tolerance", "noise",  "predict", "forecast"};
    const std::vector<std::string> parts = words_of(name);
    const auto any = [&](const auto& list, bool whole) {
        return std::any_of(parts.begin(), parts.end(), [&](const std::string& part) {
            return std::any_of(list.begin(), list.end(),
                               [&](std::string_view word) { return whole ? part == word : part.starts_with(word); });
        });
    };
    // The voltage at a load is that of its source; all else there is what a device draws.
    const bool is_voltage = quantity == Quantity::voltage;
    if (!is_voltage && (any(loads, false) || any(devices, true))) return "what a device draws, no harvest";
    if (any(statistics, true) || any(wishes, false)) return "no measured value";
    if (names_a_factor(name)) return "a multiple of what was harvested";
    return "";
}

std::string why_no_product(const std::string& voltage, const std::string& current) {
    if (!has_words(voltage, "oc", "open") && !has_words(current, "sc", "short")) return "";
    return fmt::format(
        "'{0}' x '{1}' is more than a harvester gives at once; give column={0}*{1},scale=SHARE, about 0.75", voltage,
        current);
}

bool is_time_between_rows(std::string_view name) {
    constexpr std::array<std::string_view, 8> differences{"dt",   "delta",  "deltat", "interval",
                                                          "step", "period", "diff",   "difference"};
    const std::vector<std::string> parts = words_of(name);
    return std::any_of(parts.begin(), parts.end(), [&](const std::string& part) {
        return std::find(differences.begin(), differences.end(), part) != differences.end();
    });
}

std::string unknown_unit(std::string_view name) {
    name = trimmed(name);
    const size_t bracket = name.find_last_of("([{<");
    const bool ends_in_bracket = !name.empty() && std::string_view(")]}>").find(name.back()) != std::string_view::npos;
    if (bracket != std::string_view::npos && bracket > 0 && ends_in_bracket) {
        return std::string(without_brackets(name.substr(bracket)));
    }
    constexpr std::string_view marks = "_ /.-,:";
    const size_t mark = name.find_first_of(marks);
    const std::string all = folded(name);
    const bool is_word = std::any_of(words.begin(), words.end(), [&](const Word& word) { return word.name == all; });
    if (mark == std::string_view::npos || is_word || word_at_start(all) == Quantity::none) return "";
    std::string_view rest = name.substr(mark);
    rest.remove_prefix(std::min(rest.find_first_not_of(marks), rest.size()));
    const bool is_one_word = rest.find_first_of("_ .-,:") == std::string_view::npos;
    const bool is_number = rest.find_first_not_of("0123456789") == std::string_view::npos;
    const bool is_name = rest == "stamp" || word_at_start(folded(rest)) != Quantity::none;
    return is_one_word && !is_number && !is_name ? std::string(rest) : "";
}

std::string_view without_unit(std::string_view name) {
    name = trimmed(name);
    const bool in_brackets = name.ends_with(')') || name.ends_with(']');
    const size_t mark = name.find_last_of(in_brackets ? "([" : "_/ ");
    if (mark == std::string_view::npos || mark == 0) return name;
    return in_brackets || meaning_of_unit(name.substr(mark + 1)) ? trimmed(name.substr(0, mark)) : name;
}

bool has_unit_within(std::string_view name) {
    const std::vector<std::string> parts = words_of(name);
    return std::any_of(parts.begin(), parts.end(),
                       [](const std::string& part) { return part.size() > 1 && unit_named(part).has_value(); });
}

std::string mega_in(std::string_view text) {
    const auto is_letter = [&](size_t at) {
        return at < text.size() && ((text[at] | 0x20) >= 'a' && (text[at] | 0x20) <= 'z');
    };
    for (const std::string_view mega : {"MW", "MV", "MA"}) {
        for (size_t at = text.find(mega); at != std::string_view::npos; at = text.find(mega, at + 1)) {
            if ((at == 0 || !is_letter(at - 1)) && !is_letter(at + 2)) return std::string(mega);
        }
    }
    return "";
}

bool begins_with_minutes(std::string_view name) {
    const std::string text = folded(name);
    const size_t at = text.find("mm:ss");
    return at != std::string::npos && (at < 2 || text.substr(at - 2, 2) != "h:");
}

ColumnMeaning meaning_of(std::string_view text) {
    const std::string name = folded(text);
    if (name.size() > 1 && !may_be_least(name) && name != "day") {
        if (const auto unit = unit_named(without_brackets(name))) return *unit;
    }
    const Quantity word = word_at_start(name);
    if (const auto unit = unit_at_end(name, word)) {
        // A name that says one thing and a unit that says another: not understood, rather than misunderstood.
        if (word != Quantity::none && word != unit->quantity) return {};
        return *unit;
    }
    if (const auto unit = word_and_unit(name)) return *unit;
    if (name == "w") return {Quantity::power, 1};
    if (name == "s") return {Quantity::time, 1};
    return {word, 0};
}

}  // namespace dynbal::power
