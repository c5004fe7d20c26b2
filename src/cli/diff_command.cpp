#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/float_score.hpp"
#include "from_onnx/lower.hpp"
#include "io/file.hpp"
#include "io/npy.hpp"
#include "io/table.hpp"
#include "quality/summary.hpp"

namespace dynbal::cli {
namespace {

struct DiffArguments {
    ImageArguments image;
    std::string model, output, input, save;
};

/// Both values of each stage as FOLDER/NN-float.npy and FOLDER/NN-image.npy, [h, w, c].
void save_tensors(const quality::Comparison& comparison, const ImageFile& file, const std::string& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) throw InputError("--save: " + folder + ": " + error.message());
    const auto name_of = [](size_t stage, const char* what) { return fmt::format("{:02}-{}.npy", stage, what); };
    std::vector<std::string> names;
    for (size_t i = 0; i < comparison.stages().size(); ++i) {
        for (const char* what : {"float", "image"}) names.push_back(name_of(i, what));
    }
    io::check_targets(folder, names);
    for (size_t i = 0; i < comparison.stages().size(); ++i) {
        const StageDescriptor stage = file.stage(static_cast<uint32_t>(i));
        io::Array array;
        array.shape = {stage.out_h, stage.out_w, stage.channels_out};
        array.values = comparison.float_values(i);
        io::write_npy(folder + "/" + name_of(i, "float"), array);
        array.values = comparison.image_values(i);
        io::write_npy(folder + "/" + name_of(i, "image"), array);
    }
}

nlohmann::ordered_json json_of(const quality::Comparison& comparison) {
    nlohmann::ordered_json stages = nlohmann::ordered_json::array();
    for (const quality::StageError& stage : comparison.stages()) {
        stages.push_back({{"name", stage.name},
                          {"operator", stage.operators},
                          {"largest_value", stage.largest_value},
                          {"largest_error", stage.largest_error},
                          {"rms_error", stage.rms_error()},
                          {"values", stage.values},
                          {"clipped", stage.clipped}});
    }
    const size_t bad = comparison.first_bad();
    const bool same = !comparison.has_classes() || comparison.same_class() == comparison.samples();
    nlohmann::ordered_json json{{"same_class", same}, {"stages", stages}};
    json["first_bad_stage"] = nullptr;
    if (bad < comparison.stages().size()) json["first_bad_stage"] = bad;
    return json;
}

std::string class_text(const quality::Comparison& comparison) {
    if (!comparison.has_classes()) return {};
    if (comparison.same_class() != comparison.samples()) return "\nThey give different classes.\n";
    return comparison.ties() == 0
               ? "\nBoth give the same class.\n"
               : "\nThe float network gives several classes the same score; the image gives one of them.\n";
}

std::string text_of(const quality::Comparison& comparison) {
    io::Table table({{"stage"},
                     {"name", io::Align::left},
                     {"operator", io::Align::left},
                     {"largest value"},
                     {"rms error"},
                     {"largest error"},
                     {"clipped"},
                     {"", io::Align::left}});
    const size_t bad = comparison.first_bad();
    for (size_t i = 0; i < comparison.stages().size(); ++i) {
        const quality::StageError& stage = comparison.stages()[i];
        table.add_row({std::to_string(i), stage.name, stage.operators, fmt::format("{:.4g}", stage.largest_value),
                       fmt::format("{:.2f} %", 100 * stage.relative_rms()),
                       fmt::format("{:.2f} %", 100 * stage.relative_largest()), grouped(stage.clipped),
                       i == bad ? "<- first beyond its bound" : ""});
    }
    return table.text() + class_text(comparison);
}

quality::Comparison comparison_of(const DiffArguments& arguments, const compiler::Graph& graph, const ImageFile& file) {
    try {
        return {graph, file};
    } catch (const InputError& error) {
        throw InputError(fmt::format("{} and {}: {}", arguments.image.path, arguments.model, error.what()));
    }
}

void run(const DiffArguments& arguments, Context& context) {
    const ImageFile file = arguments.image.read();
    const compiler::Graph graph = compiler::read_graph(arguments.model, arguments.output);
    const std::string& digest = file.host.model_digest;
    const bool same_model = is_model_of(graph, file);
    compiler::InputUse use;
    const std::vector<float> sample =
        compiler::read_model_input(file, arguments.input, arguments.image.scale_for(file), use);
    note_input(context, use.note);
    quality::Comparison comparison = comparison_of(arguments, graph, file);
    comparison.add(sample);
    if (!arguments.save.empty()) save_tensors(comparison, file, arguments.save);
    warn_of_range(context,
                  {.inputs = sample.size(), .inputs_outside = use.outside, .inputs_largest = use.largest_share});
    if (!same_model) warn_of_other_model(context, arguments.model, arguments.image.path);
    nlohmann::ordered_json json = json_of(comparison);
    json["same_model"] = nullptr;
    if (!digest.empty()) json["same_model"] = same_model;
    context.print(json, text_of(comparison));
}

}  // namespace

void add_diff(CLI::App& app, Context& context) {
    CLI::App* command =
        app.add_subcommand("diff", "Hold an image against its float model, stage by stage, for one input");
    const auto arguments = std::make_shared<DiffArguments>();
    arguments->image.add_to(*command, true);
    command->add_option("MODEL", arguments->model, "The .onnx model that the image was compiled from")->required();
    command->add_option("--output", arguments->output, "The output it was compiled for, if the model has several");
    add_input(*command, arguments->input);
    command->add_option("-o,--save", arguments->save, "Folder for the tensors of both, as .npy files");
    add_json(*command, context);
    command->callback([arguments, &context] { run(*arguments, context); });
}

}  // namespace dynbal::cli
