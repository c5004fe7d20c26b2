//! Runs one stage of a network alone with any configuration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/image_file.hpp"
#include "sim/session.hpp"
#include "sim/supply.hpp"

namespace dynbal::experiment {

/// What runs are compared by.
enum class Measure : uint8_t { energy, time };

/// In fJ or ps.
uint64_t amount_of(const sim::Cost& cost, Measure measure);

/// What the stage costs without failures, boots and records; no run costs less, because everything that is done
/// without failures is done with them, too.
sim::Cost least_cost(const compiler::ImageFile& file, uint32_t stage, const TileConfig& config,
                     const sim::DeviceProfile& profile);

struct BenchRun {
    uint64_t amount = 0;  ///< drawn by all inferences together
    uint64_t power_cycles = 0;
};

class StageBench {
public:
    /// `profile` must outlive this object.
    StageBench(const compiler::ImageFile& file, uint32_t stage, const sim::DeviceProfile& profile,
               const std::string& supply, Measure measure);

    /// `inferences` of the stage in a row, from the beginning of the supply. None if they are stuck, or have drawn
    /// more than `limit`.
    std::optional<BenchRun> run(const TileConfig& config, uint32_t inferences, uint64_t limit);

private:
    void put(const TileConfig& config);

    const sim::DeviceProfile* profile_;
    std::string supply_;
    Measure measure_;
    compiler::ImageFile file_;
    sim::Session session_;
    std::vector<std::byte> formatted_;  ///< NVM before the first inference
};

}  // namespace dynbal::experiment
