#include "plugin/estimator.hpp"

#include "base/math.hpp"

namespace dynbal {
namespace {

/// A supply may change without a sign, as long as cycles end inside jobs: what is known widens by so much each time.
constexpr uint32_t ageing = 256;
/// A cycle that contradicts what was known by no more than this part says that the supply varies, not that it has changed.
constexpr uint32_t variation = 8;

}  // namespace

Supply age(const Supply& known) {
    return {known.low - known.low / ageing, known.high == never ? never : known.high + known.high / ageing};
}

Supply learn(const Supply& aged, const Bounds& cycle) {
    const Supply common{max_u64(aged.low, cycle.low), min_u64(aged.high, cycle.high)};
    if (common.low < common.high) {
        return common;
    }
    // The nearest energies that each of the two allows.
    const bool more = cycle.low >= aged.high;
    const uint64_t before = more ? aged.high : aged.low;
    const uint64_t now = more ? cycle.low : cycle.high;
    if ((more ? now - before : before - now) > before / variation) {
        return cycle;
    }
    // What was known is stretched until it holds that of this cycle.
    return more ? Supply{aged.low, now + 1} : Supply{now - 1, aged.high == never ? before + 1 : aged.high};
}

uint64_t likely_energy(const Supply& supply) {
    return supply.high == never ? never : range_of(supply).energies[EnergyRange::likely];
}

EnergyRange range_of(const Supply& supply) {
    // Below a quarter of what was too little nothing is assumed without a reason. A third of the way up is about the
    // geometric mean: bounds err by factors.
    const uint64_t least = max_u64(supply.low, supply.high / 4 + 1);
    const uint64_t third = least < supply.high ? (supply.high - least) / 3 : 0;
    return {{least, least + third, least + 2 * third}};
}

}  // namespace dynbal
