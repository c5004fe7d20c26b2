#include "sim/supply.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/error.hpp"
#include "sim/harvest_supply.hpp"
#include "sim/supply_kinds.hpp"

namespace dynbal::sim {
namespace {

// Far above anything that ends in a lifetime, and small enough that costs in femtojoules fit 64
// bits.
constexpr uint64_t number_max = 1'000'000'000'000;

[[noreturn]] void refuse(std::string_view text, const std::string& reason) {
    throw InputError(fmt::format(
        "supply '{}': {}. The supplies are: none, bytes:K, once:K, once:K+SUPPLY, "
        "budget:E, random:SEED,LO,HI, power:P, trace:FILE, markov:, walk: and daynight: (see: dynbal help supplies)",
        text, reason));
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

std::unique_ptr<Supply> parse_once(std::string_view text, std::string_view arguments, const DeviceProfile& profile) {
    const size_t plus = arguments.find('+');
    // Only here a zero has a meaning: the cut before the first byte.
    const uint64_t bytes = parse_count(text, arguments.substr(0, plus), 0, number_max);
    std::unique_ptr<Supply> rest;
    if (plus == std::string_view::npos) {
        rest = std::make_unique<SteadySupply>();
    } else {
        const std::string_view after = arguments.substr(plus + 1);
        if (after.starts_with("once:")) refuse(text, "only one 'once' is possible");
        rest = parse_supply(after, profile);
    }
    return std::make_unique<OnceSupply>(bytes, std::move(rest));
}

std::unique_ptr<Supply> parse_random(std::string_view text, std::string_view arguments) {
    const size_t first = arguments.find(',');
    const size_t second = first == std::string_view::npos ? first : arguments.find(',', first + 1);
    if (second == std::string_view::npos) refuse(text, "three numbers are needed: SEED,LO,HI");
    const uint64_t seed = parse_count(text, arguments.substr(0, first), 0, UINT64_MAX);
    const uint64_t low = parse_count(text, arguments.substr(first + 1, second - first - 1), 1, number_max);
    const uint64_t high = parse_count(text, arguments.substr(second + 1), 1, number_max);
    if (low > high) refuse(text, "LO is larger than HI");
    return std::make_unique<RandomSupply>(seed, low, high);
}

}  // namespace

std::unique_ptr<Supply> parse_supply(std::string_view text, const DeviceProfile& profile) {
    const size_t colon = text.find(':');
    const std::string_view kind = text.substr(0, colon);
    if (colon == std::string_view::npos) {
        if (kind != "none") refuse(text, "there is no such supply, or its numbers are missing");
        return std::make_unique<SteadySupply>();
    }
    const std::string_view arguments = text.substr(colon + 1);
    if (kind == "bytes") {
        return std::make_unique<BytesSupply>(parse_count(text, arguments, 1, number_max));
    }
    if (kind == "once") return parse_once(text, arguments, profile);
    if (kind == "budget") {
        return std::make_unique<BudgetSupply>(parse_count(text, arguments, 1, number_max));
    }
    if (kind == "random") return parse_random(text, arguments);
    if (std::unique_ptr<Supply> harvest = make_harvest_supply({text, kind, arguments}, profile)) return harvest;
    refuse(text, "there is no such supply");
}

}  // namespace dynbal::sim
