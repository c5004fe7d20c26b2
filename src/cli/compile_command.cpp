#include "compiler/compile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/least_energy.hpp"
#include "cli/output_file.hpp"
#include "cli/write_report.hpp"
#include "device/profile.hpp"
#include "engine/engine.hpp"
#include "from_onnx/lower.hpp"
#include "image_file/method_names.hpp"
#include "input/sample_set.hpp"
#include "input/sound_features.hpp"
#include "io/file.hpp"
#include "io/progress.hpp"
#include "io/table.hpp"
#include "quality/measured_compile.hpp"
#include "quality/summary.hpp"
#include "sim/session.hpp"

namespace dynbal::cli {
namespace {

struct CompileArguments {
    std::string model, output, image, calibration, sound;
    std::string weights = "int16";
    double scale = 1.0;
    double head_room = compiler::head_room_default;
    std::string device = device::default_device;
    std::string preservation = methods[0].name;
    int64_t samples_max = compiler::calibration_samples_max;
};

std::string summary_of(const CompileArguments& arguments, const ImageFile& file, const compiler::DeviceLimits& device) {
    const ImageHeader& header = file.header();
    uint64_t weight_bytes = 0;
    for (uint32_t i = 0; i < header.stage_count; ++i) {
        const StageDescriptor stage = file.stage(i);
        weight_bytes += uint64_t{stage.channels_out} * shape_of(stage).weight_row_bytes();
    }
    io::Table table({{arguments.image, io::Align::left}, {"", io::Align::right}});
    table.add_row({"stages", grouped(header.stage_count)});
    table.add_row({"weights (" + arguments.weights + ")", grouped(weight_bytes) + " bytes"});
    table.add_row({nominal_macs_title, grouped(file.host.ideal_macs)});
    table.add_row({"image", grouped(header.image_bytes) + " bytes"});
    table.add_row({"NVM in all", fmt::format("{} of {} bytes", grouped(header.nvm_bytes), grouped(device.nvm_bytes))});
    table.add_row({"SRAM", fmt::format("{} of {} bytes", grouped(Engine::sram_bytes_of(header)),
                                       grouped(device.sram_bytes - device.sram_reserved_bytes))});
    table.add_row({"preservation", method_name(file)});
    add_least_energy(table, file);
    return table.text();
}

nlohmann::ordered_json json_of(const CompileArguments& arguments, const ImageFile& file,
                               const std::vector<std::string>& warnings) {
    const ImageHeader& header = file.header();
    return {{"image", arguments.image},
            {"stages", header.stage_count},
            {"image_bytes", header.image_bytes},
            {"nvm_bytes", header.nvm_bytes},
            {"sram_bytes", Engine::sram_bytes_of(header)},
            {"preservation", method_name(file)},
            {"ideal_macs", file.host.ideal_macs},
            {"least_units_per_cycle", least_units(file)},
            {"warnings", warnings}};
}

compiler::CompileOptions options_of(const CompileArguments& arguments) {
    compiler::CompileOptions options;
    options.weight_bytes = weight_bytes_of(arguments.weights);
    options.input_scale = checked_scale(arguments.scale);
    options.head_room = arguments.head_room;
    options.device = compiler::device_by_name(arguments.device);
    options.method = method_by_name(arguments.preservation);
    if (!arguments.sound.empty()) {
        options.sound_text = io::read_text(arguments.sound);
        (void)input::parse_sound(options.sound_text, arguments.sound);
    }
    options.model_name = std::filesystem::path(arguments.model).stem().string();
    return options;
}

nlohmann::ordered_json against_float(const quality::Comparison& comparison) {
    uint64_t clipped = 0;
    for (const quality::StageError& stage : comparison.stages()) clipped += stage.clipped;
    nlohmann::ordered_json json{{"samples", comparison.samples()},
                                {"output_rms_error", comparison.output().relative_rms()},
                                {"output_largest_error", comparison.output().relative_largest()},
                                {"clipped_values", clipped}};
    if (comparison.has_classes()) json["same_class"] = comparison.same_class();
    return json;
}

void run(const CompileArguments& arguments, Context& context) {
    const compiler::CompileOptions options = options_of(arguments);
    check_output("-o", arguments.image,
                 {arguments.model, input::file_of(arguments.calibration), arguments.device, arguments.sound});
    const compiler::Graph graph = compiler::read_graph(arguments.model, arguments.output);
    check_output("-o", arguments.image, graph.files);
    const SampleFile samples(arguments.calibration, graph.input_dims, options.sound_text);
    note_input(context, samples.note());
    io::Progress progress("calibrating", std::min(samples.count(), arguments.samples_max));
    const quality::MeasuredCompile compiled(graph, samples, arguments.samples_max, options,
                                            [&] { progress.advance(); });
    write_image_file(arguments.image, compiled.file);
    for (const std::string& warning : compiled.warnings) context.warn(warning);
    nlohmann::ordered_json json = json_of(arguments, compiled.file, compiled.warnings);
    json["against_float"] = against_float(compiled.comparison);
    std::string text = summary_of(arguments, compiled.file, options.device);
    for (const std::string& line : quality::lines_of(compiled.comparison)) text += line + "\n";
    context.print(json, text);
}

}  // namespace

void add_compile(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand("compile", "Turn an ONNX network into a device image");
    const auto arguments = std::make_shared<CompileArguments>();
    command->add_option("MODEL", arguments->model, "Network, an .onnx file of floats")->required();
    command->add_option("-o,--image", arguments->image, "Image to write")->required();
    command->add_option("--output", arguments->output,
                        "Output of the model to compile for, or any value that a node computes");
    command
        ->add_option("--calibrate", arguments->calibration,
                     "Typical inputs, from which the ranges of all tensors are taken: .npy, .npz, .csv, pictures, "
                     "sounds, folders")
        ->required();
    command->add_option("--weights", arguments->weights, "int8 (one scale per channel) or int16")
        ->capture_default_str();
    command->add_option("--sound", arguments->sound,
                        "FILE.toml: how sound becomes the input (see dynbal help sound); kept with the image");
    command->add_option("--scale", arguments->scale, scale_words)->check(decimal_number())->capture_default_str();
    command
        ->add_option("--head-room", arguments->head_room,
                     "How many times as large as with the calibration inputs values may become before they are clipped")
        ->check(number_between(1.0, 64.0))
        ->capture_default_str();
    command->add_option("--device", arguments->device, "Device to compile for; see `dynbal help devices`")
        ->capture_default_str();
    add_preservation(*command, arguments->preservation);
    command
        ->add_option("--calibration-samples", arguments->samples_max,
                     "Use at most this many of the calibration inputs, spread evenly")
        ->check(CLI::Range(int64_t{1}, int64_t{1'000'000'000}))
        ->capture_default_str();
    add_json(*command, context);
    command->callback([arguments, &context] { run(*arguments, context); });
}

}  // namespace dynbal::cli
