// The constant evaluator: operators that take and put values by their places, and those that tell places.
#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "from_onnx/fold_parts.hpp"
#include "from_onnx/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

/// The positions of a shape in row-major order, from the first.
class Position {
public:
    explicit Position(const Dims& dims) : dims_(dims), at_(dims.size(), 0) {}
    const Dims& at() const { return at_; }
    void next() {
        for (size_t axis = dims_.size(); axis-- > 0;) {
            if (++at_[axis] < dims_[axis]) return;
            at_[axis] = 0;
        }
    }

private:
    const Dims& dims_;
    Dims at_;
};

size_t place_of(const Dims& dims, const Dims& position) {
    int64_t place = 0;
    for (size_t i = 0; i < dims.size(); ++i) place = place * dims[i] + position[i];
    return static_cast<size_t>(place);
}

int64_t index_of(const onnx::NodeProto& node, int64_t index, int64_t length) {
    const int64_t at = index < 0 ? index + length : index;
    if (at < 0 || at >= length) fail(node, "index " + std::to_string(index) + " is outside its input");
    return at;
}

const Constant& indices_of(const onnx::NodeProto& node, const Facts& facts, int index) {
    const Constant& indices = folded_input(node, facts, index);
    if (indices.is_float) fail(node, "its indices are not integers");
    return indices;
}

size_t count_of(const Constant& constant) { return constant.values.size() + constant.integers.size(); }

void put(Constant& to, size_t place, const Constant& from, size_t at) {
    if (to.is_float) to.values[place] = from.values[at];
    if (!to.is_float) to.integers[place] = from.integers[at];
}

Constant of_shape(const onnx::NodeProto& node, const Constant& like, Dims dims) {
    check_folded_size(node, dims);
    Constant result;
    result.is_float = like.is_float;
    result.type = like.type;
    const auto count = static_cast<size_t>(element_count(dims));
    result.values.assign(like.is_float ? count : 0, 0.0F);
    result.integers.assign(like.is_float ? 0 : count, 0);
    result.dims = std::move(dims);
    return result;
}

void check_replaces(const onnx::NodeProto& node) {
    const std::string reduction = string_attribute(node, "reduction", "none");
    if (reduction != "none") fail(node, "reduction '" + reduction + "' is not supported");
}

/// GatherElements; with `updates` ScatterElements.
Constant along_axis(const onnx::NodeProto& node, const Facts& facts) {
    const bool scatters = node.op_type() != "GatherElements";
    const Constant &source = folded_input(node, facts, 0), &indices = indices_of(node, facts, 1);
    const size_t axis = resolve_axis(node, int_attribute(node, "axis", 0), source.dims.size());
    bool fits = indices.dims.size() == source.dims.size();
    for (size_t i = 0; fits && i < source.dims.size(); ++i) fits = i == axis || indices.dims[i] <= source.dims[i];
    if (!fits) fail(node, "its indices do not fit its input");
    Constant result = scatters ? source : of_shape(node, source, indices.dims);
    const Constant& updates = scatters ? folded_input(node, facts, 2) : source;
    if (scatters) check_replaces(node);
    const bool same = !scatters || (updates.dims == indices.dims && updates.is_float == source.is_float);
    if (!same) fail(node, "its updates do not fit its indices");
    Position position(indices.dims);
    for (size_t i = 0; i < indices.integers.size(); ++i, position.next()) {
        Dims at = position.at();
        at[axis] = index_of(node, indices.integers[i], source.dims[axis]);
        const size_t place = place_of(source.dims, at);
        scatters ? put(result, place, updates, i) : put(result, i, source, place);
    }
    return result;
}

/// GatherND; with updates ScatterND. The last dimension of the indices is a place, or the first part of one.
Constant by_places(const onnx::NodeProto& node, const Facts& facts) {
    const bool scatters = node.op_type() == "ScatterND";
    const Constant &source = folded_input(node, facts, 0), &indices = indices_of(node, facts, 1);
    if (int_attribute(node, "batch_dims", 0) != 0) fail(node, "batch_dims is not supported");
    const int64_t depth = indices.dims.empty() ? 0 : indices.dims.back();
    if (depth < 1 || depth > std::ssize(source.dims)) fail(node, "its indices do not fit its input");
    const Dims block(source.dims.begin() + depth, source.dims.end());
    const Dims outer(source.dims.begin(), source.dims.begin() + depth);
    Dims dims(indices.dims.begin(), indices.dims.end() - 1);
    dims.insert(dims.end(), block.begin(), block.end());
    Constant result = scatters ? source : of_shape(node, source, dims);
    const Constant& updates = scatters ? folded_input(node, facts, 2) : source;
    if (scatters) check_replaces(node);
    const bool same = !scatters || (updates.dims == dims && updates.is_float == source.is_float);
    if (!same) fail(node, "its updates do not fit its indices");
    const auto size = static_cast<size_t>(element_count(block));
    const size_t count = indices.integers.size() / static_cast<size_t>(depth);
    for (size_t i = 0; i < count; ++i) {
        Dims at;
        for (size_t axis = 0; axis < outer.size(); ++axis) {
            at.push_back(index_of(node, indices.integers[i * outer.size() + axis], outer[axis]));
        }
        const size_t begin = place_of(outer, at) * size;
        for (size_t k = 0; k < size; ++k) {
            scatters ? put(result, begin + k, updates, i * size + k) : put(result, i * size + k, source, begin + k);
        }
    }
    return result;
}

Constant one_hot(const onnx::NodeProto& node, const Facts& facts) {
    const Constant &given = folded_input(node, facts, 0), &values = folded_input(node, facts, 2);
    const Constant indices = given.is_float ? cast_to(given, onnx::TensorProto::INT64) : given;
    const Constant depth = cast_to(folded_input(node, facts, 1), onnx::TensorProto::INT64);
    if (count_of(values) != 2 || count_of(depth) != 1) fail(node, "its depth is no number, or its values are not two");
    const size_t axis = resolve_axis(node, int_attribute(node, "axis", -1), indices.dims.size() + 1);
    Dims dims = indices.dims;
    dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(axis), depth.integers[0]);
    Constant result = of_shape(node, values, dims);
    Position position(result.dims);
    for (size_t i = 0; i < count_of(result); ++i, position.next()) {
        Dims at = position.at();
        at.erase(at.begin() + static_cast<std::ptrdiff_t>(axis));
        const int64_t index = indices.integers[place_of(indices.dims, at)];
        const bool hot = (index < 0 ? index + depth.integers[0] : index) == position.at()[axis];
        put(result, i, values, hot ? 1 : 0);
    }
    return result;
}

Constant eye_like(const onnx::NodeProto& node, const Facts& facts) {
    const Constant& source = folded_input(node, facts, 0);
    if (source.dims.size() != 2) fail(node, "its input is no matrix");
    Constant ones = of_shape(node, integer_constant({}, {0}), source.dims);
    Position position(ones.dims);
    for (int64_t& value : ones.integers) {
        value = position.at()[1] - position.at()[0] == int_attribute(node, "k", 0) ? 1 : 0;
        position.next();
    }
    return cast_to(ones, static_cast<int32_t>(int_attribute(node, "dtype", source.type)));
}

/// Row-major places of each line along an axis: `length` of them, `inner` apart.
template <typename Visit>
void for_each_line(const AxisSplit& split, const Visit& visit) {
    for (size_t outer = 0; outer < split.outer; ++outer) {
        for (size_t inner = 0; inner < split.inner; ++inner) visit(outer * split.length * split.inner + inner);
    }
}

Constant cumulated(const onnx::NodeProto& node, const Facts& facts) {
    Constant result = folded_input(node, facts, 0);
    const Constant& axis = indices_of(node, facts, 1);
    if (count_of(axis) != 1) fail(node, "its axis is no number");
    const AxisSplit split(result.dims, resolve_axis(node, axis.integers[0], result.dims.size()));
    const bool excludes = int_attribute(node, "exclusive", 0) != 0, reverses = int_attribute(node, "reverse", 0) != 0;
    const auto add_up = [&](auto& values, auto sum) {
        for_each_line(split, [&](size_t begin) {
            auto total = sum;
            for (size_t i = 0; i < split.length; ++i) {
                auto& value = values[begin + (reverses ? split.length - 1 - i : i) * split.inner];
                const auto before = total;
                total += static_cast<decltype(total)>(value);
                value = static_cast<std::remove_reference_t<decltype(value)>>(excludes ? before : total);
            }
        });
    };
    if (result.is_float) add_up(result.values, 0.0);
    if (!result.is_float) add_up(result.integers, uint64_t{0});
    return wrapped_to_type(std::move(result));
}

Constant non_zero(const onnx::NodeProto& node, const Facts& facts) {
    const Constant& source = folded_input(node, facts, 0);
    std::vector<Dims> places;
    Position position(source.dims);
    for (size_t i = 0; i < count_of(source); ++i, position.next()) {
        if (source.is_float ? source.values[i] != 0 : source.integers[i] != 0) places.push_back(position.at());
    }
    Constant result = of_shape(node, integer_constant({}, {0}), {std::ssize(source.dims), std::ssize(places)});
    for (size_t axis = 0; axis < source.dims.size(); ++axis) {
        for (size_t i = 0; i < places.size(); ++i) result.integers[axis * places.size() + i] = places[i][axis];
    }
    return result;
}

Constant arg_most(const onnx::NodeProto& node, const Facts& facts) {
    const Constant& source = folded_input(node, facts, 0);
    const size_t axis = resolve_axis(node, int_attribute(node, "axis", 0), source.dims.size());
    const bool last = int_attribute(node, "select_last_index", 0) != 0, least = node.op_type() == "ArgMin";
    if (source.dims[axis] == 0) fail(node, "its input is empty");
    Dims dims = source.dims;
    dims[axis] = 1;
    Constant result = of_shape(node, integer_constant({}, {0}), dims);
    const AxisSplit split(source.dims, axis);
    const auto find = [&](const auto& values) {
        size_t next = 0;
        for_each_line(split, [&](size_t begin) {
            size_t best = 0;
            for (size_t i = 1; i < split.length; ++i) {
                const auto value = values[begin + i * split.inner], held = values[begin + best * split.inner];
                if ((least ? value < held : value > held) || (last && value == held)) best = i;
            }
            result.integers[next++] = static_cast<int64_t>(best);
        });
    };
    if (source.is_float) find(source.values);
    if (!source.is_float) find(source.integers);
    const bool keep = int_attribute(node, "keepdims", 1) != 0;
    if (!keep) result.dims.erase(result.dims.begin() + static_cast<std::ptrdiff_t>(axis));
    return result;
}

/// Before opset 13 over all dimensions from its axis on.
Constant soft_max(const onnx::NodeProto& node, const Facts& facts) {
    Constant result = folded_input(node, facts, 0);
    if (!result.is_float) fail(node, "its input does not hold floats");
    const bool single = facts.opset() >= 13;
    const size_t axis = resolve_axis(node, int_attribute(node, "axis", single ? -1 : 1), result.dims.size());
    AxisSplit split(result.dims, axis);
    if (!single) {
        split.length *= split.inner;
        split.inner = 1;
    }
    for_each_line(split, [&](size_t begin) {
        const auto value = [&](size_t i) -> float& { return result.values[begin + i * split.inner]; };
        double most = -INFINITY, sum = 0;
        for (size_t i = 0; i < split.length; ++i) most = std::max(most, static_cast<double>(value(i)));
        for (size_t i = 0; i < split.length; ++i) sum += std::exp(static_cast<double>(value(i)) - most);
        for (size_t i = 0; i < split.length; ++i) {
            const double logarithm = static_cast<double>(value(i)) - most - std::log(sum);
            value(i) = static_cast<float>(node.op_type() == "LogSoftmax" ? logarithm : std::exp(logarithm));
        }
    });
    return result;
}

}  // namespace

std::optional<Constant> folded_places(const onnx::NodeProto& node, const Facts& facts) {
    using Function = Constant (*)(const onnx::NodeProto&, const Facts&);
    static const std::map<std::string, Function> table = {
        {"ArgMax", arg_most},
        {"ArgMin", arg_most},
        {"CumSum", cumulated},
        {"EyeLike", eye_like},
        {"GatherElements", along_axis},
        {"GatherND", by_places},
        {"LogSoftmax", soft_max},
        {"NonZero", non_zero},
        {"OneHot", one_hot},
        {"Scatter", along_axis},
        {"ScatterElements", along_axis},
        {"ScatterND", by_places},
        {"Softmax", soft_max},
    };
    const auto found = table.find(node.op_type());
    if (found == table.end()) return std::nullopt;
    return found->second(node, facts);
}

}  // namespace dynbal::compiler
