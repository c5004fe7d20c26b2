#include "cli/inspect_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "cli/arguments.hpp"
#include "cli/least_energy.hpp"
#include "cli/write_report.hpp"
#include "compiler/compile.hpp"
#include "engine/engine.hpp"
#include "from_onnx/lower.hpp"
#include "io/file.hpp"
#include "io/table.hpp"
#include "sim/session.hpp"

namespace dynbal::cli {
namespace {

/// One made-up sample: whether a network fits does not depend on what it is given.
compiler::CalibrationSamples made_up_sample(const compiler::Graph& graph) {
    const size_t size = graph.input_order.size();
    return [size](const std::function<void(const std::vector<float>&)>& visit) {
        std::vector<float> sample(size);
        uint32_t state = 1;
        for (float& value : sample) {
            state = state * 1664525U + 1013904223U;
            value = static_cast<float>(state >> 8U) / 8388608.0F - 1.0F;
        }
        visit(sample);
    };
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
    const std::vector<std::string> notes = graph.notes;
    const std::vector<int64_t> input = graph.input_dims;
    const std::vector<int64_t> output = graph.epilogue.answer_dims(graph.output_dims);
    const auto sample = made_up_sample(graph);
    const ImageFile file = compiler::compile(std::move(graph), sample, options);
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
