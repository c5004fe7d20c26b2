#include "power/quantity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

namespace dynbal::power {
namespace {

struct Suffix {
    std::string_view text;
    double factor;
};

constexpr std::array<Suffix, 7> prefixes{
    {{"", 1}, {"m", 1e-3}, {"u", 1e-6}, {"n", 1e-9}, {"p", 1e-12}, {"k", 1e3}, {"M", 1e6}}};

const char* symbol_of(Unit unit) {
    switch (unit) {
        case Unit::watt: return "W";
        case Unit::volt: return "V";
        case Unit::ampere: return "A";
        case Unit::farad: return "F";
        case Unit::ohm: return "Ohm";
        case Unit::second: return "s";
        case Unit::lux: return "lux";
        case Unit::irradiance: return "W/m2";
        case Unit::share:
        case Unit::none: return "";
    }
    return "";
}

std::optional<double> parse_plain(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
        return std::nullopt;
    }
    return value;
}

std::optional<double> with_suffix(std::string_view text, std::string_view suffix, double factor) {
    if (!text.ends_with(suffix)) return std::nullopt;
    const auto number = parse_plain(text.substr(0, text.size() - suffix.size()));
    return number ? std::optional(*number * factor) : std::nullopt;
}

/// The micro signs as u, the Greek letter as Ohm.
std::string with_plain_signs(std::string_view text) {
    std::string plain(text);
    const auto replace = [&](std::string_view sign, std::string_view with) {
        const size_t at = plain.find(sign);
        if (at == std::string::npos) return;
        std::string replaced = plain.substr(0, at);
        replaced += with;
        replaced += std::string_view(plain).substr(at + sign.size());
        plain = std::move(replaced);
    };
    replace("\xC2\xB5", "u");
    replace("\xCE\xBC", "u");
    replace("\xCE\xA9", "Ohm");
    replace("\xE2\x84\xA6", "Ohm");
    replace("ohm", "Ohm");
    return plain;
}

constexpr std::array<Unit, 9> all_units{Unit::watt,   Unit::volt, Unit::ampere,     Unit::farad, Unit::ohm,
                                        Unit::second, Unit::lux,  Unit::irradiance, Unit::share};

/// "a power"
std::string_view kind_of(Unit unit) {
    const std::string_view example = example_of(unit);
    return example.substr(0, example.find(" such as"));
}

std::string_view behind_plain_number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} ? text.substr(static_cast<size_t>(end - text.data())) : text;
}

bool same_but_for_case(std::string_view one, std::string_view other) {
    const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                      [&](char a, char b) { return small(a) == small(b); });
}

/// mW of mw; "" if that is none in capital letters either. Milli before mega.
std::string in_right_case(std::string_view suffix, Unit unit) {
    for (const Suffix& prefix : prefixes) {
        std::string right = fmt::format("{}{}", prefix.text, symbol_of(unit));
        if (same_but_for_case(right, suffix)) return right;
    }
    return "";
}

}  // namespace

std::string why_no_quantity(std::string_view text, Unit unit) {
    const std::string_view suffix = behind_plain_number(text);
    const std::string_view number = text.substr(0, text.size() - suffix.size());
    const auto told = [&](const std::string& why) { return fmt::format("{}; write {}", why, example_of(unit)); };
    if (number.empty() || unit == Unit::none) return fmt::format("'{}' is not {}", text, example_of(unit));
    if (suffix.empty()) return told(fmt::format("'{}' has no unit", text));
    if (suffix.find(' ') != std::string_view::npos) return told(fmt::format("'{}' has a blank", text));
    const std::string right = in_right_case(suffix, unit);
    if (!right.empty()) return fmt::format("the unit '{}' is written {}: {}{}", suffix, right, number, right);
    const auto* const other = std::find_if(all_units.begin(), all_units.end(),
                                           [&](Unit candidate) { return parse_quantity(text, candidate).has_value(); });
    if (other != all_units.end()) return told(fmt::format("'{}' is the unit of {}", suffix, kind_of(*other)));
    return told(fmt::format("'{}' is no unit of {}", suffix, kind_of(unit)));
}

std::optional<double> parse_quantity(std::string_view written, Unit unit) {
    const std::string text = with_plain_signs(written);
    if (unit == Unit::none) return parse_plain(text);
    if (unit == Unit::share) {
        const auto percent = with_suffix(text, "%", 0.01);
        return percent ? percent : parse_plain(text);
    }
    if (unit == Unit::second) {
        for (const Suffix& suffix : {Suffix{"min", 60}, Suffix{"h", 3600}, Suffix{"d", 86400}}) {
            if (const auto value = with_suffix(text, suffix.text, suffix.factor)) return value;
        }
    }
    for (const Suffix& prefix : prefixes) {
        const std::string suffix = std::string(prefix.text) + symbol_of(unit);
        if (const auto value = with_suffix(text, suffix, prefix.factor)) return value;
    }
    return std::nullopt;
}

const char* example_of(Unit unit) {
    switch (unit) {
        case Unit::watt: return "a power such as 4mW or 250uW";
        case Unit::volt: return "a voltage such as 2.8V";
        case Unit::ampere: return "a current such as 1uA";
        case Unit::farad: return "a capacitance such as 330uF";
        case Unit::ohm: return "a resistance such as 30kOhm";
        case Unit::second: return "a time such as 20ms, 1.5s, 1min or 24h";
        case Unit::share: return "a share such as 0.8 or 80%";
        case Unit::lux: return "an illuminance such as 1000lux";
        case Unit::irradiance: return "an irradiance such as 1000W/m2";
        case Unit::none: return "a number";
    }
    return "";
}

}  // namespace dynbal::power
