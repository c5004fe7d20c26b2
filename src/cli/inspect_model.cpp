#include "cli/inspect_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "cli/least_energy.hpp"
#include "cli/write_report.hpp"
#include "compiler/compile.hpp"
#include "engine/engine.hpp"
#include "from_onnx/lower.hpp"
#include "graph/float_run.hpp"
#include "io/file.hpp"
#include "io/printable.hpp"
#include "io/table.hpp"
#include "sim/session.hpp"

namespace dynbal::cli {
namespace {

/// Whether a network fits does not depend on what it is given. From `low` to 1.
std::vector<float> made_up_sample(const compiler::Graph& graph, float low) {
    std::vector<float> sample(graph.input_order.size());
    uint32_t state = 1;
    for (float& value : sample) {
        state = state * 1664525U + 1013904223U;
        value = low + (1 - low) * static_cast<float>(state >> 8U) / 16777216.0F;
    }
    return sample;
}

/// The first tensor with a value that is not finite; "" if there is none.
std::string tensor_not_finite(const compiler::Graph& graph, const std::vector<float>& sample) {
    compiler::FloatRunner runner(graph);
    const auto& values = runner.run(sample);
    for (size_t id = 0; id < values.size(); ++id) {
        const bool finite = std::all_of(values[id].begin(), values[id].end(), [](float x) { return std::isfinite(x); });
        if (!finite) return io::printable(graph.tensors[id].name);
    }
    return "";
}

/// A sample that gives numbers everywhere: with a square root inside, it must not be negative. Throws InputError if there is none.
std::vector<float> usable_sample(const compiler::Graph& graph, const std::string& path,
                                 std::vector<std::string>& notes) {
    std::vector<float> sample = made_up_sample(graph, -1);
    const std::string tensor = tensor_not_finite(graph, sample);
    if (tensor.empty()) return sample;
    sample = made_up_sample(graph, 0);
    if (tensor_not_finite(graph, sample).empty()) {
        notes.push_back(
            fmt::format("the made-up inputs of `inspect` reach from 0 to 1 here: with negative ones, as a square "
                        "root refuses them, tensor '{}' has values that are not finite",
                        tensor));
        return sample;
    }
    throw InputError(
        fmt::format("{}: tensor '{}' has values that are not finite for the made-up inputs of `inspect`, from -1 to 1 "
                    "and from 0 to 1: "
                    "there may be a root, a power or a quotient of values that these do not suit. What the network "
                    "needs is found with "
                    "real inputs: dynbal compile {} --calibrate FILE",
                    path, tensor, shell_word(path)));
}

}  // namespace

bool is_image(const std::string& path) {
    const std::vector<uint8_t> bytes = io::read_file(path);
    const std::string magic = "DNB1";
    return bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), bytes.begin());
}

void inspect_model(const ModelArguments& arguments, Context& context) {
    compiler::CompileOptions options;
    options.device = compiler::device_by_name(arguments.device);
    options.weight_bytes = weight_bytes_of(arguments.weights);
    compiler::Graph graph = compiler::read_graph(arguments.path, arguments.output);
    std::vector<std::string> notes = graph.notes;
    const std::vector<int64_t> input = graph.input_dims;
    const std::vector<int64_t> output = graph.epilogue.answer_dims(graph.output_dims);
    const std::vector<float> sample = usable_sample(graph, arguments.path, notes);
    const ImageFile file = compiler::compile(
        std::move(graph), [&](const auto& visit) { visit(sample); }, options);
    const ImageHeader& header = file.header();
    io::Table table({{arguments.path, io::Align::left}, {"", io::Align::right}});
    table.add_row({"input", shape_text(input)});
    table.add_row({"output", shape_text(output)});
    table.add_row({"stages", grouped(header.stage_count)});
    table.add_row({nominal_macs_title, grouped(file.host.ideal_macs)});
    table.add_row({"NVM", fmt::format("{} of {} bytes", grouped(header.nvm_bytes), grouped(options.device.nvm_bytes))});
    add_least_energy(table, file);
    for (const std::string& note : notes) context.warn(note);
    context.print(
        {{"model", arguments.path},
         {"compiles", true},
         {"device", options.device.name},
         {"input_dims", input},
         {"output_dims", output},
         {"stages", header.stage_count},
         {"ideal_macs", file.host.ideal_macs},
         {"nvm_bytes", header.nvm_bytes},
         {"sram_bytes", Engine::sram_bytes_of(header)},
         {"least_units_per_cycle", least_units(file)},
         {"notes", notes}},
        fmt::format("It compiles for {} with {} weights; for an image give `dynbal compile` real inputs.\n\n{}",
                    options.device.name, arguments.weights, table.text()));
}

}  // namespace dynbal::cli
