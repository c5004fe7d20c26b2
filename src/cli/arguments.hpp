//! Arguments that several commands take, and how they become images, inputs and supplies.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "compiler/samples.hpp"
#include "image_file/image_file.hpp"
#include "io/printable.hpp"
#include "io/shell_word.hpp"
#include "plugin/policy.hpp"
#include "quality/range_use.hpp"
#include "sim/device_profile.hpp"
#include "sim/supply.hpp"

namespace dynbal::cli {

/// The image and what its inputs are multiplied with.
struct ImageArguments {
    std::string path;
    std::optional<double> scale;

    void add_to(CLI::App& command, bool with_scale);
    /// Reads and checks the image. Throws InputError.
    ImageFile read() const;
    /// --scale, or what the image was compiled with. Throws InputError if it is no usable number.
    float scale_for(const ImageFile& file) const;
};

/// A factor for raw input values: finite and not zero. Throws InputError.
float checked_scale(double scale);
inline constexpr const char* scale_words =
    "What raw input values are multiplied with, as the training did, such as 0.00392156862745098 (1/255) for pixels";

/// Bounds of an option that is a number with a fraction; other than CLI::Range it refuses "nan".
CLI::Validator number_between(double low, double high);

/// Says of 1/255 how it is written.
CLI::Validator decimal_number();

/// 1 for int8, 2 for int16. Throws InputError for other words.
uint32_t weight_bytes_of(const std::string& weights);

void add_input(CLI::App& command, std::string& spec);
void add_policy(CLI::App& command, std::string& name);
/// Which preservation method an image is made for.
void add_preservation(CLI::App& command, std::string& name);
void add_supply(CLI::App& command, std::string& text);
/// The supply; the recording that it replays is summed up in a line beside the results. Throws InputError.
std::unique_ptr<sim::Supply> read_supply(const Context& context, const std::string& text,
                                         const sim::DeviceProfile& profile);
/// A recording for machines; null if there is none.
nlohmann::ordered_json trace_json(const power::TraceSummary* trace);
void add_jobs(CLI::App& command, uint32_t& jobs);
void add_json(CLI::App& command, Context& context);

/// Warns, in one line, if there is anything to say.
void warn_of_range(const Context& context, const quality::RangeUse& use);

/// Says how samples were understood, if a user should know.
void note_input(const Context& context, const std::string& note);

using compiler::InputUse;
using compiler::SampleFile;

/// The input as engine values. What a user should know of it is said; where `use` is given only how it was understood. Throws
/// InputError.
std::vector<int16_t> read_input(const Context& context, const ImageFile& file, const std::string& spec, float scale,
                                InputUse* use = nullptr);
using compiler::shape_text;

/// `otherwise`: what an empty name stands for.
void add_device(CLI::App& command, std::string& name_or_path,
                const std::string& otherwise = "the device that the image was compiled for");

/// --nvm: a class of memory in place of the profile's. `otherwise`: what an empty name stands for.
void add_nvm(CLI::App& command, std::string& nvm, const std::string& otherwise = "the device's");
/// Throws InputError if there is no such class.
void set_nvm(sim::DeviceProfile& profile, const std::string& nvm);
/// " --nvm line16", or nothing if it is empty.
std::string nvm_words(const std::string& nvm);

/// Of the device that the image was compiled for. Throws InputError where it is not known here.
sim::DeviceProfile profile_of(const ImageFile& file);
/// What the image is run on: the named profile or profile file, or, if the name is empty, the one that it was compiled for.
/// Says so in one line if these are not the same. Throws InputError, also where the device has no room for the image.
sim::DeviceProfile profile_for(const ImageFile& file, const std::string& name_or_path, const Context& context);
void check_device(const ImageFile& file, const sim::DeviceProfile& profile, const std::string& name_or_path,
                  const Context& context);
/// The same of a board, whose profile has its name; nothing is said of one without a profile.
void check_board(const ImageFile& file, const std::string& board, const Context& context);
/// What budget:E and cost_units count: "1 a MAC, 14.5 a byte read, ...".
std::string prices_text(const CostModel& prices);

using io::grouped;
using io::shell_word;

}  // namespace dynbal::cli
