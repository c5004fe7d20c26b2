//! The images and inputs of one grid or several, made once and then shared by all threads.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
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
    /// All that determines an image and its input but the device, and the device.
    using Key = std::pair<std::string, std::string>;
    static Key key_of(const Grid& grid, const Cell& cell);

    /// Reads all that the models of these cells are made of, images, networks, samples and devices, and compiles nothing: what is
    /// wrong there is told before anything is run. Throws InputError.
    void check(const Grid& grid, const std::vector<Cell>& cells) const;
    /// Compiles or reads what this cell needs, which may take long. Thread-safe. Throws InputError.
    void add(const Grid& grid, const Cell& cell);

    /// Thread-safe.
    bool has(const Grid& grid, const Cell& cell) const;
    /// Of a cell that was added; lives as long as this store. Thread-safe.
    const PreparedModel& of(const Grid& grid, const Cell& cell) const;

private:
    mutable std::mutex mutex_;
    std::map<Key, PreparedModel> models_;
};

}  // namespace dynbal::experiment
