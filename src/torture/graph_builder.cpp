#include "torture/graph_builder.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <string>

#include "base/random.hpp"

namespace dynbal::torture {

using compiler::Graph;
using compiler::PoolKind;
using compiler::Stage;
using compiler::StageKind;
using compiler::Tensor;
using compiler::TensorId;
using compiler::Window;

namespace {

float unit_random(uint64_t seed, uint64_t index) {
    return static_cast<float>(random64(seed, index) >> 40U) * 0x1p-23F - 1.0F;
}

int out_size(int in, int kernel, int dilation, int stride, int pad_begin, int pad_end) {
    return (in + pad_begin + pad_end - (kernel - 1) * dilation - 1) / stride + 1;
}

}  // namespace

float GraphBuilder::random() { return unit_random(seed_, drawn_++); }

TensorId GraphBuilder::make_tensor(int h, int w, int c) {
    Tensor made;
    made.name = std::string("t").append(std::to_string(graph_.tensors.size()));
    made.h = h, made.w = w, made.c = c;
    graph_.tensors.push_back(made);
    return static_cast<TensorId>(graph_.tensors.size() - 1);
}

TensorId GraphBuilder::input(int h, int w, int c) {
    graph_.input = make_tensor(h, w, c);
    graph_.input_dims = {1, c, h, w};
    graph_.input_order.resize(static_cast<size_t>(h) * static_cast<size_t>(w * c));
    std::iota(graph_.input_order.begin(), graph_.input_order.end(), 0U);
    return graph_.input;
}

TensorId GraphBuilder::conv(TensorId in, int channels, const Window& w, int groups, bool relu) {
    const Tensor from = tensor(in);
    Stage stage;
    stage.name = std::string("conv").append(std::to_string(graph_.stages.size()));
    stage.inputs = {in};
    stage.window = w;
    stage.groups = groups;
    stage.clamp.low = relu ? 0.0F : stage.clamp.low;
    stage.output =
        make_tensor(out_size(from.h, w.kernel_h, w.dilation_h, w.stride_h, w.pad_top, w.pad_bottom),
                    out_size(from.w, w.kernel_w, w.dilation_w, w.stride_w, w.pad_left, w.pad_right), channels);
    stage.weights.resize(static_cast<size_t>(channels * w.kernel_h * w.kernel_w * from.c / groups));
    stage.bias.resize(static_cast<size_t>(channels));
    std::generate(stage.weights.begin(), stage.weights.end(), [&] { return random(); });
    std::generate(stage.bias.begin(), stage.bias.end(), [&] { return random(); });
    graph_.stages.push_back(stage);
    return stage.output;
}

TensorId GraphBuilder::dense(TensorId in, int channels, bool relu) {
    Window whole;
    whole.kernel_h = tensor(in).h;
    whole.kernel_w = tensor(in).w;
    return conv(in, channels, whole, 1, relu);
}

TensorId GraphBuilder::pool(TensorId in, const Window& w, PoolKind kind, bool count_include_pad) {
    const Tensor from = tensor(in);
    Stage stage;
    stage.kind = StageKind::pool;
    stage.name = std::string("pool").append(std::to_string(graph_.stages.size()));
    stage.inputs = {in};
    stage.window = w;
    stage.pool_kind = kind;
    stage.count_include_pad = count_include_pad;
    stage.output = make_tensor(out_size(from.h, w.kernel_h, w.dilation_h, w.stride_h, w.pad_top, w.pad_bottom),
                               out_size(from.w, w.kernel_w, w.dilation_w, w.stride_w, w.pad_left, w.pad_right), from.c);
    graph_.stages.push_back(stage);
    return stage.output;
}

TensorId GraphBuilder::add(TensorId a, TensorId b, bool relu) {
    Stage stage;
    stage.kind = StageKind::add;
    stage.name = std::string("add").append(std::to_string(graph_.stages.size()));
    stage.inputs = {a, b};
    stage.clamp.low = relu ? 0.0F : stage.clamp.low;
    stage.output = make_tensor(tensor(a).h, tensor(a).w, tensor(a).c);
    graph_.stages.push_back(stage);
    return stage.output;
}

TensorId GraphBuilder::softmax(TensorId in) {
    Stage stage;
    stage.kind = StageKind::softmax;
    stage.name = std::string("softmax").append(std::to_string(graph_.stages.size()));
    stage.inputs = {in};
    stage.output = make_tensor(tensor(in).h, tensor(in).w, tensor(in).c);
    graph_.stages.push_back(stage);
    return stage.output;
}

TensorId GraphBuilder::multiply(TensorId a, TensorId b) {
    const TensorId output = add(a, b);
    graph_.stages.back().kind = StageKind::multiply;
    graph_.stages.back().name[0] = 'm';
    return output;
}

TensorId GraphBuilder::curve(TensorId in, bool per_channel) {
    Stage stage;
    stage.kind = StageKind::curve;
    stage.name = std::string("curve").append(std::to_string(graph_.stages.size()));
    stage.inputs = {in};
    stage.curve.per_channel = per_channel;
    if (per_channel) {
        stage.curve.pieces_log2 = 1;
        stage.curve.of = [](double x, size_t channel) { return x < 0 ? x * 0.3 * static_cast<double>(channel) : x; };
    } else {
        stage.curve.of = [](double x, size_t) { return 1 / (1 + std::exp(-4 * x)); };
    }
    stage.output = make_tensor(tensor(in).h, tensor(in).w, tensor(in).c);
    graph_.stages.push_back(stage);
    return stage.output;
}

TensorId GraphBuilder::part(TensorId in, int first, int count) {
    const TensorId id = make_tensor(tensor(in).h, tensor(in).w, count);
    tensor(id).parent = in;
    tensor(id).parent_channel = first;
    tensor(id).is_part = true;
    return id;
}

TensorId GraphBuilder::concat_flat(const std::vector<TensorId>& parts) {
    int values = 0;
    for (const TensorId part : parts) values += static_cast<int>(tensor(part).size());
    const TensorId whole = make_tensor(1, 1, values);
    values = 0;
    for (const TensorId part : parts) {
        tensor(part).parent = whole;
        tensor(part).parent_channel = values;
        values += static_cast<int>(tensor(part).size());
    }
    return whole;
}

TensorId GraphBuilder::concat(const std::vector<TensorId>& parts) {
    int channels = 0;
    for (const TensorId part : parts) channels += tensor(part).c;
    const TensorId whole = make_tensor(tensor(parts[0]).h, tensor(parts[0]).w, channels);
    channels = 0;
    for (const TensorId part : parts) {
        tensor(part).parent = whole;
        tensor(part).parent_channel = channels;
        channels += tensor(part).c;
    }
    return whole;
}

Graph GraphBuilder::finish(TensorId output) {
    graph_.output = output;
    const Tensor& out = tensor(output);
    graph_.output_dims = {1, out.c, out.h, out.w};
    graph_.output_order.resize(static_cast<size_t>(out.size()));
    std::iota(graph_.output_order.begin(), graph_.output_order.end(), 0U);
    return std::move(graph_);
}

Window window(int kernel, int stride, int pad, int dilation) {
    Window w;
    w.kernel_h = w.kernel_w = kernel;
    w.stride_h = w.stride_w = stride;
    w.pad_top = w.pad_left = w.pad_bottom = w.pad_right = pad;
    w.dilation_h = w.dilation_w = dilation;
    return w;
}

ImageFile compile_graph(const Graph& graph, const compiler::CompileOptions& options) {
    const auto size = static_cast<size_t>(graph.tensors[static_cast<size_t>(graph.input)].size());
    const auto samples = [&](const std::function<void(const std::vector<float>&)>& visit) {
        std::vector<float> sample(size);
        for (uint64_t seed = 1; seed <= 2; ++seed) {
            for (size_t i = 0; i < size; ++i) sample[i] = unit_random(seed, i);
            visit(sample);
        }
    };
    return compiler::compile(graph, samples, options);
}

std::vector<int16_t> random_input(const ImageFile& file, uint64_t seed) {
    std::vector<int16_t> values(file.header().input_values);
    for (size_t i = 0; i < values.size(); ++i) {
        values[i] = static_cast<int16_t>(static_cast<int32_t>(random64(seed, i) >> 49U) + activation_min);
    }
    return values;
}

}  // namespace dynbal::torture
