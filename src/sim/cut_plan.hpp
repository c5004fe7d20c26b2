//! Which power failures a crash test tries.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dynbal::sim {

enum class CutKind : uint8_t {
    all,     ///< one cut before each byte that an uninterrupted run writes
    sample,  ///< `count` of these, spread evenly
    random,  ///< `count` runs that fail again and again
};

struct CutPlan {
    CutKind kind = CutKind::all;
    uint64_t count = 0;
    uint64_t seed = 0;
};

/// all, sample:N, random:SEED,N. Throws InputError.
CutPlan parse_cuts(std::string_view text);

/// The cut points of `all` and `sample`, ascending: cut k comes after k of `bytes_written` bytes.
std::vector<uint64_t> cut_points(const CutPlan& plan, uint64_t bytes_written);

/// The supply of the `index`-th run of `random`: between every few hundred bytes and about once a
/// run, so that failures meet failures of any distance.
struct RandomCuts {
    uint64_t seed = 0, low = 0, high = 0;
    std::string supply_text() const;
};
RandomCuts random_cuts(const CutPlan& plan, uint64_t index, uint64_t bytes_written);

}  // namespace dynbal::sim
