#include "toy_engine.hpp"

#include <stdexcept>

extern "C" {
#include "plugin/dynbal_plugin.h"
}

namespace dynbal::test {
namespace {

constexpr uint32_t sram_bytes = 16 * 1024;
constexpr uint64_t cycles_max = 20000;
constexpr dynbal_cost_model prices{16, 100, 120, 50, 0, 2000};

/// What survives a power failure.
struct Storage {
    std::vector<int32_t> y;
    uint32_t rows_done = 0;
    dynbal_bounds supply{0, UINT64_MAX};
    uint64_t spent_noted = 0;  ///< in the running power cycle, when a block was last stored
    uint64_t next_noted = 0;   ///< what the block after it takes
};

struct PowerIsOut {};

}  // namespace

ToyEngine::ToyEngine(uint32_t rows, uint32_t cols, uint64_t seed)
    : rows_(rows), cols_(cols), w_(size_t{rows} * cols), x_(cols) {
    uint64_t state = seed * 2 + 1;
    const auto draw = [&state] {
        state = state * 6364136223846793005U + 1442695040888963407U;
        return static_cast<int16_t>(static_cast<int32_t>(state >> 52U) - 2048);
    };
    for (int16_t& value : w_) value = draw();
    for (int16_t& value : x_) value = draw();
}

std::vector<int32_t> ToyEngine::expected() const {
    std::vector<int32_t> y(rows_);
    for (uint32_t row = 0; row < rows_; ++row) {
        for (uint32_t col = 0; col < cols_; ++col) {
            y[row] += int32_t{w_[size_t{row} * cols_ + col]} * x_[col];
        }
    }
    return y;
}

ToyResult ToyEngine::run(uint64_t cycle_budget, ToyTiles tiles) const {
    dynbal_shape shape{};
    shape.out_h = shape.out_w = shape.in_h = shape.in_w = 1;
    shape.kernel_h = shape.kernel_w = shape.stride_h = shape.stride_w = 1;
    shape.dilation_h = shape.dilation_w = 1;
    shape.pool_h = shape.pool_w = shape.pool_stride_h = shape.pool_stride_w = 1;
    shape.groups = shape.operands = shape.counts_macs = 1;
    shape.input_packed = shape.output_packed = 1;
    shape.weight_bytes = 2;
    shape.channels_in = cols_;
    shape.channels_out = rows_;

    const uint64_t input_cost = prices.transfer + uint64_t{cols_} * 2 * prices.read_byte;
    const auto block_cost = [&](uint64_t count) {
        return 2 * prices.transfer + count * cols_ * (2 * prices.read_byte + prices.mac) +
               count * 2 * prices.write_byte;
    };
    // Its own table: halved blocks, most reuse first. A block is taken where a cycle brings twice what it needs.
    std::vector<dynbal_candidate> table;
    for (uint32_t block = rows_; block > 0; block /= 2) {
        const dynbal_config config{block, cols_, 1, 1, DYNBAL_WEIGHTS_STAY};
        dynbal_candidate row{};
        if (dynbal_price(&shape, &config, &prices, sram_bytes, UINT64_MAX, &row) == DYNBAL_OK) {
            row.need = prices.boot + input_cost + block_cost(block);
            row.from = block > 1 ? 2 * row.need : 0;
            table.push_back(row);
        }
    }
    if (table.empty()) throw std::runtime_error("the toy has no tile that fits");

    Storage storage;
    storage.y.resize(rows_);
    ToyResult result;
    while (result.power_cycles < cycles_max) {
        ++result.power_cycles;
        uint64_t left = cycle_budget;
        const auto pay = [&](uint64_t cost) {
            result.spent += cost < left ? cost : left;
            if (cost > left) throw PowerIsOut{};
            left -= cost;
        };
        try {
            pay(prices.boot);
            if (result.power_cycles > 1) {
                storage.supply =
                    dynbal_learn(storage.supply, {storage.spent_noted, storage.spent_noted + storage.next_noted});
            }
            storage.spent_noted = prices.boot;
            dynbal_candidate chosen = table[0];
            if (tiles == ToyTiles::plugin &&
                dynbal_choose(DYNBAL_BEST, &shape, table.data(), static_cast<uint32_t>(table.size()), &prices,
                              sram_bytes, storage.supply, &chosen) != DYNBAL_OK) {
                throw std::runtime_error("the plugin refused");
            }
            storage.next_noted = input_cost + block_cost(chosen.config.tile_out);
            pay(input_cost);
            while (storage.rows_done < rows_) {
                const uint32_t begin = storage.rows_done;
                const uint32_t end = begin + chosen.config.tile_out < rows_ ? begin + chosen.config.tile_out : rows_;
                const uint64_t count = end - begin;
                pay(prices.transfer + count * cols_ * 2 * prices.read_byte);
                pay(count * cols_ * prices.mac);
                std::vector<int32_t> block(count);
                for (uint32_t row = begin; row < end; ++row) {
                    for (uint32_t col = 0; col < cols_; ++col) {
                        block[row - begin] += int32_t{w_[size_t{row} * cols_ + col]} * x_[col];
                    }
                }
                pay(prices.transfer + count * 2 * prices.write_byte);
                for (uint32_t row = begin; row < end; ++row) storage.y[row] = block[row - begin];
                storage.rows_done = end;
                storage.spent_noted = cycle_budget - left;
                storage.next_noted = block_cost(chosen.config.tile_out);
            }
            result.completed = true;
            break;
        } catch (const PowerIsOut&) {
        }
    }
    result.y = storage.y;
    return result;
}

}  // namespace dynbal::test
