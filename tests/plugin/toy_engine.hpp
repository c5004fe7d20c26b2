//! An engine that is not ours: y = W x in integers, with storage and preservation of its own. It
//! knows the plugin through its C header alone.
//!
//! It holds W and x in slow memory, fetches the rows of a block (all of x first), computes, stores
//! the block's results and then counts it as done. Power is a budget of cost a power cycle; what is
//! not stored when it is spent is lost.
#pragma once

#include <cstdint>
#include <vector>

namespace dynbal::test {

struct ToyResult {
    std::vector<int32_t> y;
    bool completed = false;
    uint64_t spent = 0;  ///< in 1/16 units, over all power cycles
    uint64_t power_cycles = 0;
};

enum class ToyTiles : uint8_t {
    fixed_largest,  ///< as many rows a block as fit
    plugin,         ///< what dynbal_choose() says, anew after each power failure
};

class ToyEngine {
public:
    ToyEngine(uint32_t rows, uint32_t cols, uint64_t seed);

    /// W x, plainly.
    std::vector<int32_t> expected() const;
    ToyResult run(uint64_t cycle_budget, ToyTiles tiles) const;

private:
    uint32_t rows_, cols_;
    std::vector<int16_t> w_, x_;
};

}  // namespace dynbal::test
