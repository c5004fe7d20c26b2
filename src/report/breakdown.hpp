//! Where time and energy of a run went, by stage and category.
//!
//! The categories: *compute* is arithmetic, lost work included; *reuse* what a run without power failures fetches with
//! the same tile choices (weights and inputs); *refetch* what was fetched beyond that, which is what power failures
//! caused; *preservation* writing results, checkpoints and progress, with the records of the engine; *recovery* finding
//! the progress after a failure; *boot*; *charging* waiting without power; *idle* waiting with it.
//!
//! Invariant: the categories of a stage add up to all its spans.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "report/recorder.hpp"
#include "report/uninterrupted.hpp"

namespace dynbal::report {

enum class Category : uint8_t { compute, reuse, refetch, preservation, recovery, boot, charging, idle };
inline constexpr size_t category_count = 8;
inline constexpr std::array<const char*, category_count> category_names{"compute",  "reuse", "refetch",  "preservation",
                                                                        "recovery", "boot",  "charging", "idle"};

/// By category.
using Amounts = std::array<double, category_count>;

struct Breakdown {
    Amounts time_s{}, energy_j{};

    Breakdown& operator+=(const Breakdown& other);
};

/// One per stage. `reuse` is UninterruptedFetch::of() the same usage.
std::vector<Breakdown> breakdown_of(const std::vector<std::vector<ConfigUsage>>& usage,
                                    const std::vector<Effort>& reuse);

Breakdown total_of(const std::vector<Breakdown>& stages);

}  // namespace dynbal::report
