//! The images and inputs of one grid or several, made once and then shared by all threads.
#pragma once

#include <cstdint>
#include <map>
#include <string>
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
    /// Compiles or reads what these cells need and is not there yet, on `jobs` threads (0: one a core). Throws InputError.
    void add(const Grid& grid, const std::vector<Cell>& cells, uint32_t jobs);

    /// Of a cell that was added.
    const PreparedModel& of(const Grid& grid, const Cell& cell) const { return models_.at(key_of(grid, cell)); }

private:
    /// All that determines an image and its input but the device, and the device.
    using Key = std::pair<std::string, std::string>;
    static Key key_of(const Grid& grid, const Cell& cell);

    std::map<Key, PreparedModel> models_;
};

}  // namespace dynbal::experiment
