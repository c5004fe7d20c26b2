// The layout of the model input is free: nobody has computed it. The first operator that needs
// structure decides it, so that a model with NHWC input, or one that starts by a Reshape, is
// lowered without moving data.
#include <map>
#include <numeric>

#include "base/error.hpp"
#include "compiler/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

/// What an ONNX name holds while we follow the input: its shape, and the input element of each.
struct View {
    Dims dims;
    Places source;
};

/// How to cut the view into [h, w, c]: image over axes 1.., or rows along `axis`.
struct Cut {
    bool image = false;
    size_t axis = 0;
};

bool is_elementwise(const std::string& type) {
    static const std::set<std::string> names = {"Relu", "Clip", "Add", "Sum", "Sub", "Mul", "Div"};
    return names.count(type) > 0;
}

Cut default_cut(const Dims& dims) {
    const bool image = (dims.size() == 3 || dims.size() == 4) && dims[0] == 1;
    return {.image = image, .axis = image ? 1 : dims.size() - 1};
}

// What the first structural operator asks for; only a wish, the operator itself checks.
// `input` is which of its inputs the view is.
Cut wanted_cut(const Context& context, const onnx::NodeProto& node, int input, const View& view) {
    const std::string& type = node.op_type();
    const size_t rank = view.dims.size();
    const bool spatial = rank == 3 || rank == 4;
    const bool windowed = type == "Conv" || type == "MaxPool" || type == "AveragePool" || type.rfind("Global", 0) == 0;
    if (windowed && spatial) return {.image = true, .axis = 1};
    if (type == "BatchNormalization" && rank >= 2) return {.image = spatial, .axis = 1};
    if (type == "ReduceMean" || type == "ReduceMax") return default_cut(view.dims);
    if (type == "MatMul" && input == 1 && rank >= 2) return {.image = false, .axis = rank - 2};
    if (rank >= 2 && (type == "Concat" || type == "Softmax")) {
        const bool last = type == "Softmax" && context.opset() >= 13;
        const size_t axis = resolve_axis(node, int_attribute(node, "axis", last ? -1 : 1), rank);
        return {.image = axis == 1 && spatial, .axis = axis};
    }
    return {.image = false, .axis = rank - 1};
}

// The view after a node that only renames, reshapes or computes element by element.
bool follow(const Context& context, const onnx::NodeProto& node, View& view) {
    const bool transpose = node.op_type() == "Transpose";
    if (!transpose && !reads_only_first_input(node.op_type()) && !is_elementwise(node.op_type())) {
        return false;
    }
    const Dims& dims = context.output_dims(node);
    if (dims.empty() || element_count(dims) != static_cast<int64_t>(view.source.size())) {
        return false;
    }
    if (transpose) {
        const auto perm = transpose_permutation(node, view.dims.size());
        Places source;
        for (const uint32_t at : transpose_sources(view.dims, perm)) {
            source.push_back(view.source[at]);
        }
        view.source = std::move(source);
    }
    view.dims = dims;
    return true;
}

// Follows the input through the model up to the first operator that needs structure.
std::pair<View, Cut> find_cut(const Context& context, const View& start) {
    std::map<std::string, View> views = {{context.input(), start}};
    for (const auto* node : context.nodes()) {
        for (int input = 0; input < node->input_size(); ++input) {
            const auto found = views.find(node->input(input));
            if (found == views.end()) continue;
            View view = found->second;
            if (!follow(context, *node, view)) {
                return {view, wanted_cut(context, *node, input, view)};
            }
            views[node->output(0)] = std::move(view);
            break;
        }
    }
    return {start, default_cut(start.dims)};
}

void check_dims(const std::string& name, const Dims& dims) {
    constexpr int64_t size_max = 1 << 24;
    if (dims.empty()) throw InputError("input '" + name + "' is a scalar; it must be a tensor");
    if (element_count(dims) < 1) throw InputError("input '" + name + "' is empty");
    if (element_count(dims) > size_max) {
        throw InputError("input '" + name + "' is larger than 2^24 values; use a smaller input");
    }
}

}  // namespace

void place_input(Context& context) {
    const Dims dims = context.dims(context.input());
    check_dims(context.input(), dims);
    View start{dims, Places(static_cast<size_t>(element_count(dims)))};
    std::iota(start.source.begin(), start.source.end(), 0U);
    const auto [view, cut] = find_cut(context, start);

    const AxisSplit split(view.dims, cut.axis);
    int64_t h = 1;
    auto w = static_cast<int64_t>(split.row_count());
    // A column of pixels is as well a row, which spares one dimension later on.
    const bool image = cut.image && view.dims[0] == 1 && view.dims.size() == 4;
    if (image && view.dims[3] > 1) {
        h = view.dims[2];
        w = view.dims[3];
    }
    auto place = std::make_shared<Places>(start.source.size());
    for (size_t row = 0; row < split.row_count(); ++row) {
        for (size_t k = 0; k < split.length; ++k) {
            (*place)[view.source[split.element(row, k)]] = static_cast<uint32_t>(row * split.length + k);
        }
    }
    const TensorId id = context.add_tensor("input '" + context.input() + "'", context.input(), h, w,
                                           static_cast<int64_t>(split.length));
    context.graph.input = id;
    context.graph.input_dims = dims;
    context.graph.input_order = invert(*place);
    context.define_input(Value{.tensor = id, .dims = dims, .place = place, .sole = true});
}

}  // namespace dynbal::compiler
