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

bool has_changed(const Supply& known, const Bounds& cycle) {
    if (cycle.low >= known.high) {
        return cycle.low - known.high > known.high / variation;
    }
    return cycle.high <= known.low && known.low - cycle.high > known.low / variation;
}

Supply learn(const Supply& aged, const Bounds& cycle) {
    if (has_changed(aged, cycle)) {
        return cycle;
    }
    const Supply common{max_u64(aged.low, cycle.low), min_u64(aged.high, cycle.high)};
    if (common.low < common.high) {
        return common;
    }
    // What was known is stretched until it holds that of this cycle.
    if (cycle.low >= aged.high) {
        return {aged.low, cycle.low + 1};
    }
    return {cycle.high - 1, aged.high == never ? aged.low + 1 : aged.high};
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
