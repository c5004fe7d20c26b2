#include "fidelity/choices.hpp"

#include <fmt/format.h>

#include "base/math.hpp"
#include "compiler/tile_configs.hpp"
#include "plugin/policy.hpp"

namespace dynbal::fidelity {
namespace {

constexpr uint32_t arena_bytes = 56 * 1024;

/// A convolution of a square map that keeps its size.
LoopShape square(uint32_t size, uint32_t channels_in, uint32_t channels_out, uint32_t kernel) {
    LoopShape shape;
    shape.in_h = shape.in_w = shape.out_h = shape.out_w = size;
    shape.channels_in = channels_in;
    shape.channels_out = channels_out;
    shape.kernel_h = shape.kernel_w = kernel;
    shape.pad_top = shape.pad_left = kernel / 2;
    shape.weight_bytes = 2;
    shape.counts_macs = true;
    return shape;
}

/// SQN's first: 3x3 with a step of 2 on 32x32, without padding.
LoopShape first_of_sqn() {
    LoopShape shape = square(32, 3, 64, 3);
    shape.out_h = shape.out_w = 15;
    shape.stride_h = shape.stride_w = 2;
    shape.pad_top = shape.pad_left = 0;
    return shape;
}

/// HAR's: a kernel of 2 along time.
LoopShape of_har(uint32_t length, uint32_t channels_in, uint32_t channels_out) {
    LoopShape shape = square(length, channels_in, channels_out, 1);
    shape.in_h = shape.out_h = 1;
    shape.kernel_w = 2;
    return shape;
}

uint64_t formula(const LoopShape& shape, const Tiles& tiles) {
    return paper_usage_span(shape, tiles.out, tiles.in, choice_cycle_macs);
}

std::string tiles_text(const Tiles& tiles) { return fmt::format("{}, {}", tiles.in, tiles.out); }

}  // namespace

const std::array<PublishedChoice, 14>& published_choices() {
    static const std::array<PublishedChoice, 14> choices{{
        {"SQN", "conv", first_of_sqn(), {3, 64}},
        {"SQN", "fire2/squeeze1x1", square(7, 64, 16, 1), {64, 16}},
        {"SQN", "fire2/expand3x3", square(7, 16, 64, 3), {8, 12}},
        {"SQN", "fire2/expand1x1", square(7, 16, 64, 1), {16, 64}},
        {"SQN", "fire3/squeeze1x1", square(7, 128, 16, 1), {64, 16}},
        {"SQN", "fire3/expand3x3", square(7, 16, 64, 3), {8, 12}},
        {"SQN", "fire3/expand1x1", square(7, 16, 64, 1), {16, 64}},
        {"SQN", "fire4/squeeze1x1", square(7, 128, 32, 1), {64, 16}},
        {"SQN", "fire4/expand3x3", square(7, 32, 128, 3), {16, 10}},
        {"SQN", "fire4/expand1x1", square(7, 32, 128, 1), {32, 64}},
        {"SQN", "conv10", square(7, 256, 10, 1), {128, 10}},
        {"HAR", "conv1d", of_har(128, 9, 18), {9, 18}},
        {"HAR", "conv1d_1", of_har(64, 18, 36), {18, 36}},
        {"HAR", "conv1d_2", of_har(32, 36, 72), {18, 36}},
    }};
    return choices;
}

Tiles paper_choice(const LoopShape& shape, uint64_t cycle_macs) {
    TileConfig largest;
    largest.tile_out = static_cast<uint16_t>(shape.channels_out);
    largest.tile_in = static_cast<uint16_t>(shape.channels_in);
    Candidate row;
    row.config = largest;
    TableInMemory table({&row, 1}, {&row.from, 1}, 0, 0);
    StageView view;
    view.shape = shape;
    view.table = &table;
    view.arena_bytes = arena_bytes;
    view.importance = compiler::importance_of(shape);
    const uint64_t energy = 16 * cycle_macs;
    const TileConfig chosen = choose(PolicyKind::paper, view, {energy, energy + 1}).row.config;
    return {chosen.tile_in, chosen.tile_out};
}

bool same_parts(const LoopShape& shape, const Tiles& a, const Tiles& b) {
    return ceil_div(shape.channels_in, a.in) == ceil_div(shape.channels_in, b.in) &&
           ceil_div(shape.channels_out, a.out) == ceil_div(shape.channels_out, b.out);
}

std::string choices_table() {
    std::string text =
        "| network | layer | channels | published | `paper` | the same parts | published against `paper`, by the "
        "formula |\n"
        "|---|---|---|---|---|---|---:|\n";
    size_t same_count = 0;
    for (const PublishedChoice& published : published_choices()) {
        const LoopShape& shape = published.shape;
        const Tiles ours = paper_choice(shape);
        const bool same = same_parts(shape, published.tiles, ours);
        same_count += same ? 1 : 0;
        const double ratio =
            static_cast<double>(formula(shape, published.tiles)) / static_cast<double>(formula(shape, ours));
        text += fmt::format("| {} | {} | {}, {} | {} | {} | {} | {:+.1f} % |\n", published.model, published.layer,
                            shape.channels_in, shape.channels_out, tiles_text(published.tiles), tiles_text(ours),
                            same ? "yes" : "no", 100 * (ratio - 1));
    }
    return text + fmt::format("\nThe same parts in {} of {} layers.\n", same_count, published_choices().size());
}

}  // namespace dynbal::fidelity
