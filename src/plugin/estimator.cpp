#include "plugin/estimator.hpp"

#include "base/math.hpp"

namespace dynbal {
namespace {

/// What is known grows old: so much wider it is by the next cycle.
constexpr uint32_t ageing = 32;

constexpr uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }

}  // namespace

Supply learn(const Supply& known, const Bounds& cycle) {
    Supply aged{known.low - known.low / ageing, known.high == never ? never : known.high + known.high / ageing};
    const Supply common{max_u64(aged.low, cycle.low), least(aged.high, cycle.high)};
    return common.low < common.high ? common : cycle;
}

uint64_t likely_energy(const Supply& supply) {
    if (supply.high == never) {
        return never;
    }
    // Below a quarter of what was too little nothing is assumed without a reason. A third of the way up is about the
    // geometric mean: bounds err by factors.
    const uint64_t low = max_u64(supply.low, supply.high / 4 + 1);
    return low < supply.high ? low + (supply.high - low) / 3 : supply.low;
}

}  // namespace dynbal
