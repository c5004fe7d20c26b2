// ONNX's own operator test cases: every case made of supported operators gives the expected output
// or is listed here with the reason why it is refused.
#include <filesystem>
#include <map>
#include <set>

#include "base/error.hpp"
#include "from_onnx/lower.hpp"
#include "from_onnx/lower_constant.hpp"
#include "model_builder.hpp"
#include "read_message.hpp"

namespace dynbal::compiler {
namespace {

namespace fs = std::filesystem;

const std::set<std::string>& supported_operators() {
    static const std::set<std::string> names = {
        "Abs",
        "Add",
        "ArgMax",
        "Atan",
        "AveragePool",
        "BatchNormalization",
        "Cast",
        "Celu",
        "Clip",
        "Concat",
        "Constant",
        "Conv",
        "ConvTranspose",
        "DequantizeLinear",
        "Div",
        "Dropout",
        "Elu",
        "Erf",
        "Exp",
        "Flatten",
        "Gather",
        "Gemm",
        "GlobalAveragePool",
        "GlobalMaxPool",
        "HardSigmoid",
        "HardSwish",
        "Identity",
        "LeakyRelu",
        "LogSoftmax",
        "MatMul",
        "Max",
        "MaxPool",
        "Min",
        "Mish",
        "Mul",
        "Neg",
        "PRelu",
        "Pad",
        "Pow",
        "QuantizeLinear",
        "ReduceMax",
        "ReduceMean",
        "ReduceSum",
        "Relu",
        "Reshape",
        "Resize",
        "Selu",
        "Sigmoid",
        "Slice",
        "Softmax",
        "Softplus",
        "Softsign",
        "Split",
        "Squeeze",
        "Sub",
        "Sum",
        "Tanh",
        "Transpose",
        "Unsqueeze",
        "Upsample",
    };
    return names;
}

/// Cases refused, by a part of the message that says why.
const std::map<std::string, std::set<std::string>>& refused() {
    static const std::map<std::string, std::set<std::string>> cases = {
        {"differs between positions",
         {"test_add", "test_sub", "test_mul", "test_div", "test_gemm_default_matrix_bias", "test_prelu_example"}},
        {"supported are [1, C, W]",
         {"test_averagepool_3d_default", "test_convtranspose_3d", "test_maxpool_3d_default"}},
        {"constants are not supported",
         {"test_concat_1d_axis_0", "test_concat_1d_axis_negative_1", "test_concat_2d_axis_0", "test_concat_2d_axis_1",
          "test_concat_2d_axis_negative_1", "test_concat_2d_axis_negative_2", "test_concat_3d_axis_0",
          "test_concat_3d_axis_1", "test_concat_3d_axis_2", "test_concat_3d_axis_negative_1",
          "test_concat_3d_axis_negative_2", "test_concat_3d_axis_negative_3", "test_sum_example"}},
        {"'tf_half_pixel_for_nn' is not supported", {"test_resize_downsample_sizes_nearest_tf_half_pixel_for_nn"}},
        {"it does not repeat each",
         {"test_resize_downsample_scales_nearest", "test_resize_downsample_sizes_nearest",
          "test_resize_upsample_sizes_nearest", "test_resize_upsample_sizes_nearest_ceil_half_pixel",
          "test_resize_upsample_sizes_nearest_floor_align_corners",
          "test_resize_upsample_sizes_nearest_round_prefer_ceil_asymmetric"}},
        {"mode 'cubic' is not supported",
         {"test_resize_downsample_scales_cubic", "test_resize_downsample_scales_cubic_A_n0p5_exclude_outside",
          "test_resize_downsample_scales_cubic_align_corners", "test_resize_downsample_sizes_cubic",
          "test_resize_upsample_scales_cubic", "test_resize_upsample_scales_cubic_A_n0p5_exclude_outside",
          "test_resize_upsample_scales_cubic_align_corners", "test_resize_upsample_scales_cubic_asymmetric",
          "test_resize_upsample_sizes_cubic"}},
        {"mode 'linear' is not supported",
         {"test_resize_downsample_scales_linear", "test_resize_downsample_scales_linear_align_corners",
          "test_resize_downsample_sizes_linear_pytorch_half_pixel", "test_resize_upsample_scales_linear",
          "test_resize_upsample_scales_linear_align_corners"}},
        {"'tf_crop_and_resize' is not supported", {"test_resize_tf_crop_and_resize"}},
        {"is 'edge'", {"test_edge_pad"}},
        {"is 'reflect'", {"test_reflect_pad"}},
        {"its constant value is not 0", {"test_constant_pad"}},
        {"transA is not supported", {"test_gemm_all_attributes", "test_gemm_transposeA"}},
        {"is not a matrix", {"test_matmul_3d", "test_matmul_4d"}},
        {"one constant number",
         {"test_max_example", "test_max_float32", "test_max_two_inputs", "test_min_example", "test_min_float32",
          "test_min_two_inputs"}},
        {"one constant exponent",
         {"test_pow", "test_pow_bcast_array", "test_pow_example", "test_pow_types_float32_int32",
          "test_pow_types_float32_int64", "test_pow_types_float32_uint32", "test_pow_types_float32_uint64",
          "test_pow_types_int"}},
        {"select_last_index",
         {"test_argmax_default_axis_example_select_last_index", "test_argmax_default_axis_random_select_last_index",
          "test_argmax_keepdims_example_select_last_index", "test_argmax_keepdims_random_select_last_index",
          "test_argmax_negative_axis_keepdims_example_select_last_index",
          "test_argmax_negative_axis_keepdims_random_select_last_index",
          "test_argmax_no_keepdims_example_select_last_index", "test_argmax_no_keepdims_random_select_last_index"}},
        {"no regular part",
         {"test_gather_0", "test_gather_1", "test_slice_end_out_of_bounds", "test_slice_neg", "test_slice_neg_steps"}},
        {"takes a value twice", {"test_gather_negative_indices"}},
        {"do not make up", {"test_split_zero_size_splits"}},
        {"its output is empty", {"test_slice_start_out_of_bounds"}},
        {"training mode is not supported",
         {"test_training_dropout", "test_training_dropout_default", "test_training_dropout_zero_ratio",
          "test_training_dropout_default_mask", "test_training_dropout_mask", "test_training_dropout_zero_ratio_mask",
          "test_batchnorm_epsilon_training_mode", "test_batchnorm_example_training_mode"}},
        {"cannot turn [1, 3, 4] into [3, 4, 0]", {"test_reshape_allowzero_reordered"}},
        {"only over all positions",
         {"test_reduce_max_default_axes_keepdims_random",
          "test_reduce_max_do_not_keepdims_example",
          "test_reduce_max_do_not_keepdims_random",
          "test_reduce_max_keepdims_example",
          "test_reduce_max_keepdims_random",
          "test_reduce_max_negative_axes_keepdims_example",
          "test_reduce_max_negative_axes_keepdims_random",
          "test_reduce_mean_default_axes_keepdims_random",
          "test_reduce_mean_do_not_keepdims_example",
          "test_reduce_mean_do_not_keepdims_random",
          "test_reduce_mean_keepdims_example",
          "test_reduce_mean_keepdims_random",
          "test_reduce_mean_negative_axes_keepdims_example",
          "test_reduce_mean_negative_axes_keepdims_random",
          "test_reduce_sum_default_axes_keepdims_random",
          "test_reduce_sum_do_not_keepdims_example",
          "test_reduce_sum_do_not_keepdims_random",
          "test_reduce_sum_keepdims_example",
          "test_reduce_sum_keepdims_random",
          "test_reduce_sum_negative_axes_keepdims_example",

          "test_reduce_max_default_axes_keepdim_example",
          "test_reduce_mean_default_axes_keepdims_example",
          "test_reduce_sum_default_axes_keepdims_example",
          "test_softmax_axis_0_expanded",
          "test_softmax_axis_1_expanded",
          "test_softmax_axis_2_expanded",
          "test_softmax_default_axis_expanded",
          "test_softmax_example_expanded",
          "test_softmax_large_number_expanded",
          "test_softmax_negative_axis_expanded"}},
    };
    return cases;
}

/// Part of the message that refuses the case, or "" if it must work.
std::string expected_reason(const std::string& name) {
    for (const auto& [reason, names] : refused()) {
        if (names.count(name) > 0) return reason;
    }
    return {};
}

bool is_float(const onnx::ValueInfoProto& info) {
    return info.type().tensor_type().elem_type() == onnx::TensorProto::FLOAT;
}

bool is_in_scope(const onnx::ModelProto& model) {
    const auto& graph = model.graph();
    if (graph.input_size() == 0 || !is_float(graph.input(0))) return false;
    const bool gives_index = graph.node_size() == 1 && graph.node(0).op_type() == "ArgMax";
    if (!is_float(graph.output(0)) && !gives_index) return false;
    for (const auto& node : graph.node()) {
        if (supported_operators().count(node.op_type()) == 0) return false;
    }
    return true;
}

// All inputs but the first become constants, as weights are in a model.
void make_constants(onnx::ModelProto& model, const fs::path& data) {
    auto& graph = *model.mutable_graph();
    for (int i = graph.input_size() - 1; i > 0; --i) {
        auto tensor = read_message<onnx::TensorProto>(data / ("input_" + std::to_string(i) + ".pb"));
        tensor.set_name(graph.input(i).name());
        *graph.add_initializer() = tensor;
    }
}

/// Takes the padding out of a node into a Pad before it; false if it has none, or another meaning.
bool split_padding(onnx::ModelProto& model) {
    auto& graph = *model.mutable_graph();
    auto& node = *graph.mutable_node(0);
    onnx::AttributeProto* pads = nullptr;
    bool counts = node.op_type() == "Conv";
    for (auto& attribute : *node.mutable_attribute()) {
        if (attribute.name() == "pads") pads = &attribute;
        counts = counts || (attribute.name() == "count_include_pad" && attribute.i() != 0);
    }
    if (graph.node_size() != 1 || pads == nullptr || !counts) return false;
    auto& tensor = *graph.add_initializer();
    tensor.set_name("padding");
    tensor.set_data_type(onnx::TensorProto::INT64);
    const int rank = pads->ints_size() / 2;
    tensor.add_dims(2 * (rank + 2));
    for (int i = 0; i < 2 * (rank + 2); ++i) {
        const int axis = i % (rank + 2) - 2;
        tensor.add_int64_data(axis < 0 ? 0 : pads->ints(i / (rank + 2) * rank + axis));
    }
    for (int i = 0; i < pads->ints_size(); ++i) pads->set_ints(i, 0);
    onnx::NodeProto pad;
    pad.set_op_type("Pad");
    pad.add_input(node.input(0));
    pad.add_input("padding");
    pad.add_output("padded");
    node.set_input(0, "padded");
    const onnx::NodeProto last = node;
    graph.clear_node();
    *graph.add_node() = pad;
    *graph.add_node() = last;
    model.mutable_opset_import(0)->set_version(13);
    return true;
}

/// `split`: only cases with padding, taken out of the node into a Pad.
void check_case(const fs::path& folder, int& count, bool split = false) {
    const std::string name = folder.filename().string();
    const fs::path data = folder / "test_data_set_0";
    auto model = read_message<onnx::ModelProto>(folder / "model.onnx");
    if (!is_in_scope(model) || (split && !split_padding(model))) return;
    ++count;
    SCOPED_TRACE(name);
    make_constants(model, data);
    // Cases name the oldest opset that has the operator; these did not change from 1 to 7.
    auto& opset = *model.mutable_opset_import(0);
    if (opset.version() < 7) opset.set_version(7);
    const std::string reason = expected_reason(name);
    try {
        const auto input = read_constant(read_message<onnx::TensorProto>(data / "input_0.pb"), "");
        const auto output = read_constant(read_message<onnx::TensorProto>(data / "output_0.pb"), "");
        prepare_model(model, name, model.graph().output(0).name());
        const Graph graph = lower(model);
        expect_valid(graph);
        EXPECT_EQ(graph.epilogue.answer_dims(graph.output_dims), output.dims);
        std::vector<float> expected = output.values;
        expected.insert(expected.end(), output.integers.begin(), output.integers.end());
        expect_near(run(graph, input.values), expected);
        EXPECT_EQ(reason, "") << "listed as refused, but works";
    } catch (const InputError& error) {
        const std::string message = error.what();
        EXPECT_FALSE(reason.empty()) << message;
        EXPECT_NE(message.find(reason), std::string::npos) << message;
    }
}

std::set<fs::path> case_folders() {
    const fs::path root = fs::path(ONNX_TESTDATA_DIR) / "node";
    std::set<fs::path> folders;
    if (!fs::exists(root)) return folders;
    for (const auto& entry : fs::directory_iterator(root)) {
        if (fs::exists(entry.path() / "model.onnx")) folders.insert(entry.path());
    }
    return folders;
}

TEST(OnnxCases, GiveTheSameWithTheirPaddingInAPadNode) {
    int count = 0;
    for (const auto& folder : case_folders()) check_case(folder, count, true);
    if (count == 0) GTEST_SKIP() << "libonnx-testdata is not installed";
    EXPECT_GE(count, 5);
}

TEST(OnnxCases, MatchOrAreRefused) {
    const std::set<fs::path> folders = case_folders();
    if (folders.empty()) GTEST_SKIP() << "libonnx-testdata is not installed";
    EXPECT_GT(folders.size(), 500U);
    int count = 0;
    for (const auto& folder : folders) check_case(folder, count);
    EXPECT_GT(count, 250);
}

}  // namespace
}  // namespace dynbal::compiler
