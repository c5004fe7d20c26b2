//! What preserving progress costs beside the output values themselves (the method: Stateful). Pricing asks here, and
//! nowhere else; engine/progress.hpp, engine/checkpoint.hpp and engine/footprint.hpp do it.
#pragma once

#include <bit>

#include "plugin/cost.hpp"

namespace dynbal {

/// Bytes of the record that follows the sums in a checkpoint (see SPEC.md).
inline constexpr uint32_t checkpoint_trailer_bytes = 28;
/// Size of a checkpoint slot in NVM: bounds the sums of a job that runs in passes.
inline constexpr uint32_t checkpoint_slot_bytes = 4096;
/// Bytes of the progress note behind each job of a pass that only stores partial sums.
inline constexpr uint32_t footprint_bytes = 12;

/// Finding the trailers of both checkpoints, at a boot.
constexpr Traffic checkpoint_search_traffic() { return {2 * checkpoint_trailer_bytes, 0, 2, 0}; }
/// Finding the newest footprint, at a boot.
constexpr Traffic footprint_search_traffic() { return {2 * footprint_bytes, 0, 2, 0}; }

/// Looks at values until the first unfinished one is found, at a boot: a binary search between the `known` ones and all
/// `values`, of which `finished` are.
constexpr Traffic probe_traffic(uint32_t known, uint32_t values, uint32_t finished) {
    uint64_t probes = 0;
    while (known < values) {
        const uint32_t middle = known + (values - known) / 2;
        ++probes;
        if (middle < finished) {
            known = middle + 1;
        } else {
            values = middle;
        }
    }
    return {probes, 0, probes, 0};
}

}  // namespace dynbal
