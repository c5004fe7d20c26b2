// The layout of the model input is free: nobody has computed it. The first operator that needs
// structure decides it, so that a model with NHWC input, or one that starts by a Reshape, is
// lowered without moving data.
#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "from_onnx/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

constexpr int64_t input_size_max = 1 << 24;

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
    static const std::set<std::string> names = {"Add",
                                                "Div",
                                                "Max",
                                                "Min",
                                                "Mul",
                                                "PRelu",
                                                "Pow",
                                                "Scaler",
                                                "Sub",
                                                "Sum",
                                                "Clip",
                                                "Relu",
                                                "DequantizeLinear",
                                                "QuantizeLinear"};
    return names.count(type) > 0 || is_curve(type);
}

bool moves_nothing(const std::string& type) {
    static const std::set<std::string> names = {"Cast",     "CastLike", "Dropout", "Flatten",
                                                "Identity", "Reshape",  "Squeeze", "Unsqueeze"};
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
    static const std::set<std::string> windows = {"Conv",        "ConvTranspose", "MaxPool",
                                                  "AveragePool", "Resize",        "Upsample"};
    const bool windowed = windows.count(type) > 0 || type.rfind("Global", 0) == 0;
    if (windowed && spatial) return {.image = true, .axis = 1};
    if (type == "BatchNormalization" && rank >= 2) return {.image = spatial, .axis = 1};
    if (type == "MatMul" && input == 1 && rank >= 2) return {.image = false, .axis = rank - 2};
    if (rank >= 2 && (type == "Concat" || type == "Softmax")) {
        const bool last = type == "Softmax" && context.opset() >= 13;
        const size_t axis = resolve_axis(node, int_attribute(node, "axis", last ? -1 : 1), rank);
        return {.image = axis == 1 && spatial, .axis = axis};
    }
    if (type == "MatMul" || type == "Gemm") return {.image = false, .axis = rank - 1};
    return default_cut(view.dims);
}

// Padding adds elements that come from nowhere; what crops ends the way.
bool follow_pad(const Context& context, const onnx::NodeProto& node, View& view) {
    const size_t rank = view.dims.size();
    const Dims pads = pads_of(node, context.facts(), rank);
    std::vector<Cutout> cutouts;
    for (size_t i = 0; i < rank; ++i) cutouts.push_back({pads[i], 1, view.dims[i]});
    if (std::any_of(pads.begin(), pads.end(), [](int64_t pad) { return pad < 0; })) return false;
    const Dims& dims = context.output_dims(node);
    if (element_count(dims) > input_size_max) return false;
    Places source(static_cast<size_t>(element_count(dims)), nowhere);
    const std::vector<uint32_t> stored = cutout_sources(dims, cutouts);
    for (size_t i = 0; i < stored.size(); ++i) source[stored[i]] = view.source[i];
    view = {dims, std::move(source)};
    return true;
}

// The view after a node that only renames, reshapes or computes element by element.
bool follow(const Context& context, const onnx::NodeProto& node, View& view) {
    const bool transpose = node.op_type() == "Transpose";
    if (context.facts().dims(node.output(0)) == nullptr) return false;
    if (node.op_type() == "Pad") return follow_pad(context, node, view);
    if (!transpose && !moves_nothing(node.op_type()) && !is_elementwise(node.op_type())) {
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

bool is_padded(const View& view) {
    return std::find(view.source.begin(), view.source.end(), nowhere) != view.source.end();
}

// What of a view is there: it without the padding around it. It is still padded if that is no longer a border.
View stored(const View& view) {
    const bool padded = is_padded(view);
    Value value;
    value.dims = view.dims;
    value.place = std::make_shared<Places>(view.source);
    const auto padding = split_padding(value);
    return padded && padding ? View{padding->inner.dims, *padding->inner.place} : view;
}

// A constant with a value for each index of one axis wants that axis to be the channels.
std::optional<Cut> constant_cut(const Context& context, const onnx::NodeProto& node, const View& view) {
    if (!is_elementwise(node.op_type())) return std::nullopt;
    for (const std::string& input : node.input()) {
        const Constant* constant = context.find_constant(input);
        if (constant == nullptr || constant->dims.size() > view.dims.size()) continue;
        const size_t lead = view.dims.size() - constant->dims.size();
        const auto is_long = [](int64_t dim) { return dim > 1; };
        if (std::count_if(constant->dims.begin(), constant->dims.end(), is_long) != 1) continue;
        const bool old_slopes = node.op_type() == "PRelu" && context.opset() < 7;
        if (old_slopes) return Cut{.image = view.dims.size() > 2, .axis = 1};
        const auto found = std::find_if(constant->dims.begin(), constant->dims.end(), is_long);
        const size_t axis = lead + static_cast<size_t>(found - constant->dims.begin());
        return Cut{.image = axis == 1 && view.dims.size() > 2, .axis = axis};
    }
    return std::nullopt;
}

// Follows the input through the model up to the first operator that needs structure.
std::pair<View, Cut> find_cut(const Context& context, const View& start) {
    std::map<std::string, View> views = {{context.input(), start}};
    std::optional<std::pair<View, Cut>> wish;  // of an operator that works on any structure
    for (const auto* node : context.nodes()) {
        for (int input = 0; input < node->input_size(); ++input) {
            const auto found = views.find(node->input(input));
            if (found == views.end()) continue;
            View view = found->second;
            if (!follow(context, *node, view)) {
                view = stored(view);
                if (!is_padded(view)) return {view, wanted_cut(context, *node, input, view)};
                return wish ? *wish : std::pair{start, default_cut(start.dims)};
            }
            const auto cut = constant_cut(context, *node, view);
            if (cut && !wish && !is_padded(stored(view))) wish = {stored(view), *cut};
            views[node->output(0)] = std::move(view);
            break;
        }
    }
    return wish ? *wish : std::pair{start, default_cut(start.dims)};
}

void check_dims(const std::string& name, const Dims& dims) {
    if (dims.empty()) throw InputError("input '" + name + "' is a scalar; it must be a tensor");
    if (element_count(dims) < 1) throw InputError("input '" + name + "' is empty");
    if (element_count(dims) > input_size_max) {
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
