// The constant evaluator: what exporters compute from shapes and weights, done once and for all.
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "from_onnx/facts.hpp"
#include "from_onnx/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

constexpr int64_t elements_max = 1 << 24;

void check_size(const onnx::NodeProto& node, const Dims& dims) {
    for (const int64_t dim : dims) {
        if (dim < 0) fail(node, "it gives the impossible shape " + to_string(dims));
    }
    if (element_count(dims) > elements_max) fail(node, "it gives a constant of the shape " + to_string(dims));
}

int64_t to_integer(double value) {
    constexpr double limit = 9e18;
    return std::isnan(value) ? 0 : static_cast<int64_t>(std::clamp(value, -limit, limit));
}

const Constant& input(const onnx::NodeProto& node, const Facts& facts, int index) {
    const Constant* found = facts.constant(input_name(node, index));
    if (found == nullptr) fail(node, "input " + std::to_string(index) + " is missing");
    return *found;
}

// Integer arithmetic wraps, as it does in ONNX; nothing that is divided by is zero.
using Unsigned = uint64_t;
int64_t wrapped(Unsigned value) { return static_cast<int64_t>(value); }

struct Binary {
    std::function<double(double, double)> real;
    std::function<int64_t(int64_t, int64_t)> integer;
    bool gives_bool = false;
};

int64_t divided(int64_t a, int64_t b) {
    if (b == 0) return 0;
    return b == -1 ? wrapped(0 - static_cast<Unsigned>(a)) : a / b;
}

int64_t remainder(int64_t a, int64_t b) {
    if (b == 0 || b == -1) return 0;
    const int64_t rest = a % b;
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

template <typename T>
int64_t power(T base, T exponent) {
    return to_integer(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
}

const std::map<std::string, Binary>& binaries() {
    const auto u = [](int64_t value) { return static_cast<Unsigned>(value); };
    static const std::map<std::string, Binary> table = {
        {"Add", {std::plus<>(), [u](int64_t a, int64_t b) { return wrapped(u(a) + u(b)); }}},
        {"Sub", {std::minus<>(), [u](int64_t a, int64_t b) { return wrapped(u(a) - u(b)); }}},
        {"Mul", {std::multiplies<>(), [u](int64_t a, int64_t b) { return wrapped(u(a) * u(b)); }}},
        {"Div", {std::divides<>(), divided}},
        {"Mod", {[](double a, double b) { return std::fmod(a, b); }, remainder}},
        {"Pow", {[](double a, double b) { return std::pow(a, b); }, power<int64_t>}},
        {"Min",
         {[](double a, double b) { return std::min(a, b); }, [](int64_t a, int64_t b) { return std::min(a, b); }}},
        {"Max",
         {[](double a, double b) { return std::max(a, b); }, [](int64_t a, int64_t b) { return std::max(a, b); }}},
        {"Equal", {std::equal_to<>(), std::equal_to<>(), true}},
        {"Less", {std::less<>(), std::less<>(), true}},
        {"Greater", {std::greater<>(), std::greater<>(), true}},
        {"And", {std::logical_and<>(), std::logical_and<>(), true}},
        {"Or", {std::logical_or<>(), std::logical_or<>(), true}},
    };
    return table;
}

Constant fold_pair(const onnx::NodeProto& node, const Binary& op, const Constant& a, const Constant& b) {
    const auto dims = broadcast_dims(a.dims, b.dims);
    if (!dims || a.is_float != b.is_float) {
        fail(node, "constants of shape " + to_string(a.dims) + " and " + to_string(b.dims) + " do not fit each other");
    }
    check_size(node, *dims);
    const Constant left = rearranged(a, *dims, broadcast_sources(a.dims, *dims));
    const Constant right = rearranged(b, *dims, broadcast_sources(b.dims, *dims));
    Constant result;
    result.dims = *dims;
    result.is_float = a.is_float && !op.gives_bool;
    for (size_t i = 0; i < left.values.size(); ++i) {
        const double value = op.real(static_cast<double>(left.values[i]), static_cast<double>(right.values[i]));
        if (op.gives_bool) result.integers.push_back(value != 0 ? 1 : 0);
        if (!op.gives_bool) result.values.push_back(static_cast<float>(value));
    }
    for (size_t i = 0; i < left.integers.size(); ++i) {
        result.integers.push_back(op.integer(left.integers[i], right.integers[i]));
    }
    return result;
}

const std::map<std::string, double (*)(double)>& unaries() {
    static const std::map<std::string, double (*)(double)> table = {
        {"Neg", [](double x) { return -x; }},
        {"Abs", [](double x) { return std::fabs(x); }},
        {"Sqrt", [](double x) { return std::sqrt(x); }},
        {"Reciprocal", [](double x) { return 1.0 / x; }},
        {"Exp", [](double x) { return std::exp(x); }},
        {"Log", [](double x) { return std::log(x); }},
        {"Floor", [](double x) { return std::floor(x); }},
        {"Ceil", [](double x) { return std::ceil(x); }},
        {"Round", [](double x) { return std::nearbyint(x); }},
        {"Not", [](double x) { return x == 0 ? 1.0 : 0.0; }},
        {"Relu", [](double x) { return std::max(x, 0.0); }},
        {"Sigmoid", [](double x) { return 1.0 / (1.0 + std::exp(-x)); }},
        {"Tanh", [](double x) { return std::tanh(x); }},
    };
    return table;
}

Constant mapped(const Constant& source, double (*function)(double)) {
    Constant result = source;
    for (float& value : result.values) value = static_cast<float>(function(static_cast<double>(value)));
    for (int64_t& value : result.integers) value = to_integer(function(static_cast<double>(value)));
    return result;
}

Constant cast(const onnx::NodeProto& node, const Constant& source) {
    const int64_t type = int_attribute(node, "to", onnx::TensorProto::FLOAT);
    const bool to_float = type == onnx::TensorProto::FLOAT || type == onnx::TensorProto::DOUBLE ||
                          type == onnx::TensorProto::FLOAT16 || type == onnx::TensorProto::BFLOAT16;
    Constant result;
    result.dims = source.dims;
    result.is_float = to_float;
    const auto add = [&](double value, int64_t integer) {
        const bool is_bool = type == onnx::TensorProto::BOOL;
        if (to_float) result.values.push_back(static_cast<float>(value));
        if (!to_float) result.integers.push_back(is_bool ? (value != 0 ? 1 : 0) : integer);
    };
    for (const float value : source.values) add(static_cast<double>(value), to_integer(static_cast<double>(value)));
    for (const int64_t value : source.integers) add(static_cast<double>(value), value);
    return result;
}

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

Constant gathered(const onnx::NodeProto& node, const Constant& source, const Constant& indices) {
    if (indices.is_float || source.dims.empty()) fail(node, "its indices are not integers, or its input is a scalar");
    const size_t axis = resolve_axis(node, int_attribute(node, "axis", 0), source.dims.size());
    const AxisSplit split(source.dims, axis);
    Dims dims(source.dims.begin(), source.dims.begin() + static_cast<int64_t>(axis));
    dims.insert(dims.end(), indices.dims.begin(), indices.dims.end());
    dims.insert(dims.end(), source.dims.begin() + static_cast<int64_t>(axis) + 1, source.dims.end());
    check_size(node, dims);
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
    const Constant first = input(node, facts, 0);
    const size_t axis = resolve_axis(node, int_attribute(node, "axis", 0), first.dims.size());
    Constant all;
    all.is_float = first.is_float;
    all.dims = first.dims;
    all.dims[axis] = 0;
    const size_t outer = AxisSplit(first.dims, axis).outer;
    for (int i = 0; i < node.input_size(); ++i) {
        const Constant& part = input(node, facts, i);
        Dims expected = first.dims;
        if (part.dims.size() == expected.size()) expected[axis] = part.dims[axis];
        if (part.dims != expected || part.is_float != all.is_float) fail(node, "its constants do not fit each other");
        all.dims[axis] += part.dims[axis];
    }
    check_size(node, all.dims);
    for (size_t row = 0; row < outer; ++row) {
        for (int i = 0; i < node.input_size(); ++i) {
            const Constant& part = input(node, facts, i);
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
    check_size(node, shape->integers);
    Constant source;
    source.values = {0.0F};
    if (!fills) source = input(node, facts, 0);
    for (const auto& attribute : node.attribute()) {
        if (fills && attribute.name() == "value") source = read_constant(attribute.t(), node.output(0));
    }
    if (fills) source.dims.clear();
    const auto dims = broadcast_dims(source.dims, shape->integers);
    if (!dims || element_count(source.dims) == 0) fail(node, "its input does not fit its shape");
    check_size(node, *dims);
    return rearranged(source, *dims, broadcast_sources(source.dims, *dims));
}

Constant chosen(const onnx::NodeProto& node, const Facts& facts) {
    const Constant& which = input(node, facts, 0);
    const Constant& yes = input(node, facts, 1);
    const Constant& no = input(node, facts, 2);
    auto dims = broadcast_dims(which.dims, yes.dims);
    if (dims) dims = broadcast_dims(*dims, no.dims);
    if (!dims || which.is_float || yes.is_float != no.is_float) fail(node, "its constants do not fit each other");
    check_size(node, *dims);
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

// Product of all elements, the one reduction that shapes need.
Constant product(const onnx::NodeProto& node, const Facts& facts) {
    const Constant& source = input(node, facts, 0);
    const auto reduced = reduced_axes(node, facts, source.dims.size());
    if (std::find(reduced.begin(), reduced.end(), false) != reduced.end()) {
        fail(node, "only over all axes is supported");
    }
    Dims dims(int_attribute(node, "keepdims", 1) != 0 ? source.dims.size() : 0, 1);
    Constant result;
    result.is_float = source.is_float;
    result.dims = dims;
    double real = 1;
    Unsigned integer = 1;
    for (const float value : source.values) real *= static_cast<double>(value);
    for (const int64_t value : source.integers) integer *= static_cast<Unsigned>(value);
    if (source.is_float) result.values = {static_cast<float>(real)};
    if (!source.is_float) result.integers = {wrapped(integer)};
    return result;
}

std::vector<Constant> divided_parts(const onnx::NodeProto& node, const Facts& facts) {
    const Constant& source = input(node, facts, 0);
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
    const Constant& source = input(node, facts, 0);
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
    return result;
}

bool moves_data(const std::string& type) {
    static const std::set<std::string> names = {"Identity", "Dropout", "Reshape",   "Flatten",
                                                "Squeeze",  "Slice",   "Unsqueeze", "Transpose"};
    return names.count(type) > 0;
}

}  // namespace

std::vector<Constant> fold(const onnx::NodeProto& node, const Facts& facts) {
    const std::string& type = node.op_type();
    if (!node.domain().empty() && node.domain() != "ai.onnx") return {};
    if (type == "Constant") return {read_constant_node(node)};
    if (type == "Shape" || type == "Size") return {fold_shape(node, facts)};
    if (type == "ConstantOfShape" || type == "Expand") return {expanded(node, facts)};
    if (type == "Cast") return {cast(node, input(node, facts, 0))};
    if (type == "Gather") return {gathered(node, input(node, facts, 0), input(node, facts, 1))};
    if (type == "Concat") return {concatenated(node, facts)};
    if (type == "Split") return divided_parts(node, facts);
    if (type == "Where") return {chosen(node, facts)};
    if (type == "ReduceProd") return {product(node, facts)};
    if (type == "DequantizeLinear") return {dequantised(node, facts)};
    if (moves_data(type)) return {moved(node, facts)};
    const auto unary = unaries().find(type);
    if (unary != unaries().end()) return {mapped(input(node, facts, 0), unary->second)};
    const auto binary = binaries().find(type);
    if (binary == binaries().end()) return {};
    Constant result = input(node, facts, 0);
    for (int i = 1; i < node.input_size(); ++i) result = fold_pair(node, binary->second, result, input(node, facts, i));
    return {result};
}

}  // namespace dynbal::compiler
