#include "graph/graph_digest.hpp"

#include <type_traits>

#include "io/sha256.hpp"

namespace dynbal::compiler {
namespace {

class Bytes {
public:
    template <class Number>
    void add(Number number) {
        static_assert(std::is_arithmetic_v<Number> || std::is_enum_v<Number>);
        add_raw(&number, sizeof(number));
    }
    /// Their number first: what follows is never taken for more of them.
    template <class Numbers>
    void add_all(const Numbers& numbers) {
        add(static_cast<uint64_t>(numbers.size()));
        if (!numbers.empty()) add_raw(numbers.data(), numbers.size() * sizeof(numbers[0]));
    }
    std::string digest() const { return io::sha256_hex(bytes_); }

private:
    void add_raw(const void* data, size_t size) {
        const auto* const begin = static_cast<const uint8_t*>(data);
        bytes_.insert(bytes_.end(), begin, begin + size);
    }

    std::vector<uint8_t> bytes_;
};

/// A function by its values, for it has nothing else that could be compared.
void add_curve(Bytes& bytes, const Curve& curve, int channels) {
    bytes.add_all(curve.name);
    bytes.add(curve.per_channel);
    if (!curve.of) return;
    for (int channel = 0; channel < (curve.per_channel ? channels : 1); ++channel) {
        for (const double value : {-8.0, -2.0, -0.5, 0.5, 2.0, 8.0}) {
            bytes.add(static_cast<float>(curve.of(value, static_cast<size_t>(channel))));
        }
    }
}

void add_stage(Bytes& bytes, const Stage& stage, const Tensor& output) {
    bytes.add(stage.kind);
    bytes.add_all(stage.inputs);
    bytes.add(stage.output);
    const Window& w = stage.window;
    for (const int number : {w.kernel_h, w.kernel_w, w.stride_h, w.stride_w, w.pad_top, w.pad_left, w.pad_bottom,
                             w.pad_right, w.dilation_h, w.dilation_w, stage.groups}) {
        bytes.add(number);
    }
    bytes.add_all(stage.weights);
    bytes.add_all(stage.bias);
    bytes.add(stage.clamp.low);
    bytes.add(stage.clamp.high);
    bytes.add_all(stage.factors);
    bytes.add(stage.pool_kind);
    bytes.add(stage.count_include_pad);
    add_curve(bytes, stage.curve, output.c);
}

}  // namespace

std::string digest_of(const Graph& graph) {
    Bytes bytes;
    for (const Tensor& tensor : graph.tensors) {
        for (const int number : {tensor.h, tensor.w, tensor.c, tensor.parent, tensor.parent_channel}) bytes.add(number);
        bytes.add(tensor.is_part);
    }
    for (const Stage& stage : graph.stages) add_stage(bytes, stage, graph.tensors[static_cast<size_t>(stage.output)]);
    bytes.add(graph.input);
    bytes.add(graph.output);
    bytes.add_all(graph.input_order);
    bytes.add_all(graph.output_order);
    bytes.add_all(graph.epilogue.name());
    return bytes.digest();
}

}  // namespace dynbal::compiler
