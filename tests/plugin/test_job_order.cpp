//! The order of jobs is a bijection, jobs tile a region once, and their buffers are large enough.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "compiler/tile_configs.hpp"
#include "plugin/job_order.hpp"
#include "stage_rig.hpp"

namespace dynbal::test {
namespace {

constexpr uint32_t large_arena = 56 * 1024;

void expect(bool condition, const char* what, const LoopShape& shape, const TileConfig& config, const Region& region) {
    if (condition) return;
    ADD_FAILURE() << what << "\n"
                  << text_of(config) << "\n"
                  << text_of(shape) << "\nregion pixels " << region.pixel_begin << ".." << region.pixel_end
                  << " channels " << region.channel_begin << ".." << region.channel_end;
}

/// Marks a rectangle in a map [pixels][channels]; false if a part was marked or lies outside.
bool mark(std::vector<uint8_t>& map, const LoopShape& shape, const Range& pixels, const Range& channels, uint8_t by) {
    bool fresh = pixels.end <= shape.pixels() && channels.end <= shape.channels_out;
    for (uint32_t pixel = pixels.begin; fresh && pixel < pixels.end; ++pixel) {
        for (uint32_t channel = channels.begin; channel < channels.end; ++channel) {
            uint8_t& cell = map[pixel * shape.channels_out + channel];
            fresh = fresh && cell == 0;
            cell = by;
        }
    }
    return fresh;
}

void check_rest(const LoopShape& shape, const TileConfig& config, const Region& region, uint32_t done) {
    const JobOrder order(shape, config, region);
    Region rest[4];
    const uint32_t count = order.rest_after(done, config, rest);
    expect(count <= 4 && (count > 0) == (done < order.values()), "rest: count", shape, config, region);
    std::vector<uint8_t> map(shape.values(), 0);
    bool good = true;
    for (uint32_t i = 0; i < done; ++i) {
        const Position at = order.position_of(i);
        map[at.pixel * shape.channels_out + at.channel] = 1;
    }
    uint32_t left = 0;
    for (uint32_t i = 0; i < count; ++i) {
        good = good && mark(map, shape, rest[i].pixels(), rest[i].channels(), 2);
        left += rest[i].values();
    }
    expect(good, "rest: overlaps", shape, config, region);
    expect(left == order.values() - done, "rest: not all", shape, config, region);
    for (uint32_t pixel = region.pixel_begin; pixel < region.pixel_end; ++pixel) {
        for (uint32_t channel = region.channel_begin; channel < region.channel_end; ++channel) {
            good = good && map[pixel * shape.channels_out + channel] != 0;
        }
    }
    expect(good, "rest: a value of the region is in none", shape, config, region);
}

void check_bijection(const JobOrder& order, const LoopShape& shape, const TileConfig& config, const Region& region) {
    std::vector<uint8_t> seen(shape.values(), 0);
    bool good = true;
    for (uint32_t i = 0; i < order.values(); ++i) {
        const Position at = order.position_of(i);
        good = good && at.pixel >= region.pixel_begin && at.pixel < region.pixel_end &&
               at.channel >= region.channel_begin && at.channel < region.channel_end && order.index_of(at) == i &&
               mark(seen, shape, {at.pixel, at.pixel + 1}, {at.channel, at.channel + 1}, 1);
        if (!good) break;
    }
    expect(good, "position_of and index_of are no inverse bijections", shape, config, region);
}

/// One row or whole rows, of one tile and one block; values in the order of the job order.
bool job_is_proper(const JobOrder& order, const Job& job, uint32_t index, const LoopShape& shape,
                   const TileConfig& config) {
    if (job.pixels.empty() || job.channels.empty()) return false;
    const uint32_t row = job.pixels.begin / shape.out_w;
    const bool in_row = job.pixels.end <= (row + 1) * shape.out_w;
    const bool whole_rows = job.pixels.begin % shape.out_w == 0 && job.pixels.end % shape.out_w == 0;
    const bool one_tile = job.pixels.end <= tile_of(shape, config, job.pixels.begin).end;
    const bool one_block = order.channel_block(job.channels.begin).end >= job.channels.end;
    for (uint32_t i = 0; i < job.values(); ++i) {
        const Position at = order.position_of(index + i);
        if (at.pixel != job.pixels.begin + i / job.channels.size() ||
            at.channel != job.channels.begin + i % job.channels.size()) {
            return false;
        }
    }
    return (in_row || whole_rows) && one_tile && one_block && job.pixels.size() <= config.run_pixels &&
           job.channels.size() <= config.tile_out;
}

bool buffers_suffice(const Job& job, const LoopShape& shape, const TileConfig& config, const BufferPlan& plan) {
    const uint32_t positions = positions_of(shape, job.pixels).count();
    const bool sums = !shape.counts_macs || positions * job.channels.size() * 4 <= plan.sum_bytes;
    const bool out = job.values() * 2 <= plan.out_bytes;
    const Range tile = tile_of(shape, config, job.pixels.begin);
    const Box box = input_box(shape, tile, input_channels(shape, job.channels));
    const bool window =
        has_passes(shape, config) || (box.channels.size() <= plan.window_channels &&
                                      box.rows.size() <= plan.window_rows && box.cols.size() <= plan.window_cols);
    const bool weights = job.channels.size() * shape.header_bytes <= plan.header_bytes;
    return sums && out && window && weights;
}

void check(const LoopShape& shape, const TileConfig& config, const Region& region, uint32_t arena, bool every_rest) {
    const JobOrder order(shape, config, region);
    const BufferPlan plan = plan_buffers(shape, config, arena);
    check_bijection(order, shape, config, region);
    uint32_t done = 0;
    uint32_t jobs = 0;
    for (; done < order.values(); ++jobs) {
        const Job job = order.job_at(done);
        expect(job_is_proper(order, job, done, shape, config), "improper job", shape, config, region);
        expect(buffers_suffice(job, shape, config, plan), "buffers too small", shape, config, region);
        if (testing::Test::HasFailure() || job.values() == 0) return;
        done += job.values();
    }
    expect(done == order.values(), "jobs go past the region", shape, config, region);
    expect(jobs == order.jobs(), "jobs are counted wrong", shape, config, region);
    // Recovery starts anywhere, also inside a pixel.
    const uint32_t step = every_rest ? 1 : 1 + order.values() / 7;
    for (uint32_t index = 0; index <= order.values(); index += step) {
        check_rest(shape, config, region, index);
        if (index == order.values()) break;
        const Job job = order.job_at(index);
        expect(job_is_proper(order, job, index, shape, config) && buffers_suffice(job, shape, config, plan),
               "improper job from inside", shape, config, region);
        if (testing::Test::HasFailure()) return;
    }
}

LoopShape plain_shape(uint32_t h, uint32_t w, uint32_t in, uint32_t out) {
    LoopShape shape;
    shape.out_h = shape.in_h = h;
    shape.out_w = shape.in_w = w;
    shape.channels_in = in;
    shape.channels_out = out;
    shape.counts_macs = true;
    shape.weight_bytes = 2;
    shape.header_bytes = 8;
    return shape;
}

/// Four channels of 16 pixels are done, and three of one more. Cut by pixels, the strip of one pixel takes 7 jobs of the 65.
TEST(JobOrderSmall, TheRestIsCutWhereItHasTheFewestJobs) {
    const LoopShape shape = plain_shape(7, 7, 16, 16);
    TileConfig now, next;
    now.tile_out = 4;
    now.tile_in = next.tile_in = 16;
    now.tile_pixels = now.run_pixels = 14;
    next.tile_out = 2;
    next.tile_pixels = next.run_pixels = 7;
    Region rest[4];
    const uint32_t count = JobOrder(shape, now, whole_region(shape)).rest_after(67, next, rest);
    uint32_t jobs = 0;
    for (uint32_t i = 0; i < count; ++i) jobs += JobOrder(shape, next, rest[i]).jobs();
    EXPECT_EQ(jobs, 57U);
}

TEST(JobOrderSmall, EveryConfigurationAndRegionOfSmallShapes) {
    uint64_t checked = 0;
    for (const auto& [h, w, out] :
         {std::array{1U, 1U, 3U}, {1U, 5U, 2U}, {3U, 2U, 3U}, {2U, 4U, 2U}, {4U, 1U, 2U}, {3U, 3U, 1U}}) {
        const LoopShape shape = plain_shape(h, w, 2, out);
        for (const TileConfig& config : compiler::sampled_configs(shape, large_arena)) {
            for (uint32_t p = 0; p < shape.pixels(); ++p) {
                for (uint32_t q = p + 1; q <= shape.pixels(); ++q) {
                    for (uint16_t c = 0; c < out; ++c) {
                        for (uint16_t d = static_cast<uint16_t>(c + 1); d <= out; ++d) {
                            check(shape, config, {p, q, c, d}, large_arena, true);
                            ++checked;
                        }
                    }
                }
            }
            if (HasFailure()) return;
        }
    }
    RecordProperty("regions", static_cast<int>(checked));
    EXPECT_GT(checked, 1000U);
}

uint32_t draw(uint32_t low, uint32_t high) { return *rc::gen::inRange(low, high + 1); }

LoopShape random_shape() {
    LoopShape s;
    s.groups = draw(0, 2) == 0 ? draw(2, 5) : 1;
    s.channels_in = s.groups * draw(1, 5);
    s.channels_out = s.groups * draw(1, 9);
    s.kernel_h = draw(1, 3), s.kernel_w = draw(1, 4);
    s.stride_h = draw(1, 2), s.stride_w = draw(1, 3);
    s.dilation_h = draw(1, 2), s.dilation_w = draw(1, 2);
    s.pool_h = draw(1, 2), s.pool_w = draw(1, 3);
    s.pool_stride_h = draw(1, 2), s.pool_stride_w = draw(1, 2);
    s.pad_top = draw(0, s.kernel_h - 1), s.pad_left = draw(0, s.kernel_w - 1);
    s.out_h = draw(1, 6), s.out_w = draw(1, 7);
    s.in_h = (s.out_h - 1) * s.step_h() + s.window_h() - s.pad_top;
    s.in_w = (s.out_w - 1) * s.step_w() + s.window_w() - s.pad_left;
    s.counts_macs = true;
    s.weight_bytes = draw(1, 2);
    s.header_bytes = 8;
    s.input_packed = draw(0, 1) != 0;
    s.output_packed = draw(0, 1) != 0;
    return s;
}

RC_GTEST_PROP(JobOrderRandom, AnyShapeConfigurationAndRegion, ()) {
    const LoopShape shape = random_shape();
    const uint32_t arena = draw(0, 1) != 0 ? large_arena : 1500;
    const auto configs = compiler::sampled_configs(shape, arena);
    RC_PRE(!configs.empty());
    for (const TileConfig& config : sampled(configs, 10, draw(0, 1000000))) {
        const uint32_t p = draw(0, shape.pixels() - 1);
        const uint32_t q = draw(p + 1, shape.pixels());
        const uint32_t c = draw(0, shape.channels_out - 1);
        const uint32_t d = draw(c + 1, shape.channels_out);
        check(shape, config, {p, q, static_cast<uint16_t>(c), static_cast<uint16_t>(d)}, arena, false);
        check(shape, config, whole_region(shape), arena, false);
        RC_ASSERT(!testing::Test::HasFailure());
    }
}

RC_GTEST_PROP(JobOrderRandom, AConfigurationIsValidOnlyIfItsBuffersFit, ()) {
    const LoopShape shape = random_shape();
    const uint32_t arena = draw(0, 5000);
    for (const TileConfig& config : sampled(compiler::sampled_configs(shape, large_arena), 30, 3)) {
        const uint32_t total = plan_buffers(shape, config, arena).total(shape.operands);
        RC_ASSERT(is_valid(shape, config, arena) == (total <= arena));
    }
}

/// The window holds what was asked for, and never more rows and columns than it has room for.
RC_GTEST_PROP(InputWindowRandom, HoldsWhatIsAskedForWithinItsCapacity, ()) {
    const LoopShape shape = random_shape();
    const auto configs = compiler::sampled_configs(shape, large_arena);
    for (const TileConfig& config : sampled(configs, 10, draw(0, 1000000))) {
        if (has_passes(shape, config)) continue;
        const BufferPlan plan = plan_buffers(shape, config, large_arena);
        InputWindow input(plan);
        const JobOrder order(shape, config, whole_region(shape));
        for (uint32_t done = 0; done < order.values();) {
            const Job job = order.job_at(done);
            const Range tile = tile_of(shape, config, job.pixels.begin);
            const Box want = input_box(shape, tile, input_channels(shape, job.channels));
            const Box before = input.held();
            const InputWindow::Step step = input.move_to(want);
            const Box& held = input.held();
            if (!want.empty()) {
                RC_ASSERT(held.rows.covers(want.rows) && held.cols.covers(want.cols) && held.channels == want.channels);
                RC_ASSERT(held.rows.size() <= plan.window_rows && held.cols.size() <= plan.window_cols);
                // Nothing that is held is read again.
                const Range rows = intersect(step.read.rows, before.rows);
                const Range cols = intersect(step.read.cols, before.cols);
                const bool again = !before.empty() && !step.read.empty() && !rows.empty() && !cols.empty() &&
                                   before.channels == want.channels;
                RC_ASSERT(!again || held == want);
            }
            done += job.values();
        }
    }
}

}  // namespace
}  // namespace dynbal::test
