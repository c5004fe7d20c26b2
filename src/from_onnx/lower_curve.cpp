// Functions of one value: one operation of the device that knows them as straight pieces.
#include <algorithm>
#include <cmath>
#include <map>

#include "from_onnx/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

constexpr int one_kink = 1;  // two pieces that meet at zero: exact

using Function = std::function<double(double)>;
/// The function that a node computes; its attributes are read here.
using Reader = Function (*)(const onnx::NodeProto&);

double logistic(double x) { return 1.0 / (1.0 + std::exp(-x)); }
double normal(double x) { return 0.5 * (1.0 + std::erf(x / std::sqrt(2.0))); }
double softplus(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }
double attribute(const onnx::NodeProto& node, const char* name, float otherwise) {
    return static_cast<double>(float_attribute(node, name, otherwise));
}

template <double (*function)(double)>
Function plain(const onnx::NodeProto&) {
    return function;
}

Function leaky(const onnx::NodeProto& node) {
    const double slope = attribute(node, "alpha", 0.01F);
    return [=](double x) { return x < 0 ? slope * x : x; };
}

Function elu(const onnx::NodeProto& node) {
    const double alpha = attribute(node, "alpha", 1.0F);
    return [=](double x) { return x < 0 ? alpha * std::expm1(x) : x; };
}

Function celu(const onnx::NodeProto& node) {
    const double alpha = attribute(node, "alpha", 1.0F);
    if (alpha == 0) fail(node, "its alpha is 0");
    return [=](double x) { return x < 0 ? alpha * std::expm1(x / alpha) : x; };
}

Function selu(const onnx::NodeProto& node) {
    const double alpha = attribute(node, "alpha", 1.67326319F);
    const double gamma = attribute(node, "gamma", 1.05070102F);
    return [=](double x) { return gamma * (x < 0 ? alpha * std::expm1(x) : x); };
}

Function gelu(const onnx::NodeProto& node) {
    const std::string approximate = string_attribute(node, "approximate", "none");
    if (approximate == "none") return [](double x) { return x * normal(x); };
    if (approximate != "tanh") fail(node, "its 'approximate' is '" + approximate + "'; there are none and tanh");
    return [](double x) {
        return 0.5 * x * (1.0 + std::tanh(std::sqrt(2.0 / 3.14159265358979323846) * (x + 0.044715 * x * x * x)));
    };
}

Function swish(const onnx::NodeProto& node) {
    const double alpha = attribute(node, "alpha", 1.0F);
    return [=](double x) { return x * logistic(alpha * x); };
}

double hard_swish(double x) { return x * std::fmin(1.0, std::fmax(0.0, x / 6 + 0.5)); }
double mish(double x) { return x * std::tanh(softplus(x)); }
double soft_sign(double x) { return x / (1 + std::fabs(x)); }

const std::map<std::string, Reader>& readers() {
    static const std::map<std::string, Reader> table = {
        {"Abs", plain<std::fabs>},
        {"Atan", plain<std::atan>},
        {"Celu", celu},
        {"Elu", elu},
        {"Erf", plain<std::erf>},
        {"Exp", plain<std::exp>},
        {"Gelu", gelu},
        {"HardSwish", plain<hard_swish>},
        {"LeakyRelu", leaky},
        {"Mish", plain<mish>},
        {"Neg", [](const onnx::NodeProto&) -> Function { return [](double x) { return -x; }; }},
        {"Selu", selu},
        {"Sigmoid", plain<logistic>},
        {"Softplus", plain<softplus>},
        {"Softsign", plain<soft_sign>},
        {"Swish", swish},
        {"Tanh", plain<std::tanh>},
    };
    return table;
}

/// Where a function of the largest value one has come within half a step of the device of what it tends to.
double flat_beyond(const std::string& type, const Function& function) {
    constexpr double half_step = 0.5 / 16384, finest = 0.125;
    if (type != "Sigmoid" && type != "Tanh" && type != "Erf") return std::numeric_limits<double>::infinity();
    double x = finest;
    while (1 - function(x) > half_step) x += finest;
    return x;
}

bool has_one_kink(const std::string& type) { return type == "Abs" || type == "LeakyRelu" || type == "Neg"; }

void add_curve(Context& context, const onnx::NodeProto& node, const Value& input, Curve curve) {
    TensorId source_id = input.tensor;
    // One table for all channels wants values that follow each other in memory.
    if (!curve.per_channel && !is_packed(context.graph, source_id)) {
        source_id = context.add_copy(node, source_id, Clamp{});
    }
    const Tensor source = context.tensor(source_id);
    Value output;
    output.dims = input.dims;
    output.place = input.place;
    output.tensor = context.add_tensor(node, source.h, source.w, source.c);
    curve.name = node.op_type();
    context.add_stage(node, StageKind::curve, {source_id}, output.tensor).curve = std::move(curve);
    context.define(node, std::move(output));
}

}  // namespace

bool is_curve(const std::string& operator_name) { return readers().count(operator_name) > 0; }

std::function<double(double)> curve_function(const onnx::NodeProto& node) { return readers().at(node.op_type())(node); }

void lower_curve(Context& context, const onnx::NodeProto& node) {
    Curve curve;
    const Function function = curve_function(node);
    curve.of = [function](double x, size_t) { return function(x); };
    curve.flat_beyond = flat_beyond(node.op_type(), function);
    if (has_one_kink(node.op_type())) curve.pieces_log2 = one_kink;
    add_curve(context, node, context.activation(node, 0), std::move(curve));
}

void lower_prelu(Context& context, const onnx::NodeProto& node) {
    const Value& input = context.activation(node, 0);
    Constant slope = context.weights(node, 1, "slope");
    // Before opset 7 a vector was one slope a channel.
    if (context.opset() < 7 && slope.dims.size() == 1) slope.dims.resize(input.dims.size() - 1, 1);
    const std::vector<float> slopes = per_channel(context, node, input, slope);
    Curve curve;
    curve.pieces_log2 = one_kink;
    curve.per_channel = std::any_of(slopes.begin(), slopes.end(), [&](float other) { return other != slopes[0]; });
    curve.of = [slopes](double x, size_t channel) { return x < 0 ? static_cast<double>(slopes[channel]) * x : x; };
    add_curve(context, node, input, std::move(curve));
}

// A line between two limits: what a convolution before it can do as well.
void lower_hard_sigmoid(Context& context, const onnx::NodeProto& node) {
    Constant scale, shift;
    scale.values = {float_attribute(node, "alpha", 0.2F)};
    shift.values = {float_attribute(node, "beta", 0.5F)};
    lower_affine(context, node, 0, &scale, &shift, {.low = 0.0F, .high = 1.0F});
}

void lower_pow(Context& context, const onnx::NodeProto& node) {
    const Constant* exponent = context.find_constant(input_name(node, 1));
    if (exponent == nullptr || element_count(exponent->dims) != 1) {
        fail(node, "it is supported only with one constant exponent");
    }
    const double power =
        exponent->is_float ? static_cast<double>(exponent->values[0]) : static_cast<double>(exponent->integers[0]);
    Curve curve;
    curve.of = [power](double x, size_t) { return std::pow(x, power); };
    add_curve(context, node, context.activation(node, 0), std::move(curve));
}

}  // namespace dynbal::compiler
