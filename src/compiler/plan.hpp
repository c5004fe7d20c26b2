//! What is decided before bytes are laid out: which stages there are, the scales of their tensors, where those lie, and
//! the tile tables.
//!
//! Invariants:
//!  1. nvm_need() of a plan is the size of its image in NVM, to the byte, and no more than the device has;
//!  2. each stage has at least one row in its tile table.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/compile.hpp"
#include "compiler/memory_plan.hpp"
#include "compiler/price_tiles.hpp"

namespace dynbal::compiler {

inline constexpr uint32_t state_runs_max = 64;  ///< most state runs of one tensor

struct Plan {
    const Graph* graph = nullptr;
    std::vector<PlannedStage> stages;
    std::vector<double> scales;  ///< of each tensor
    std::vector<float> gains;    ///< what the values of each tensor were multiplied with, see equalise.hpp
    MemoryPlan memory;
    std::vector<StageTable> tables;
    uint32_t weight_bytes = 2;
    uint32_t arena_bytes = 0;
    uint32_t sums_area_bytes = 0;
    uint8_t method = 0;  ///< of preservation
};

/// NVM by purpose, in bytes.
struct NvmNeed {
    uint64_t weights = 0;
    uint64_t tables = 0;  ///< header, descriptors, state runs, tile tables
    uint64_t records = 0;
    uint64_t sums = 0;
    uint64_t tensors = 0;

    uint64_t total() const { return weights + tables + records + sums + tensors; }
};

/// "MaxPool".
const char* operator_name(const Stage& stage);

NvmNeed nvm_need(const Plan& plan);

/// `graph` must outlive the plan; parts of concatenations are equalised in it. Throws InputError if the network does not fit the device: what it needs, and what
/// there is.
Plan make_plan(Graph& graph, const CalibrationSamples& samples, const CompileOptions& options);

}  // namespace dynbal::compiler
