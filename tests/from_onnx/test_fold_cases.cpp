// ONNX's own operator test cases, all of whose inputs are constants: what the constant evaluator folds is right.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <set>
#include <sstream>

#include "base/error.hpp"
#include "from_onnx/facts.hpp"
#include "model_builder.hpp"
#include "read_message.hpp"

namespace dynbal::compiler {
namespace {

namespace fs = std::filesystem;

/// The case with its inputs as constants, beside a network of one node; nothing if it has others than tensors.
bool make_constant(onnx::ModelProto& model, const fs::path& data) {
    auto& graph = *model.mutable_graph();
    for (int i = 0; i < graph.input_size(); ++i) {
        const fs::path path = data / ("input_" + std::to_string(i) + ".pb");
        if (!graph.input(i).type().has_tensor_type() || !fs::exists(path)) return false;
        auto& tensor = *graph.add_initializer();
        tensor = read_message<onnx::TensorProto>(path);
        tensor.set_name(graph.input(i).name());
    }
    graph.clear_input();
    graph.clear_output();
    auto& input = *graph.add_input();
    input.set_name("x__");
    input.mutable_type()->mutable_tensor_type()->mutable_shape()->add_dim()->set_dim_value(1);
    graph.add_output()->set_name("y__");
    auto& node = *graph.add_node();
    node.set_op_type("Neg");
    node.add_input("x__");
    node.add_output("y__");
    return true;
}

/// What exporters leave to be computed.
std::set<std::string> folded_operators() {
    std::istringstream names(
        "Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh Ceil Celu Clip Concat ConstantOfShape Cos "
        "Cosh CumSum DequantizeLinear Div Elu Equal Erf Exp Expand EyeLike Flatten Floor Gather "
        "GatherElements GatherND Gemm Greater GreaterOrEqual HardSwish Identity InstanceNormalization IsInf "
        "IsNaN LeakyRelu Less LessOrEqual Log LogSoftmax MatMul Max Mean Min Mod Mul Neg NonZero Not OneHot "
        "Or Pow QuantizeLinear Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax "
        "ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Round Scatter ScatterElements "
        "ScatterND Selu Shape Sigmoid Sign Sin Sinh Size Slice Softmax Softplus Softsign Split Sqrt Squeeze "
        "Sum Tan Tanh Tile Transpose Trilu Unsqueeze Where Xor");
    return {std::istream_iterator<std::string>(names), {}};
}

bool is_same(const Constant& got, const Constant& right) {
    if (got.dims != right.dims || got.is_float != right.is_float || got.integers != right.integers) return false;
    if (got.values.size() != right.values.size()) return false;
    for (size_t i = 0; i < right.values.size(); ++i) {
        const float a = got.values[i], b = right.values[i];
        if (std::isnan(a) != std::isnan(b)) return false;
        if (!std::isnan(a) && a != b && !(std::fabs(a - b) <= 1e-4F * std::max(1.0F, std::fabs(b)))) return false;
    }
    return true;
}

/// The case's data hold floats of 16 bits as integers.
bool is_known_fault(const std::string& name) { return name.find("BFLOAT16") != std::string::npos; }

/// The operator that a case is about, if it was folded; each output is right then.
std::string folded_in(const fs::path& folder) {
    const fs::path data = folder / "test_data_set_0";
    auto model = read_message<onnx::ModelProto>(folder / "model.onnx");
    const onnx::GraphProto given = model.graph();
    if (is_known_fault(folder.filename()) || !make_constant(model, data)) return "";
    try {
        const Facts facts(model);
        for (int i = 0; i < given.output_size(); ++i) {
            const fs::path path = data / ("output_" + std::to_string(i) + ".pb");
            if (!given.output(i).type().has_tensor_type()) return "";
            const Constant expected = read_constant(read_message<onnx::TensorProto>(path), "");
            const Constant* const got = facts.constant(given.output(i).name());
            if (got == nullptr) return "";
            EXPECT_TRUE(is_same(*got, expected))
                << folder.filename() << " output " << i << ": " << to_string(got->dims);
        }
    } catch (const InputError&) {
        return "";
    }
    return given.node_size() == 1 ? given.node(0).op_type() : "";
}

TEST(FoldCases, AreRightOrRefused) {
    const fs::path root = fs::path(ONNX_TESTDATA_DIR) / "node";
    if (!fs::exists(root)) GTEST_SKIP() << "libonnx-testdata is not installed";
    std::set<std::string> folded;
    for (const auto& entry : fs::directory_iterator(root)) folded.insert(folded_in(entry.path()));
    for (const std::string& name : folded_operators()) EXPECT_EQ(folded.count(name), 1U) << name;
}

}  // namespace
}  // namespace dynbal::compiler
