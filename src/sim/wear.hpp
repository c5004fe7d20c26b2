//! Counts what wears a memory: accesses to each of its rows. A row counts once for each transfer that touches it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "sim/device_profile.hpp"

namespace dynbal::sim {

/// A row and how often it was accessed: written, or read where reading wears, too.
struct WornRow {
    uint32_t offset = 0, bytes = 0;
    uint64_t accesses = 0;
    double endurance = 0;  ///< accesses that it survives; 0: not known
    bool reads_wear = false;

    /// How often it may happen again; 0: not known.
    double lifetime() const { return accesses == 0 ? 0 : endurance / static_cast<double>(accesses); }
};

class WearLedger {
public:
    WearLedger(uint32_t bytes, const device::NvmKind& kind)
        : kind_(kind), row_bytes_(kind.row()), counts_((bytes + row_bytes_ - 1) / row_bytes_) {}

    void note_read(uint32_t offset, size_t bytes) {
        if (kind_.reads_wear != 0) note_write(offset, bytes);
    }
    void note_write(uint32_t offset, size_t bytes) {
        if (bytes == 0) return;
        const size_t last = (offset + bytes - 1) / row_bytes_;
        for (size_t row = offset / row_bytes_; row <= last; ++row) ++counts_[row];
    }
    void clear() { std::fill(counts_.begin(), counts_.end(), 0); }
    /// The first of those with most accesses.
    WornRow worst() const {
        const auto most = std::max_element(counts_.begin(), counts_.end());
        const auto row = static_cast<uint32_t>(most - counts_.begin());
        return {row * row_bytes_, row_bytes_, *most, kind_.endurance, kind_.reads_wear != 0};
    }
    uint64_t total() const { return std::accumulate(counts_.begin(), counts_.end(), uint64_t{0}); }
    uint64_t accesses_at(uint32_t offset) const { return counts_[offset / row_bytes_]; }

private:
    device::NvmKind kind_;
    uint32_t row_bytes_;
    std::vector<uint32_t> counts_;
};

}  // namespace dynbal::sim
