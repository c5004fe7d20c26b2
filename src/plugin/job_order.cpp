#include "plugin/job_order.hpp"

namespace dynbal {

Range JobOrder::outer_block(uint32_t pixel) const {
    return config_.order == LoopOrder::inputs_stay ? intersect(tile_of(*shape_, config_, pixel), region_.pixels())
                                                   : region_.pixels();
}

Range JobOrder::channel_block(uint32_t channel) const {
    const uint32_t begin = channel / config_.tile_out * config_.tile_out;
    return intersect({begin, begin + config_.tile_out}, region_.channels());
}

Position JobOrder::position_of(uint32_t index) const {
    const uint32_t channels = region_.channels().size();
    const Range outer = outer_block(region_.pixel_begin + index / channels);
    const uint32_t in_outer = index - (outer.begin - region_.pixel_begin) * channels;
    const Range block = channel_block(region_.channel_begin + in_outer / outer.size());
    const uint32_t in_block = in_outer - (block.begin - region_.channel_begin) * outer.size();
    return {outer.begin + in_block / block.size(), block.begin + in_block % block.size()};
}

uint32_t JobOrder::index_of(const Position& position) const {
    const Range outer = outer_block(position.pixel);
    const Range block = channel_block(position.channel);
    return (outer.begin - region_.pixel_begin) * region_.channels().size() +
           (block.begin - region_.channel_begin) * outer.size() + (position.pixel - outer.begin) * block.size() +
           (position.channel - block.begin);
}

Job JobOrder::job_at(uint32_t index) const {
    const Position start = position_of(index);
    const Range block = channel_block(start.channel);
    if (start.channel > block.begin) {
        return {{start.pixel, start.pixel + 1}, {start.channel, block.end}};
    }
    const uint32_t width = shape_->out_w;
    const Range tile = tile_of(*shape_, config_, start.pixel);
    const uint32_t tile_end = min_u32(tile.end, region_.pixel_end);
    uint32_t end =
        min_u32(start.pixel + config_.run_pixels - (start.pixel - tile.begin) % config_.run_pixels, tile_end);
    // A job is part of one row, or whole rows: cut at the end of a row that is not taken from its beginning.
    const uint32_t row_end = start.pixel / width * width + width;
    if (start.pixel % width != 0) {
        end = min_u32(end, row_end);
    } else if (end > row_end) {
        end -= end % width;
    }
    return {{start.pixel, end}, block};
}

uint32_t JobOrder::job_begin(uint32_t index) const {
    const Position at = position_of(index);
    const Range tile = intersect(tile_of(*shape_, config_, at.pixel), region_.pixels());
    const uint32_t pixel = at.pixel - (at.pixel - tile.begin) % config_.run_pixels;
    return index_of({pixel, channel_block(at.channel).begin});
}

namespace {

Region box(const Range& pixels, const Range& channels) {
    return {pixels.begin, pixels.end, static_cast<uint16_t>(channels.begin), static_cast<uint16_t>(channels.end)};
}

/// Leaves out empty boxes, and makes neighbours that together are a box one; returns how many are left.
uint32_t join(const Region (&boxes)[4], Region (&joined)[4]) {
    uint32_t count = 0;
    for (const Region& next : boxes) {
        if (next.pixels().empty() || next.channels().empty()) {
            continue;
        }
        Region& last = joined[count == 0 ? 0 : count - 1];
        if (count != 0 && last.pixels() == next.pixels() && last.channel_end == next.channel_begin) {
            last.channel_end = next.channel_end;
        } else if (count != 0 && last.channels() == next.channels() && last.pixel_end == next.pixel_begin) {
            last.pixel_end = next.pixel_end;
        } else {
            joined[count++] = next;
        }
    }
    return count;
}

}  // namespace

uint32_t JobOrder::jobs() const {
    uint32_t blocks = 0;
    for (uint32_t channel = region_.channel_begin; channel < region_.channel_end; ++blocks) {
        channel = channel_block(channel).end;
    }
    uint32_t runs = 0;
    for (uint32_t pixel = region_.pixel_begin; pixel < region_.pixel_end; ++runs) {
        pixel = job_at(index_of({pixel, region_.channel_begin})).pixels.end;
    }
    return blocks * runs;
}

uint32_t JobOrder::rest_after(uint32_t done, const TileConfig& next_config, Region (&regions)[4]) const {
    if (done >= values()) {
        return 0;
    }
    const Position at = position_of(done);
    const Range outer = outer_block(at.pixel);
    const Range block = channel_block(at.channel);
    const Range all = region_.channels();
    const Range later{outer.end, region_.pixel_end};
    // The first pixel that is not begun; what is left of the one before it has the channels from at.channel on.
    const uint32_t next = at.pixel + (at.channel > block.begin ? 1 : 0);
    const Region ways[][4] = {
        // By channels: no weights are fetched twice.
        {box({next, outer.end}, {block.begin, at.channel}), box({at.pixel, outer.end}, {at.channel, block.end}),
         box(outer, {block.end, all.end}), box(later, all)},
        // By pixels, all channels of each: no inputs are fetched twice.
        {box({outer.begin, at.pixel}, {block.end, all.end}), box({at.pixel, next}, {at.channel, all.end}),
         box({next, outer.end}, {block.begin, all.end}), box(later, all)},
    };
    uint32_t least = ~uint32_t{0};
    uint32_t count = 0;
    for (const auto& way : ways) {
        Region joined[4];
        const uint32_t joined_count = join(way, joined);
        uint32_t jobs = 0;
        for (uint32_t i = 0; i < joined_count; ++i) {
            jobs += JobOrder(*shape_, next_config, joined[i]).jobs();
        }
        if (jobs < least) {
            least = jobs;
            count = joined_count;
            for (uint32_t i = 0; i < count; ++i) {
                regions[i] = joined[i];
            }
        }
    }
    return count;
}

}  // namespace dynbal
