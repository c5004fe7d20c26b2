// The constant evaluator: ReduceSum and its like, as norms and means of weights are exported.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "from_onnx/fold_parts.hpp"

namespace dynbal::compiler {
namespace {

using Unsigned = uint64_t;

double identity(double x) { return x; }
double square(double x) { return x * x; }

/// What is added up of each value, and what is made of the sum of `count` values.
struct Reduction {
    double start = 0;
    double (*of)(double);
    double (*join)(double, double);
    double (*end)(double sum, double count);
    bool of_empty = true;  ///< is it defined for no value at all?
};

const std::map<std::string, Reduction>& reductions() {
    const auto plus = [](double a, double b) { return a + b; };
    const auto as_is = [](double sum, double) { return sum; };
    const auto mean = [](double sum, double count) { return sum / count; };
    constexpr double infinity = std::numeric_limits<double>::infinity();
    static const std::map<std::string, Reduction> table = {
        {"ReduceSum", {0, identity, plus, as_is}},
        {"ReduceMean", {0, identity, plus, mean, false}},
        {"ReduceProd", {1, identity, [](double a, double b) { return a * b; }, as_is}},
        {"ReduceMax",
         {-infinity, identity, [](double a, double b) { return b > a || std::isnan(b) ? b : a; }, as_is, false}},
        {"ReduceMin",
         {infinity, identity, [](double a, double b) { return b < a || std::isnan(b) ? b : a; }, as_is, false}},
        {"ReduceL1", {0, [](double x) { return std::fabs(x); }, plus, as_is}},
        {"ReduceL2", {0, square, plus, [](double sum, double) { return std::sqrt(sum); }}},
        {"ReduceSumSquare", {0, square, plus, as_is}},
        {"ReduceLogSum", {0, identity, plus, [](double sum, double) { return std::log(sum); }}},
        {"ReduceLogSumExp",
         {0, [](double x) { return std::exp(x); }, plus, [](double sum, double) { return std::log(sum); }}},
    };
    return table;
}

std::vector<float> reals(const Reduction& reduction, const Constant& source, const std::vector<uint32_t>& targets,
                         size_t size) {
    std::vector<double> sums(size, reduction.start);
    std::vector<uint32_t> counts(size, 0);
    for (size_t i = 0; i < targets.size(); ++i) {
        double& sum = sums[targets[i]];
        sum = reduction.join(sum, reduction.of(static_cast<double>(source.values[i])));
        ++counts[targets[i]];
    }
    std::vector<float> results;
    for (size_t i = 0; i < size; ++i) {
        results.push_back(static_cast<float>(reduction.end(sums[i], static_cast<double>(counts[i]))));
    }
    return results;
}

/// Those that are of use for shapes.
std::vector<int64_t> integers(const onnx::NodeProto& node, const Constant& source, const std::vector<uint32_t>& targets,
                              size_t size) {
    const std::string& type = node.op_type();
    const bool product = type == "ReduceProd";
    const bool most = type == "ReduceMax", least = type == "ReduceMin";
    if (type != "ReduceSum" && !product && !most && !least) fail(node, "it is supported for floats only");
    std::vector<int64_t> results(size, product ? 1 : 0);
    std::vector<bool> seen(size, false);
    for (size_t i = 0; i < targets.size(); ++i) {
        int64_t& result = results[targets[i]];
        const int64_t value = source.integers[i];
        const auto a = static_cast<Unsigned>(result), b = static_cast<Unsigned>(value);
        const bool first = !seen[targets[i]];
        seen[targets[i]] = true;
        if (most || least) {
            result = first ? value : (most ? std::max(result, value) : std::min(result, value));
        } else {
            result = static_cast<int64_t>(product ? a * b : a + b);
        }
    }
    return results;
}

}  // namespace

std::optional<Constant> folded_reduction(const onnx::NodeProto& node, const Facts& facts) {
    const auto found = reductions().find(node.op_type());
    if (found == reductions().end()) return std::nullopt;
    const Constant& source = folded_input(node, facts, 0);
    const std::vector<bool> reduced = reduced_axes(node, facts, source.dims.size());
    const bool keep = int_attribute(node, "keepdims", 1) != 0;
    Dims kept = source.dims, dims;
    for (size_t i = 0; i < kept.size(); ++i) {
        if (reduced[i]) kept[i] = 1;
        if (!reduced[i] || keep) dims.push_back(kept[i]);
    }
    if (element_count(source.dims) == 0 && !found->second.of_empty) fail(node, "its input is empty");
    const std::vector<uint32_t> targets = broadcast_sources(kept, source.dims);
    const auto size = static_cast<size_t>(element_count(kept));
    Constant result;
    result.dims = std::move(dims);
    result.is_float = source.is_float;
    result.type = source.type;
    if (source.is_float) result.values = reals(found->second, source, targets, size);
    if (!source.is_float) result.integers = integers(node, source, targets, size);
    return wrapped_to_type(std::move(result));
}

}  // namespace dynbal::compiler
