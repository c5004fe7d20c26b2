//! The images and inputs of a grid, made once and then shared by all threads.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "experiment/grid.hpp"
#include "image_file/image_file.hpp"
#include "sim/device_profile.hpp"

namespace dynbal::experiment {

struct PreparedModel {
    ImageFile file;
    std::vector<int16_t> input;  ///< in engine order
    sim::DeviceProfile profile;
};

class ModelStore {
public:
    /// Compiles or reads what these cells need, on `jobs` threads (0: one a core). Throws InputError.
    ModelStore(const Grid& grid, const std::vector<Cell>& cells, uint32_t jobs);

    const PreparedModel& of(const Cell& cell) const { return models_.at({cell.model, cell.device}); }

private:
    std::map<std::pair<uint32_t, uint32_t>, PreparedModel> models_;  ///< by model and device
};

}  // namespace dynbal::experiment
