#include "sim/supply.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/error.hpp"
#include "sim/supply_kinds.hpp"

namespace dynbal::sim {
namespace {

// Far above anything that ends in a lifetime, and small enough that costs in femtojoules fit 64
// bits.
constexpr uint64_t number_max = 1'000'000'000'000;

[[noreturn]] void refuse(std::string_view text, const std::string& reason) {
    throw InputError(
        fmt::format("supply '{}': {}. The supplies are: none, bytes:K, once:K, once:K+SUPPLY, "
                    "budget:E, random:SEED,LO,HI and power:P (see: dynbal help supplies)",
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

/// "4mW", "0.5mW", "250uW", "1W" in nanowatts.
uint64_t parse_power(std::string_view text, std::string_view power) {
    constexpr std::array<std::pair<std::string_view, double>, 3> units{{{"mW", 1e6}, {"uW", 1e3}, {"W", 1e9}}};
    for (const auto& [unit, nanowatts] : units) {
        if (!power.ends_with(unit)) continue;
        const std::string_view number = power.substr(0, power.size() - unit.size());
        double value = 0;
        const auto [end, error] =
            std::from_chars(number.data(), number.data() + number.size(), value, std::chars_format::fixed);
        const bool whole = error == std::errc{} && end == number.data() + number.size();
        const double scaled = value * nanowatts;
        // A nanowatt charges the capacitor for a day; ten watts are no harvester.
        if (!whole || number.empty() || !std::isfinite(value) || scaled < 1 || scaled > 1e10) break;
        return static_cast<uint64_t>(std::llround(scaled));
    }
    refuse(text, fmt::format("'{}' is not a power between 0.001uW and 10W, such as 4mW or 250uW", power));
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
    if (kind == "power") {
        return std::make_unique<HarvestSupply>(parse_power(text, arguments), profile.capacitor);
    }
    refuse(text, "there is no such supply");
}

const char* supply_help() {
    return R"(A supply says when the power fails. NVM keeps what was written, all SRAM is lost.

  none               steady power
  bytes:K            each power cycle fails when K bytes of NVM were written in it
  once:K             fails once, after K bytes written to NVM in all; K = 0: before the first
  once:K+SUPPLY      the same, then SUPPLY from the second power cycle on
  budget:E           each power cycle affords E units: 1 a MAC, 14.5 a byte moved to or from NVM;
                     boot, recovery and lost work count; a transfer stops at the byte that cannot
                     be paid any more
  random:SEED,LO,HI  each power cycle fails after a random number of bytes written to NVM, LO to HI;
                     the same SEED gives the same failures
  power:P            harvested power, e.g. power:4mW or power:250uW, through the capacitor of the
                     device: it starts when the capacitor is full, stops when it is empty, and what
                     is harvested meanwhile counts; latency includes the charging
)";
}

}  // namespace dynbal::sim
