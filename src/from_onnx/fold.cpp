// The constant evaluator: what exporters compute from shapes and weights, done once and for all.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "from_onnx/fold_parts.hpp"
#include "from_onnx/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

constexpr int64_t folded_elements_max = 1 << 24;

Constant fold_shape(const onnx::NodeProto& node, const Facts& facts) {
    Dims dims = facts.input_dims(node, 0);
    if (node.op_type() == "Size") return integer_constant({}, {element_count(dims)});
    const auto rank = static_cast<int64_t>(dims.size());
    const auto place = [&](const char* name, int64_t otherwise) {
        const int64_t at = int_attribute(node, name, otherwise);
        return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank);
    };
    const int64_t begin = place("start", 0);
    const int64_t end = std::max(begin, place("end", rank));
    dims = Dims(dims.begin() + begin, dims.begin() + end);
    return integer_constant({end - begin}, dims);
}

Constant gathered(const onnx::NodeProto& node, const Facts& facts) {
    const Constant &source = folded_input(node, facts, 0), &indices = folded_input(node, facts, 1);
    if (indices.is_float || source.dims.empty()) fail(node, "its indices are not integers, or its input is a scalar");
    const size_t axis = resolve_axis(node, int_attribute(node, "axis", 0), source.dims.size());
    const AxisSplit split(source.dims, axis);
    Dims dims(source.dims.begin(), source.dims.begin() + static_cast<int64_t>(axis));
    dims.insert(dims.end(), indices.dims.begin(), indices.dims.end());
    dims.insert(dims.end(), source.dims.begin() + static_cast<int64_t>(axis) + 1, source.dims.end());
    check_folded_size(node, dims);
    std::vector<uint32_t> sources;
    for (size_t outer = 0; outer < split.outer; ++outer) {
        for (const int64_t index : indices.integers) {
            const auto length = static_cast<int64_t>(split.length);
            const int64_t at = index < 0 ? index + length : index;
            if (at < 0 || at >= length) fail(node, "index " + std::to_string(index) + " is outside its input");
            for (size_t inner = 0; inner < split.inner; ++inner) {
                sources.push_back(
                    static_cast<uint32_t>((outer * split.length + static_cast<size_t>(at)) * split.inner + inner));
            }
        }
    }
    return rearranged(source, dims, sources);
}

Constant concatenated(const onnx::NodeProto& node, const Facts& facts) {
    const Constant first = folded_input(node, facts, 0);
    const size_t axis = resolve_axis(node, int_attribute(node, "axis", 0), first.dims.size());
    Constant all;
    all.is_float = first.is_float;
    all.type = first.type;
    all.dims = first.dims;
    all.dims[axis] = 0;
    const size_t outer = AxisSplit(first.dims, axis).outer;
    for (int i = 0; i < node.input_size(); ++i) {
        const Constant& part = folded_input(node, facts, i);
        Dims expected = first.dims;
        if (part.dims.size() == expected.size()) expected[axis] = part.dims[axis];
        if (part.dims != expected || part.is_float != all.is_float) fail(node, "its constants do not fit each other");
        all.dims[axis] += part.dims[axis];
    }
    check_folded_size(node, all.dims);
    for (size_t row = 0; row < outer; ++row) {
        for (int i = 0; i < node.input_size(); ++i) {
            const Constant& part = folded_input(node, facts, i);
            const auto length = static_cast<int64_t>(static_cast<size_t>(element_count(part.dims)) / outer);
            const auto begin = static_cast<int64_t>(row) * length;
            const auto append = [&](auto& to, const auto& from) {
                if (!from.empty()) to.insert(to.end(), from.begin() + begin, from.begin() + begin + length);
            };
            append(all.values, part.values);
            append(all.integers, part.integers);
        }
    }
    return all;
}

// ConstantOfShape and Expand: one shape as input.
Constant expanded(const onnx::NodeProto& node, const Facts& facts) {
    const bool fills = node.op_type() == "ConstantOfShape";
    const Constant* shape = facts.integers(node, fills ? 0 : 1);
    if (shape == nullptr) fail(node, "its shape is no constant of integers");
    check_folded_size(node, shape->integers);
    Constant source;
    source.values = {0.0F};
    if (!fills) source = folded_input(node, facts, 0);
    for (const auto& attribute : node.attribute()) {
        if (fills && attribute.name() == "value") source = read_constant(attribute.t(), node.output(0));
    }
    if (fills) source.dims.clear();
    const auto dims = broadcast_dims(source.dims, shape->integers);
    if (!dims || element_count(source.dims) == 0) fail(node, "its input does not fit its shape");
    check_folded_size(node, *dims);
    return rearranged(source, *dims, broadcast_sources(source.dims, *dims));
}

Constant chosen(const onnx::NodeProto& node, const Facts& facts) {
    const Constant& which = folded_input(node, facts, 0);
    const Constant& yes = folded_input(node, facts, 1);
    const Constant& no = folded_input(node, facts, 2);
    auto dims = broadcast_dims(which.dims, yes.dims);
    if (dims) dims = broadcast_dims(*dims, no.dims);
    if (!dims || which.is_float || yes.is_float != no.is_float) fail(node, "its constants do not fit each other");
    check_folded_size(node, *dims);
    Constant result = rearranged(yes, *dims, broadcast_sources(yes.dims, *dims));
    const Constant other = rearranged(no, *dims, broadcast_sources(no.dims, *dims));
    const Constant choice = rearranged(which, *dims, broadcast_sources(which.dims, *dims));
    for (size_t i = 0; i < choice.integers.size(); ++i) {
        if (choice.integers[i] != 0) continue;
        if (result.is_float) result.values[i] = other.values[i];
        if (!result.is_float) result.integers[i] = other.integers[i];
    }
    return result;
}

std::vector<Constant> divided_parts(const onnx::NodeProto& node, const Facts& facts) {
    const Constant& source = folded_input(node, facts, 0);
    const size_t axis = resolve_axis(node, int_attribute(node, "axis", 0), source.dims.size());
    std::vector<Cutout> cutouts;
    for (const int64_t dim : source.dims) cutouts.push_back({0, 1, dim});
    std::vector<Constant> parts;
    for (const int64_t size : split_sizes(node, facts, source.dims, axis)) {
        cutouts[axis].count = size;
        Dims dims = source.dims;
        dims[axis] = size;
        parts.push_back(rearranged(source, dims, cutout_sources(source.dims, cutouts)));
        cutouts[axis].begin += size;
    }
    return parts;
}

Constant moved(const onnx::NodeProto& node, const Facts& facts) {
    const Constant& source = folded_input(node, facts, 0);
    if (node.op_type() == "Transpose") {
        const auto perm = transpose_permutation(node, source.dims.size());
        Dims dims;
        for (const size_t axis : perm) dims.push_back(source.dims[axis]);
        return rearranged(source, dims, transpose_sources(source.dims, perm));
    }
    if (node.op_type() == "Slice") {
        const auto cutouts = slice_cutouts(node, facts, source.dims);
        Dims dims;
        for (const Cutout& cutout : cutouts) dims.push_back(cutout.count);
        return rearranged(source, dims, cutout_sources(source.dims, cutouts));
    }
    Constant result = source;
    const bool same = node.op_type() == "Identity" || node.op_type() == "Dropout";
    if (!same) result.dims = reshaped(node, facts, source.dims);
    if (node.op_type() == "Dropout") check_dropout(node, facts);
    return result;
}

// [start, limit) in steps of delta.
Constant range(const onnx::NodeProto& node, const Facts& facts) {
    const Constant &start = folded_input(node, facts, 0), &limit = folded_input(node, facts, 1),
                   &delta = folded_input(node, facts, 2);
    const auto real = [&](const Constant& constant) {
        if (element_count(constant.dims) != 1 || constant.is_float != start.is_float) {
            fail(node, "its start, limit and delta are not three numbers of one type");
        }
        return constant.is_float ? static_cast<double>(constant.values[0]) : static_cast<double>(constant.integers[0]);
    };
    if (real(delta) == 0) fail(node, "its delta is 0");
    const double count = std::max(0.0, std::ceil((real(limit) - real(start)) / real(delta)));
    if (!(count <= static_cast<double>(folded_elements_max))) fail(node, "it gives too many values");
    Constant result;
    result.is_float = start.is_float;
    result.type = start.type;
    result.dims = {static_cast<int64_t>(count)};
    for (int64_t i = 0; i < result.dims[0]; ++i) {
        if (!start.is_float) result.integers.push_back(start.integers[0] + i * delta.integers[0]);
        if (start.is_float) {
            result.values.push_back(static_cast<float>(real(start) + static_cast<double>(i) * real(delta)));
        }
    }
    return result;
}

/// A constant of shape `dims`, made from `source`: element at `position` is the one that find(position) puts there, in
/// place, or zero if it returns false.
template <typename Find>
Constant picked(const onnx::NodeProto& node, const Constant& source, const Dims& dims, const Find& find) {
    check_folded_size(node, dims);
    Constant result = source;
    const auto count = static_cast<size_t>(element_count(dims));
    result.dims = dims;
    result.values.assign(source.is_float ? count : 0, 0.0F);
    result.integers.assign(source.is_float ? 0 : count, 0);
    Dims position(dims.size());
    for (size_t i = 0; i < count; ++i) {
        size_t rest = i;
        for (size_t axis = dims.size(); axis-- > 0; rest /= static_cast<size_t>(dims[axis])) {
            position[axis] = static_cast<int64_t>(rest % static_cast<size_t>(dims[axis]));
        }
        if (!find(position)) continue;
        size_t from = 0;
        for (size_t axis = 0; axis < dims.size(); ++axis) {
            from = from * static_cast<size_t>(source.dims[axis]) + static_cast<size_t>(position[axis]);
        }
        if (source.is_float) result.values[i] = source.values[from];
        if (!source.is_float) result.integers[i] = source.integers[from];
    }
    return result;
}

Constant tiled(const onnx::NodeProto& node, const Facts& facts) {
    const Constant& source = folded_input(node, facts, 0);
    const Constant* repeats = facts.integers(node, 1);
    if (repeats == nullptr || repeats->integers.size() != source.dims.size()) {
        fail(node, "its repeats are not one integer for each axis of its input");
    }
    Dims dims = source.dims;
    for (size_t i = 0; i < dims.size(); ++i) {
        if (repeats->integers[i] < 0 || repeats->integers[i] > folded_elements_max) {
            fail(node, "its repeats are impossible");
        }
        dims[i] *= repeats->integers[i];
    }
    return picked(node, source, dims, [&](Dims& position) {
        for (size_t i = 0; i < position.size(); ++i) position[i] %= source.dims[i];
        return true;
    });
}

Constant padded(const onnx::NodeProto& node, const Facts& facts) {
    const Constant& source = folded_input(node, facts, 0);
    const size_t rank = source.dims.size();
    const Dims pads = pads_of(node, facts, rank);
    Dims dims = source.dims;
    for (size_t i = 0; i < rank; ++i) dims[i] += pads[i] + pads[rank + i];
    return picked(node, source, dims, [&](Dims& position) {
        bool inside = true;
        for (size_t i = 0; i < rank; ++i) {
            position[i] -= pads[i];
            inside = inside && position[i] >= 0 && position[i] < source.dims[i];
        }
        return inside;
    });
}

// The lower or upper triangle, as masked layers have it.
Constant triangle(const onnx::NodeProto& node, const Facts& facts) {
    const Constant& source = folded_input(node, facts, 0);
    const Constant* shift = input_name(node, 1).empty() ? nullptr : facts.integers(node, 1);
    const int64_t k = shift == nullptr || shift->integers.empty() ? 0 : shift->integers[0];
    const bool upper = int_attribute(node, "upper", 1) != 0;
    const size_t rank = source.dims.size();
    if (rank < 2) fail(node, "its input is no matrix");
    return picked(node, source, source.dims, [&](const Dims& position) {
        const int64_t above = position[rank - 1] - position[rank - 2];
        return upper ? above >= k : above <= k;
    });
}

bool moves_data(const std::string& type) {
    static const std::set<std::string> names = {"Identity", "Dropout", "Reshape",   "Flatten",
                                                "Squeeze",  "Slice",   "Unsqueeze", "Transpose"};
    return names.count(type) > 0;
}

using Maker = Constant (*)(const onnx::NodeProto&, const Facts&);

const std::map<std::string, Maker>& makers() {
    static const std::map<std::string, Maker> table = {
        {"Concat", concatenated},
        {"ConstantOfShape", expanded},
        {"DequantizeLinear", dequantised},
        {"Expand", expanded},
        {"Gather", gathered},
        {"Pad", padded},
        {"QuantizeLinear", quantised},
        {"Range", range},
        {"Shape", fold_shape},
        {"Size", fold_shape},
        {"Tile", tiled},
        {"Trilu", triangle},
        {"Where", chosen},
    };
    return table;
}

}  // namespace

void check_folded_size(const onnx::NodeProto& node, const Dims& dims) {
    for (const int64_t dim : dims) {
        if (dim < 0) fail(node, "it gives the impossible shape " + to_string(dims));
    }
    if (element_count(dims) > folded_elements_max) {
        fail(node, "it gives a constant of the shape " + to_string(dims) + ", which is too large");
    }
}

const Constant& folded_input(const onnx::NodeProto& node, const Facts& facts, int index) {
    const Constant* found = facts.constant(input_name(node, index));
    if (found == nullptr) fail(node, "input " + std::to_string(index) + " is missing");
    return *found;
}

std::vector<Constant> fold(const onnx::NodeProto& node, const Facts& facts) {
    const std::string& type = node.op_type();
    if (!node.domain().empty() && node.domain() != "ai.onnx") return {};
    if (type == "Constant") return {read_constant_node(node)};
    if (type == "Split") return divided_parts(node, facts);
    if (moves_data(type)) return {moved(node, facts)};
    const auto maker = makers().find(type);
    if (maker != makers().end()) return {maker->second(node, facts)};
    for (const auto family : {folded_values, folded_reduction, folded_product, folded_places}) {
        std::optional<Constant> result = family(node, facts);
        if (result) return {*std::move(result)};
    }
    return {};
}

}  // namespace dynbal::compiler
