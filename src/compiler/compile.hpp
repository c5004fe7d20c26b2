//! From a float graph to a device image: calibrate, quantise, plan memory, price tile configurations, emit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "compiler/price_tiles.hpp"
#include "graph/graph.hpp"
#include "image/format.hpp"
#include "image_file/image_file.hpp"
#include "platform/nvm.hpp"

namespace dynbal::device {
struct DeviceProfile;
}

namespace dynbal::compiler {

/// What the compiler must know of a device.
struct DeviceLimits {
    std::string name;
    std::string text;  ///< of a profile's file, empty for a profile of the program
    uint32_t sram_bytes = 64 * 1024;
    uint32_t sram_reserved_bytes = 8 * 1024;  ///< stack and the program's own data
    uint32_t nvm_bytes = 512 * 1024;
    NvmClass nvm_class;
    CostModel cost_model;  ///< `boot` with a usual search for the first unfinished value

    StagePrices prices() const;
};

/// What a device profile says.
DeviceLimits limits_of(const device::DeviceProfile& profile);

/// The same of a profile by its name or file, see device::load_profile(). Throws InputError.
DeviceLimits device_by_name(const std::string& name);

/// Other inputs go further than those of the calibration. On whole test sets neither 2 nor 4 costs a tenth of a point
/// (`bench/field/run.py head_room`); the second bit is kept for precision.
inline constexpr double head_room_default = 2.0;

struct CompileOptions {
    uint32_t weight_bytes = 2;             ///< 1 (int8 per channel) or 2 (int16)
    float input_scale = 1.0F;              ///< what raw input values are multiplied with before the network sees them
    double head_room = head_room_default;  ///< ranges are wider by this factor than calibration has seen
    DeviceLimits device;
    uint8_t method = 0;      ///< of preservation, its place in plugin/methods.hpp
    std::string sound_text;  ///< how sound becomes the input, kept with the image
    std::string model_name;
    std::function<void(const std::string&)> warn;  ///< told what a user should know about the image; may be empty
};

/// Calls `visit` once for each calibration sample, in ONNX order and already scaled; at least one.
using CalibrationSamples = std::function<void(const std::function<void(const std::vector<float>&)>& visit)>;

/// Throws InputError if the network cannot be mapped to the device (the message says what is too large).
ImageFile compile(Graph graph, const CalibrationSamples& samples, const CompileOptions& options);

}  // namespace dynbal::compiler
