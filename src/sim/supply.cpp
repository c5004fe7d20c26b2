#include "sim/supply.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <system_error>

#include "base/error.hpp"
#include "sim/harvest_supply.hpp"
#include "sim/supply_kinds.hpp"

namespace dynbal::sim {
namespace {

// Far above anything that ends in a lifetime, and small enough that costs in femtojoules fit 64
// bits.
constexpr uint64_t number_max = 1'000'000'000'000;

[[noreturn]] void refuse(std::string_view text, const std::string& reason) {
    throw InputError(fmt::format("supply '{}': {}. The supplies are: {} (see: dynbal help supplies)", text, reason,
                                 fmt::join(supply_forms(), ", ")));
}

/// A whole number in digits, nothing else: no sign, no blank, no exponent.
uint64_t parse_count(std::string_view text, std::string_view number, uint64_t least, uint64_t most) {
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (number.empty() || error != std::errc{} || end != number.data() + number.size() || value < least ||
        value > most) {
        refuse(text, fmt::format("'{}' is not a whole number from {} to {}", number, least, most));
    }
    return value;
}

using SupplyPointer = std::unique_ptr<Supply>;

SupplyPointer make_bytes(const SupplyText& text, const DeviceProfile& /*profile*/) {
    return std::make_unique<BytesSupply>(parse_count(text.whole, text.arguments, 1, number_max));
}

SupplyPointer make_once(const SupplyText& text, const DeviceProfile& profile) {
    const size_t plus = text.arguments.find('+');
    // Only here a zero has a meaning: the cut before the first byte.
    const uint64_t bytes = parse_count(text.whole, text.arguments.substr(0, plus), 0, number_max);
    SupplyPointer rest;
    if (plus == std::string_view::npos) {
        rest = std::make_unique<SteadySupply>();
    } else {
        const std::string_view after = text.arguments.substr(plus + 1);
        if (after.starts_with("once:")) refuse(text.whole, "only one 'once' is possible");
        rest = parse_supply(after, profile);
    }
    return std::make_unique<OnceSupply>(bytes, std::move(rest));
}

SupplyPointer make_budget(const SupplyText& text, const DeviceProfile& profile) {
    constexpr std::string_view first_key = "first=";
    const size_t comma = text.arguments.find(',');
    const uint64_t units = parse_count(text.whole, text.arguments.substr(0, comma), 1, number_max);
    if (comma == std::string_view::npos) return std::make_unique<BudgetSupply>(units, profile);
    const std::string_view word = text.arguments.substr(comma + 1);
    if (!word.starts_with(first_key)) {
        refuse(text.whole, fmt::format("only first=F can follow budget:E, but there is '{}'", word));
    }
    const uint64_t first = parse_count(text.whole, word.substr(first_key.size()), 1, number_max);
    return std::make_unique<BudgetSupply>(units, first, profile);
}

SupplyPointer make_random(const SupplyText& text, const DeviceProfile& /*profile*/) {
    const std::string_view arguments = text.arguments;
    const size_t first = arguments.find(',');
    const size_t second = first == std::string_view::npos ? first : arguments.find(',', first + 1);
    if (second == std::string_view::npos) refuse(text.whole, "three numbers are needed: SEED,LO,HI");
    const uint64_t seed = parse_count(text.whole, arguments.substr(0, first), 0, UINT64_MAX);
    const uint64_t low = parse_count(text.whole, arguments.substr(first + 1, second - first - 1), 1, number_max);
    const uint64_t high = parse_count(text.whole, arguments.substr(second + 1), 1, number_max);
    if (low > high) refuse(text.whole, "LO is larger than HI");
    return std::make_unique<RandomSupply>(seed, low, high);
}

/// A supply that can be written down: the word before the colon, and how it is written.
struct Kind {
    std::string_view name;
    const char* form;
    SupplyPointer (*make)(const SupplyText& text, const DeviceProfile& profile);
};

constexpr std::array kinds{
    Kind{"none", "none", nullptr},
    Kind{"bytes", "bytes:K", make_bytes},
    Kind{"once", "once:K", make_once},
    Kind{"once", "once:K+SUPPLY", make_once},
    Kind{"budget", "budget:E", make_budget},
    Kind{"budget", "budget:E,first=F", make_budget},
    Kind{"random", "random:SEED,LO,HI", make_random},
    Kind{"power", "power:P", make_harvest_supply},
    Kind{"trace", "trace:FILE", make_harvest_supply},
    Kind{"markov", "markov:", make_harvest_supply},
    Kind{"walk", "walk:", make_harvest_supply},
    Kind{"daynight", "daynight:", make_harvest_supply},
};

}  // namespace

std::vector<const char*> supply_forms() {
    std::vector<const char*> forms;
    forms.reserve(kinds.size());
    for (const Kind& kind : kinds) forms.push_back(kind.form);
    return forms;
}

std::unique_ptr<Supply> parse_supply(std::string_view text, const DeviceProfile& profile) {
    if (text == "none") return std::make_unique<SteadySupply>();
    const size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
        std::error_code no_file;
        const bool is_file = std::filesystem::exists(std::string(text), no_file);
        refuse(text, is_file ? "a recording is given as trace:" + std::string(text)
                             : std::string("there is no such supply, or its numbers are missing"));
    }
    const std::string_view name = text.substr(0, colon);
    for (const Kind& kind : kinds) {
        if (kind.name == name && kind.make != nullptr) {
            return kind.make({text, name, text.substr(colon + 1)}, profile);
        }
    }
    refuse(text, "there is no such supply");
}

}  // namespace dynbal::sim
