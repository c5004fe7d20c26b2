// The constant evaluator, value by value.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>

#include "from_onnx/fold_parts.hpp"
#include "from_onnx/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

using Unsigned = uint64_t;
int64_t wrapped(Unsigned value) { return static_cast<int64_t>(value); }

// Integer arithmetic wraps, as it does in ONNX; what is divided by zero is 0.
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

int64_t remainder_of_c(int64_t a, int64_t b) { return b == 0 || b == -1 ? 0 : a % b; }

int64_t power(int64_t base, int64_t exponent) {
    return to_integer(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
}

/// Like std::min and std::max, but NaN goes through.
double least(double a, double b) { return std::isnan(a) || a < b ? a : b; }
double most(double a, double b) { return std::isnan(a) || a > b ? a : b; }

const std::map<std::string, Binary>& binaries() {
    const auto u = [](int64_t value) { return static_cast<Unsigned>(value); };
    const auto add = [u](int64_t a, int64_t b) { return wrapped(u(a) + u(b)); };
    static const std::map<std::string, Binary> table = {
        {"Add", {std::plus<>(), add}},
        {"Sum", {std::plus<>(), add}},
        {"Mean", {std::plus<>(), add}},
        {"Sub", {std::minus<>(), [u](int64_t a, int64_t b) { return wrapped(u(a) - u(b)); }}},
        {"Mul", {std::multiplies<>(), [u](int64_t a, int64_t b) { return wrapped(u(a) * u(b)); }}},
        {"Div", {std::divides<>(), divided}},
        {"Mod", {[](double a, double b) { return std::fmod(a, b); }, remainder}},
        {"Pow", {[](double a, double b) { return std::pow(a, b); }, power}},
        {"Min", {least, [](int64_t a, int64_t b) { return std::min(a, b); }}},
        {"Max", {most, [](int64_t a, int64_t b) { return std::max(a, b); }}},
        {"Equal", {std::equal_to<>(), std::equal_to<>(), true}},
        {"Less", {std::less<>(), std::less<>(), true}},
        {"LessOrEqual", {std::less_equal<>(), std::less_equal<>(), true}},
        {"Greater", {std::greater<>(), std::greater<>(), true}},
        {"GreaterOrEqual", {std::greater_equal<>(), std::greater_equal<>(), true}},
        {"And", {std::logical_and<>(), std::logical_and<>(), true}},
        {"Or", {std::logical_or<>(), std::logical_or<>(), true}},
        {"Xor", {std::not_equal_to<>(), std::not_equal_to<>(), true}},
    };
    return table;
}

Constant fold_pair(const onnx::NodeProto& node, const Binary& op, const Constant& a, const Constant& b) {
    const auto dims = broadcast_dims(a.dims, b.dims);
    if (!dims || a.is_float != b.is_float) {
        fail(node, "constants of shape " + to_string(a.dims) + " and " + to_string(b.dims) + " do not fit each other" +
                       (a.is_float != b.is_float ? ", as only one holds floats" : ""));
    }
    check_folded_size(node, *dims);
    const Constant left = rearranged(a, *dims, broadcast_sources(a.dims, *dims));
    const Constant right = rearranged(b, *dims, broadcast_sources(b.dims, *dims));
    Constant result;
    result.dims = *dims;
    result.is_float = a.is_float && !op.gives_bool;
    result.type = op.gives_bool ? int32_t{onnx::TensorProto::BOOL} : a.type;
    for (size_t i = 0; i < left.values.size(); ++i) {
        const double value = op.real(static_cast<double>(left.values[i]), static_cast<double>(right.values[i]));
        if (op.gives_bool) result.integers.push_back(value != 0 ? 1 : 0);
        if (!op.gives_bool) result.values.push_back(static_cast<float>(value));
    }
    for (size_t i = 0; i < left.integers.size(); ++i) {
        result.integers.push_back(op.integer(left.integers[i], right.integers[i]));
    }
    return wrapped_to_type(std::move(result));
}

/// Pow is the one operator whose operands may differ in type; its result has that of the base.
Constant fold_power(const onnx::NodeProto& node, const Constant& base, const Constant& exponent) {
    const Binary& op = binaries().at("Pow");
    if (base.is_float == exponent.is_float) return fold_pair(node, op, base, exponent);
    constexpr auto real = int32_t{onnx::TensorProto::FLOAT};
    return cast_to(fold_pair(node, op, cast_to(base, real), cast_to(exponent, real)), base.type);
}

Constant fold_all(const onnx::NodeProto& node, const Facts& facts, const Binary& op) {
    Constant result = folded_input(node, facts, 0);
    for (int i = 1; i < node.input_size(); ++i) result = fold_pair(node, op, result, folded_input(node, facts, i));
    if (node.op_type() != "Mean") return result;
    for (float& value : result.values) value /= static_cast<float>(node.input_size());
    return result;
}

double sign(double x) { return std::isnan(x) ? x : static_cast<double>((x > 0) - (x < 0)); }

const std::map<std::string, double (*)(double)>& unaries() {
    static const std::map<std::string, double (*)(double)> table = {
        {"Sqrt", [](double x) { return std::sqrt(x); }},       {"Reciprocal", [](double x) { return 1.0 / x; }},
        {"Log", [](double x) { return std::log(x); }},         {"Sin", [](double x) { return std::sin(x); }},
        {"Cos", [](double x) { return std::cos(x); }},         {"Sign", sign},
        {"Floor", [](double x) { return std::floor(x); }},     {"Ceil", [](double x) { return std::ceil(x); }},
        {"Round", [](double x) { return std::nearbyint(x); }}, {"Not", [](double x) { return x == 0 ? 1.0 : 0.0; }},
        {"Relu", [](double x) { return most(x, 0.0); }},       {"Tan", [](double x) { return std::tan(x); }},
        {"Asin", [](double x) { return std::asin(x); }},       {"Acos", [](double x) { return std::acos(x); }},
        {"Atan", [](double x) { return std::atan(x); }},       {"Sinh", [](double x) { return std::sinh(x); }},
        {"Cosh", [](double x) { return std::cosh(x); }},       {"Asinh", [](double x) { return std::asinh(x); }},
        {"Acosh", [](double x) { return std::acosh(x); }},     {"Atanh", [](double x) { return std::atanh(x); }},
    };
    return table;
}

Constant mapped(const Constant& source, const std::function<double(double)>& function) {
    Constant result = source;
    for (float& value : result.values) value = static_cast<float>(function(static_cast<double>(value)));
    for (int64_t& value : result.integers) value = to_integer(function(static_cast<double>(value)));
    return wrapped_to_type(std::move(result));
}

/// IsNaN, IsInf
Constant asked(const onnx::NodeProto& node, const Constant& source) {
    const bool positive = int_attribute(node, "detect_positive", 1) != 0;
    const bool negative = int_attribute(node, "detect_negative", 1) != 0;
    Constant result = integer_constant(source.dims, {});
    result.type = onnx::TensorProto::BOOL;
    for (const float value : source.values) {
        const bool infinite = std::isinf(value) && (value > 0 ? positive : negative);
        result.integers.push_back((node.op_type() == "IsNaN" ? std::isnan(value) : infinite) ? 1 : 0);
    }
    return result;
}

/// Its bounds are attributes, or inputs that may be left out.
Constant clipped(const onnx::NodeProto& node, const Facts& facts) {
    Constant result = folded_input(node, facts, 0);
    for (const auto& [index, attribute, op] : {std::tuple{1, "min", "Max"}, std::tuple{2, "max", "Min"}}) {
        Constant bound;
        if (has_attribute(node, attribute)) bound.values = {float_attribute(node, attribute, 0)};
        if (!input_name(node, index).empty()) bound = folded_input(node, facts, index);
        if (bound.values.empty() && bound.integers.empty()) continue;
        result = fold_pair(node, binaries().at(op), result, bound);
    }
    return result;
}

Constant checked_cast(const onnx::NodeProto& node, const Constant& source, int32_t type) {
    const bool counts = !is_float_type(type) && type != onnx::TensorProto::BOOL;
    const auto is_finite = [](float value) { return std::isfinite(value); };
    if (counts && !std::all_of(source.values.begin(), source.values.end(), is_finite)) {
        fail(node, "'" + source.name + "' holds NaN or infinite values, which no integer is");
    }
    return cast_to(source, type);
}

/// The nearest value that a float of 16 bits has; infinite if it is beyond them all.
float rounded_to_16_bits(float value, int32_t type) {
    const bool half = type == onnx::TensorProto::FLOAT16;
    if (value == 0 || !std::isfinite(value)) return value;
    int exponent = 0;
    std::frexp(value, &exponent);
    const int place = std::max(exponent - 1, half ? -14 : -126) - (half ? 10 : 7);
    const double rounded = std::ldexp(std::nearbyint(std::ldexp(static_cast<double>(value), -place)), place);
    constexpr double largest_half = 65504;
    const bool beyond = half && std::fabs(rounded) > largest_half;
    return beyond ? std::copysign(std::numeric_limits<float>::infinity(), value) : static_cast<float>(rounded);
}

}  // namespace

int64_t to_integer(double value) {
    constexpr double limit = 9e18;
    return std::isnan(value) ? 0 : static_cast<int64_t>(std::clamp(value, -limit, limit));
}

Constant wrapped_to_type(Constant constant) {
    const auto wrap = [&](auto narrow) {
        for (int64_t& value : constant.integers) value = int64_t{static_cast<decltype(narrow)>(value)};
    };
    switch (constant.type) {
        case onnx::TensorProto::INT8: wrap(int8_t{}); break;
        case onnx::TensorProto::UINT8: wrap(uint8_t{}); break;
        case onnx::TensorProto::INT16: wrap(int16_t{}); break;
        case onnx::TensorProto::UINT16: wrap(uint16_t{}); break;
        case onnx::TensorProto::INT32: wrap(int32_t{}); break;
        case onnx::TensorProto::UINT32: wrap(uint32_t{}); break;
        default: break;
    }
    return constant;
}

Constant cast_to(const Constant& source, int32_t type) {
    Constant result;
    result.dims = source.dims;
    result.is_float = is_float_type(type);
    result.type = type;
    const auto add = [&](double value, int64_t integer) {
        const bool is_bool = type == onnx::TensorProto::BOOL;
        if (result.is_float) result.values.push_back(static_cast<float>(value));
        if (!result.is_float) result.integers.push_back(is_bool ? (value != 0 ? 1 : 0) : integer);
    };
    for (const float value : source.values) add(static_cast<double>(value), to_integer(static_cast<double>(value)));
    for (const int64_t value : source.integers) add(static_cast<double>(value), value);
    const bool short_floats = type == onnx::TensorProto::FLOAT16 || type == onnx::TensorProto::BFLOAT16;
    for (float& value : result.values) value = short_floats ? rounded_to_16_bits(value, type) : value;
    return wrapped_to_type(std::move(result));
}

std::optional<Constant> folded_values(const onnx::NodeProto& node, const Facts& facts) {
    const std::string& type = node.op_type();
    if (type == "Cast") {
        return checked_cast(node, folded_input(node, facts, 0),
                            static_cast<int32_t>(int_attribute(node, "to", onnx::TensorProto::FLOAT)));
    }
    if (type == "CastLike") return checked_cast(node, folded_input(node, facts, 0), facts.type_of(input_name(node, 1)));
    if (type == "IsNaN" || type == "IsInf") return asked(node, folded_input(node, facts, 0));
    if (type == "Clip") return clipped(node, facts);
    if (type == "Pow") return fold_power(node, folded_input(node, facts, 0), folded_input(node, facts, 1));
    if (type == "Mod" && int_attribute(node, "fmod", 0) != 0) {
        return fold_all(node, facts, {binaries().at(type).real, remainder_of_c});
    }
    if (is_curve(type)) return mapped(folded_input(node, facts, 0), curve_function(node));
    const auto unary = unaries().find(type);
    if (unary != unaries().end()) return mapped(folded_input(node, facts, 0), unary->second);
    const auto binary = binaries().find(type);
    if (binary == binaries().end()) return std::nullopt;
    return fold_all(node, facts, binary->second);
}

}  // namespace dynbal::compiler
