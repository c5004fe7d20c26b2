//! Runs one stage of a network alone with any configuration.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "image_file/image_file.hpp"
#include "sim/session.hpp"
#include "sim/supply.hpp"

namespace dynbal::experiment {

/// What runs are compared by.
enum class Measure : uint8_t { energy, time };

/// In fJ or ps.
uint64_t amount_of(const sim::Cost& cost, Measure measure);

/// What the stage costs without failures, boots and records; no run costs less, because everything that is done
/// without failures is done with them, too.
sim::Cost least_cost(const ImageFile& file, uint32_t stage, const TileConfig& config,
                     const sim::DeviceProfile& profile);

struct BenchRun {
    uint64_t amount = 0;  ///< drawn by all inferences together
    uint64_t power_cycles = 0;
};

/// Where a run is given up.
struct BenchLimits {
    uint64_t amount = std::numeric_limits<uint64_t>::max();
    uint64_t payments = std::numeric_limits<uint64_t>::max();  ///< times the supply is asked: what simulating takes
};

class StageBench {
public:
    /// `profile` must outlive this object.
    StageBench(const ImageFile& file, uint32_t stage, const sim::DeviceProfile& profile, const std::string& supply,
               Measure measure);

    /// `inferences` of the stage in a row, from the beginning of the supply. None if they are stuck or beyond a limit.
    std::optional<BenchRun> run(const TileConfig& config, uint32_t inferences, const BenchLimits& limits = {});

    /// In all runs so far.
    uint64_t payments() const { return payments_; }

private:
    bool run_inferences(sim::Supply& supply, uint32_t inferences);
    void put(const TileConfig& config);

    const sim::DeviceProfile* profile_;
    std::string supply_;
    Measure measure_;
    ImageFile file_;
    sim::Session session_;
    std::vector<std::byte> formatted_;  ///< NVM before the first inference
    uint64_t payments_ = 0;
};

}  // namespace dynbal::experiment
