#include "tiny_model.hpp"

#include "base/random.hpp"

namespace dynbal::sim {
namespace {

using compiler::Graph;
using compiler::Stage;
using compiler::StageKind;
using compiler::Tensor;
using compiler::TensorId;

/// A number in [-1, 1], the same on every machine.
float noise(uint64_t seed, uint64_t index) {
    return static_cast<float>(random64(seed, index) >> 40U) / 8388608.0F - 1.0F;
}

Stage conv(const Graph& graph, const std::string& name, TensorId input, TensorId output, int kernel, int pad) {
    const Tensor& in = graph.tensors[static_cast<size_t>(input)];
    const Tensor& out = graph.tensors[static_cast<size_t>(output)];
    Stage stage;
    stage.name = name;
    stage.inputs = {input};
    stage.output = output;
    stage.window.kernel_h = stage.window.kernel_w = kernel;
    stage.window.pad_top = stage.window.pad_left = pad;
    stage.window.pad_bottom = stage.window.pad_right = pad;
    stage.weights.resize(static_cast<size_t>(out.c * kernel * kernel * in.c));
    for (size_t i = 0; i < stage.weights.size(); ++i) {
        stage.weights[i] = noise(static_cast<uint64_t>(output), i);
    }
    for (int i = 0; i < out.c; ++i) {
        stage.bias.push_back(0.1F * noise(static_cast<uint64_t>(100 + output), static_cast<uint64_t>(i)));
    }
    return stage;
}

Stage plain(StageKind kind, const std::string& name, std::vector<TensorId> inputs, TensorId output) {
    Stage stage;
    stage.kind = kind;
    stage.name = name;
    stage.inputs = std::move(inputs);
    stage.output = output;
    return stage;
}

Stage max_pool(TensorId input, TensorId output) {
    Stage stage = plain(StageKind::pool, "pool", {input}, output);
    stage.window.kernel_h = stage.window.kernel_w = 2;
    stage.window.stride_h = stage.window.stride_w = 2;
    return stage;
}

Tensor tensor(const char* name, int size, int channels) {
    Tensor result;
    result.name = name;
    result.h = result.w = size;
    result.c = channels;
    return result;
}

Tensor slice(const char* name, int size, int channels, TensorId parent, int first_channel) {
    Tensor result = tensor(name, size, channels);
    result.parent = parent;
    result.parent_channel = first_channel;
    return result;
}

}  // namespace

Graph tiny_graph() {
    Graph graph;
    graph.tensors = {tensor("input", 6, 2),     tensor("left", 6, 4),   tensor("right", 6, 4),
                     tensor("sum", 6, 4),       tensor("joined", 6, 7), slice("narrow", 6, 3, 4, 0),
                     slice("wide", 6, 4, 4, 3), tensor("pooled", 3, 7), tensor("logits", 1, 5),
                     tensor("classes", 1, 5)};
    graph.stages = {conv(graph, "left", 0, 1, 3, 1),         conv(graph, "right", 0, 2, 1, 0),
                    plain(StageKind::add, "sum", {1, 2}, 3), conv(graph, "narrow", 3, 5, 1, 0),
                    conv(graph, "wide", 3, 6, 3, 1),         max_pool(4, 7),
                    conv(graph, "dense", 7, 8, 3, 0),        plain(StageKind::softmax, "classes", {8}, 9)};
    graph.stages[0].clamp.low = 0;
    graph.stages[2].clamp.low = 0;
    graph.input = 0;
    graph.output = 9;
    graph.input_dims = {1, 6, 6, 2};
    graph.output_dims = {1, 5};
    for (uint32_t i = 0; i < 72; ++i) graph.input_order.push_back(i);
    for (uint32_t i = 0; i < 5; ++i) graph.output_order.push_back(i);
    return graph;
}

ImageFile tiny_image() {
    compiler::CompileOptions options;
    options.device = compiler::device_by_name("msp432p401r");
    options.device.sram_bytes = options.device.sram_reserved_bytes + 4 * 1024;
    options.model_name = "tiny";
    const auto samples = [](const std::function<void(const std::vector<float>&)>& visit) {
        for (uint64_t seed = 0; seed < 4; ++seed) {
            std::vector<float> sample;
            for (uint64_t i = 0; i < 72; ++i) sample.push_back(noise(1000 + seed, i));
            visit(sample);
        }
    };
    return compiler::compile(tiny_graph(), samples, options);
}

std::vector<int16_t> tiny_input(const ImageFile& file, uint64_t seed) {
    std::vector<float> sample;
    for (uint64_t i = 0; i < 72; ++i) sample.push_back(noise(2000 + seed, i));
    return file.quantise_input(sample);
}

}  // namespace dynbal::sim
