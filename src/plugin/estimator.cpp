#include "plugin/estimator.hpp"

#include "base/math.hpp"

namespace dynbal {
namespace {

/// A supply may change without a sign, as long as cycles end inside jobs: what is known widens by so much a cycle.
constexpr uint32_t ageing = 256;
/// A cycle that contradicts what was known by no more than this part says that the supply varies, not that it has changed.
constexpr uint32_t variation = 8;

constexpr uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }

}  // namespace

Supply learn(const Supply& known, const Bounds& cycle) {
    const Supply aged{known.low - known.low / ageing, known.high == never ? never : known.high + known.high / ageing};
    const Supply common{max_u64(aged.low, cycle.low), least(aged.high, cycle.high)};
    if (common.low < common.high) {
        return common;
    }
    // What was known is stretched until it holds the nearest energy that this cycle can have had.
    if (cycle.low >= aged.high && cycle.low - aged.high <= aged.high / variation) {
        return {aged.low, cycle.low + 1};
    }
    if (cycle.high <= aged.low && aged.low - cycle.high <= aged.low / variation) {
        return {cycle.high - 1, aged.high == never ? aged.low + 1 : aged.high};
    }
    return cycle;
}

uint64_t likely_energy(const Supply& supply) { return supply.high == never ? never : range_of(supply).energies[1]; }

EnergyRange range_of(const Supply& supply) {
    // Below a quarter of what was too little nothing is assumed without a reason. A third of the way up is about the
    // geometric mean: bounds err by factors.
    const uint64_t least = max_u64(supply.low, supply.high / 4 + 1);
    return {{least, least < supply.high ? least + (supply.high - least) / 3 : least, max_u64(least, supply.high)}};
}

}  // namespace dynbal
