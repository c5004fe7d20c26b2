//! Footprints: progress of passes that store partial sums only, where no output value can carry a state.
//!
//! A footprint says how many values, over all passes, are done in an epoch (see Record). Two slots, written in turn
//! after the sums they speak for; a torn one fails its CRC and the other still holds. Repeating a job is harmless:
//! it reads one area of sums and writes the other.
#pragma once

#include "image/format.hpp"
#include "nvm/meter.hpp"

namespace dynbal {

class FootprintStore {
public:
    FootprintStore(Meter& meter, const ImageHeader& header)
        : meter_(&meter), offset_(header.sums_offset), area_bytes_(header.sums_area_bytes) {}

    /// Values done in this epoch; 0 if there is no footprint of it.
    uint32_t load(uint32_t epoch);
    void save(uint32_t epoch, uint32_t done);
    /// The partial sums from value `index` on, in the area that pass `pass` writes.
    void read_sums(uint32_t pass, uint32_t index, std::span<int32_t> sums);
    void write_sums(uint32_t pass, uint32_t index, std::span<const int32_t> sums);
    /// Where they lie.
    uint32_t sum_offset(uint32_t pass, uint32_t index) const {
        return offset_ + 2 * footprint_bytes + (pass & 1U) * area_bytes_ + index * 4;
    }

private:
    Meter* meter_;
    uint32_t offset_;
    uint32_t area_bytes_;
    uint32_t next_slot_ = 0;
};

}  // namespace dynbal
