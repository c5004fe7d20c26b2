#include "compiler/compile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/output_file.hpp"
#include "compiler/lower.hpp"
#include "compiler/read_onnx.hpp"
#include "device/profile.hpp"
#include "engine/engine.hpp"
#include "input/sound_features.hpp"
#include "io/file.hpp"
#include "io/progress.hpp"
#include "io/table.hpp"
#include "sim/session.hpp"

namespace dynbal::cli {
namespace {

struct Arguments {
    std::string model, image, calibration, sound;
    std::string weights = "int16";
    double scale = 1.0;
    std::string device = device::default_device;
    int64_t samples_max = compiler::calibration_samples_max;
};

std::string summary_of(const Arguments& arguments, const compiler::ImageFile& file,
                       const compiler::DeviceLimits& device) {
    const ImageHeader& header = file.header();
    uint64_t weight_bytes = 0;
    for (uint32_t i = 0; i < header.stage_count; ++i) {
        const StageDescriptor stage = file.stage(i);
        weight_bytes += uint64_t{stage.channels_out} * shape_of(stage).weight_row_bytes();
    }
    io::Table table({{arguments.image, io::Align::left}, {"", io::Align::right}});
    table.add_row({"stages", grouped(header.stage_count)});
    table.add_row({"weights (" + arguments.weights + ")", grouped(weight_bytes) + " bytes"});
    table.add_row({"MACs", grouped(file.host.ideal_macs)});
    table.add_row({"image", grouped(header.image_bytes) + " bytes"});
    table.add_row({"NVM in all", fmt::format("{} of {} bytes", grouped(header.nvm_bytes), grouped(device.nvm_bytes))});
    table.add_row({"SRAM", fmt::format("{} of {} bytes", grouped(Engine::sram_bytes_of(header)),
                                       grouped(device.sram_bytes - device.sram_reserved_bytes))});
    table.add_row({"least energy per power cycle", grouped((sim::least_cycle_cost(file) + 15) / 16) + " units"});
    return table.text();
}

nlohmann::ordered_json json_of(const Arguments& arguments, const compiler::ImageFile& file,
                               const std::vector<std::string>& warnings) {
    const ImageHeader& header = file.header();
    return {{"image", arguments.image},
            {"stages", header.stage_count},
            {"image_bytes", header.image_bytes},
            {"nvm_bytes", header.nvm_bytes},
            {"sram_bytes", Engine::sram_bytes_of(header)},
            {"ideal_macs", file.host.ideal_macs},
            {"least_units_per_cycle", static_cast<double>(sim::least_cycle_cost(file)) / 16},
            {"warnings", warnings}};
}

compiler::CompileOptions options_of(const Arguments& arguments) {
    compiler::CompileOptions options;
    if (arguments.weights != "int8" && arguments.weights != "int16") {
        throw InputError("--weights: '" + arguments.weights + "' is neither int8 nor int16");
    }
    options.weight_bytes = arguments.weights == "int8" ? 1 : 2;
    options.input_scale = checked_scale(arguments.scale);
    options.device = compiler::device_by_name(arguments.device);
    if (!arguments.sound.empty()) {
        options.sound_text = io::read_text(arguments.sound);
        (void)input::parse_sound(options.sound_text, arguments.sound);
    }
    options.model_name = std::filesystem::path(arguments.model).stem().string();
    return options;
}

void run(const Arguments& arguments, Context& context) {
    compiler::CompileOptions options = options_of(arguments);
    check_output("-o", arguments.image, {arguments.model, arguments.calibration, arguments.device, arguments.sound});
    std::vector<std::string> warnings;
    options.warn = [&](const std::string& warning) { warnings.push_back(warning); };
    compiler::Graph graph = compiler::lower(compiler::read_onnx(arguments.model));
    const SampleFile samples(arguments.calibration, graph.input_dims, options.sound_text);
    const int64_t count = std::min(samples.count(), arguments.samples_max);
    io::Progress progress("calibrating", count);
    const auto spread = compiler::spread_samples(samples, count, options.input_scale, [&] { progress.advance(); });
    const compiler::ImageFile file = compiler::compile(std::move(graph), spread, options);
    compiler::write_image_file(arguments.image, file);
    for (const std::string& warning : warnings) context.warn(warning);
    context.print(json_of(arguments, file, warnings), summary_of(arguments, file, options.device));
}

}  // namespace

void add_compile(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand("compile", "Turn an ONNX network into a device image");
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("MODEL", arguments->model, "Network, an .onnx file of floats")->required();
    command->add_option("-o,--output", arguments->image, "Image to write")->required();
    command
        ->add_option("--calibrate", arguments->calibration,
                     "Typical inputs, from which the ranges of all tensors are taken: .npy, .npz, .csv, pictures, "
                     "sounds, folders")
        ->required();
    command->add_option("--weights", arguments->weights, "int8 (one scale per channel) or int16")
        ->capture_default_str();
    command->add_option("--sound", arguments->sound,
                        "FILE.toml: how sound becomes the input (see dynbal help sound); kept with the image");
    command->add_option("--scale", arguments->scale, "Factor for raw input values")->capture_default_str();
    command->add_option("--device", arguments->device, "Device to compile for; see `dynbal help devices`")
        ->capture_default_str();
    command->add_option("--calibration-samples", arguments->samples_max, "Use at most so many samples, spread evenly")
        ->check(CLI::Range(int64_t{1}, int64_t{1'000'000'000}))
        ->capture_default_str();
    add_json(*command, context);
    command->callback([arguments, &context] { run(*arguments, context); });
}

}  // namespace dynbal::cli
