// QuantizeLinear and DequantizeLinear: the network is taken in its float meaning and quantised anew.
#include <algorithm>
#include <array>
#include <cmath>

#include "from_onnx/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

constexpr const char* note =
    "the model is quantised: its float meaning is taken and quantised anew, so answers can differ a little from its "
    "own";

void add_note(Context& context) {
    auto& notes = context.graph.notes;
    if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.emplace_back(note);
}

/// Scales and zero points along the axis they belong to.
struct Grid {
    std::vector<float> scales;
    std::vector<int64_t> zeros;
    size_t axis = 0;
};

Grid read_grid(const onnx::NodeProto& node, const Facts& facts, size_t rank) {
    if (int_attribute(node, "block_size", 0) != 0) {
        fail(node, "scales for blocks of an axis are not supported; quantise with a scale per tensor or channel");
    }
    const Constant* scale = facts.constant(input_name(node, 1));
    if (scale == nullptr || !scale->is_float || scale->values.empty()) fail(node, "its scale must be constant floats");
    Grid grid{scale->values, std::vector<int64_t>(scale->values.size(), 0), 0};
    if (!input_name(node, 2).empty()) {
        const Constant* zero = facts.integers(node, 2);
        if (zero == nullptr || zero->integers.size() != grid.scales.size()) {
            fail(node, "its zero points must be as many constant integers as there are scales");
        }
        grid.zeros = zero->integers;
    }
    if (grid.scales.size() > 1) grid.axis = resolve_axis(node, int_attribute(node, "axis", 1), rank);
    const bool usable =
        std::all_of(grid.scales.begin(), grid.scales.end(), [](float s) { return std::isfinite(s) && s > 0; });
    if (!usable) fail(node, "its scales must be positive");
    return grid;
}

/// Which scale belongs to each element of a tensor of shape `dims`.
std::vector<size_t> grid_places(const onnx::NodeProto& node, const Grid& grid, const Dims& dims) {
    std::vector<size_t> places(static_cast<size_t>(element_count(dims)), 0);
    if (grid.scales.size() == 1) return places;
    const AxisSplit split(dims, grid.axis);
    if (grid.scales.size() != split.length) fail(node, "its scales do not fit its input");
    for (size_t i = 0; i < places.size(); ++i) places[i] = i / split.inner % split.length;
    return places;
}

int32_t quantised_type(const onnx::NodeProto& node, const Facts& facts) {
    const int32_t type = facts.type_of(input_name(node, 2));
    const auto stated = static_cast<int32_t>(int_attribute(node, "output_dtype", onnx::TensorProto::UNDEFINED));
    if (type != onnx::TensorProto::UNDEFINED) return type;
    return stated == onnx::TensorProto::UNDEFINED ? int32_t{onnx::TensorProto::UINT8} : stated;
}

/// The smallest and the largest integer of the quantised type, which that of the zero point names.
std::array<double, 2> integer_range(const onnx::NodeProto& node, const Facts& facts) {
    switch (quantised_type(node, facts)) {
        case onnx::TensorProto::INT8: return {-128, 127};
        case onnx::TensorProto::INT16: return {-32768, 32767};
        case onnx::TensorProto::UINT16: return {0, 65535};
        case onnx::TensorProto::INT32: return {-2147483648.0, 2147483647.0};
        default: return {0, 255};
    }
}

}  // namespace

Constant dequantised(const onnx::NodeProto& node, const Facts& facts) {
    const Constant* source = facts.constant(input_name(node, 0));
    if (source == nullptr || source->is_float) fail(node, "its input is no tensor of integers");
    const Grid grid = read_grid(node, facts, source->dims.size());
    const std::vector<size_t> places = grid_places(node, grid, source->dims);
    Constant result;
    result.dims = source->dims;
    for (size_t i = 0; i < source->integers.size(); ++i) {
        const size_t at = places[i];
        const double steps = static_cast<double>(source->integers[i]) - static_cast<double>(grid.zeros[at]);
        result.values.push_back(static_cast<float>(steps * static_cast<double>(grid.scales[at])));
    }
    return result;
}

Constant quantised(const onnx::NodeProto& node, const Facts& facts) {
    const Constant* source = facts.constant(input_name(node, 0));
    if (source == nullptr || !source->is_float) fail(node, "its input is no tensor of floats");
    const Grid grid = read_grid(node, facts, source->dims.size());
    const auto [low, high] = integer_range(node, facts);
    const std::vector<size_t> places = grid_places(node, grid, source->dims);
    Constant result = integer_constant(source->dims, {});
    result.type = quantised_type(node, facts);
    for (size_t i = 0; i < source->values.size(); ++i) {
        const float value = source->values[i];
        if (!std::isfinite(value)) fail(node, "'" + source->name + "' holds NaN or infinite values");
        // In floats, as the definition has it: 0.5 / 0.0196078438 is 25.5 then.
        const double steps = std::nearbyint(static_cast<double>(value / grid.scales[places[i]]));
        result.integers.push_back(
            static_cast<int64_t>(std::clamp(steps + static_cast<double>(grid.zeros[places[i]]), low, high)));
    }
    return result;
}

// Its rounding is left to the quantisation to come, but its range is part of what the network computes: exporters leave
// out a Relu or Clip that the range implies.
void lower_quantise(Context& context, const onnx::NodeProto& node) {
    const Grid grid = read_grid(node, context.facts(), context.padded_activation(node, 0).dims.size());
    if (grid.scales.size() != 1) fail(node, "activations with a scale per channel are not supported");
    const auto [low, high] = integer_range(node, context.facts());
    const auto real = [&](double value) {
        return static_cast<float>((value - static_cast<double>(grid.zeros[0])) * static_cast<double>(grid.scales[0]));
    };
    add_note(context);
    lower_clamp(context, node, {.low = real(low), .high = real(high)});
}

// Behind a QuantizeLinear the values are real already; integers that come from outside are not.
void lower_dequantise(Context& context, const onnx::NodeProto& node) {
    const Value& value = context.padded_activation(node, 0);
    add_note(context);
    if (input_name(node, 0) != context.input()) {
        context.define_alias(node, 0, value.place);
        return;
    }
    const Grid grid = read_grid(node, context.facts(), value.dims.size());
    if (grid.scales.size() != 1) fail(node, "activations with a scale per channel are not supported");
    Constant scale, shift;
    scale.values = {grid.scales[0]};
    shift.values = {-static_cast<float>(grid.zeros[0]) * grid.scales[0]};
    lower_affine(context, node, 0, &scale, &shift);
}

}  // namespace dynbal::compiler
