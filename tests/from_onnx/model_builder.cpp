#include "model_builder.hpp"

#include <set>

#include "base/error.hpp"
#include "from_onnx/lower.hpp"
#include "graph/float_run.hpp"

namespace dynbal::compiler {
namespace {

void set_shape(onnx::ValueInfoProto& info, const std::string& name, const Shape& shape) {
    info.set_name(name);
    auto& tensor = *info.mutable_type()->mutable_tensor_type();
    tensor.set_elem_type(onnx::TensorProto::FLOAT);
    tensor.mutable_shape();
    for (const int64_t dim : shape) tensor.mutable_shape()->add_dim()->set_dim_value(dim);
}

onnx::AttributeProto& add_attribute(onnx::ModelProto& model, const std::string& name,
                                    onnx::AttributeProto::AttributeType type) {
    auto& nodes = *model.mutable_graph()->mutable_node();
    auto& attribute = *nodes.Mutable(nodes.size() - 1)->add_attribute();
    attribute.set_name(name);
    attribute.set_type(type);
    return attribute;
}

}  // namespace

ModelBuilder::ModelBuilder(const Shape& input, int opset) {
    model_.set_ir_version(7);
    model_.add_opset_import()->set_version(opset);
    model_.mutable_graph()->set_name("test");
    set_shape(*model_.mutable_graph()->add_input(), "x", input);
}

ModelBuilder& ModelBuilder::floats(const std::string& name, const Shape& shape, std::vector<float> values) {
    auto& tensor = *model_.mutable_graph()->add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    for (const int64_t dim : shape) tensor.add_dims(dim);
    for (const float value : values) tensor.add_float_data(value);
    return *this;
}

ModelBuilder& ModelBuilder::integers(const std::string& name, std::vector<int64_t> values) {
    auto& tensor = *model_.mutable_graph()->add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::INT64);
    tensor.add_dims(static_cast<int64_t>(values.size()));
    for (const int64_t value : values) tensor.add_int64_data(value);
    return *this;
}

ModelBuilder& ModelBuilder::random(const std::string& name, const Shape& shape) {
    size_t count = 1;
    for (const int64_t dim : shape) count *= static_cast<size_t>(dim);
    const auto seed = static_cast<uint32_t>(model_.graph().initializer_size() + 17);
    return floats(name, shape, random_values(count, seed));
}

ModelBuilder& ModelBuilder::node(const std::string& type, const std::vector<std::string>& inputs,
                                 const std::string& output) {
    auto& node = *model_.mutable_graph()->add_node();
    node.set_op_type(type);
    node.set_name(output + "_node");
    for (const std::string& input : inputs) node.add_input(input);
    node.add_output(output);
    return *this;
}

ModelBuilder& ModelBuilder::with(const std::string& attribute, const Shape& values) {
    auto& added = add_attribute(model_, attribute, onnx::AttributeProto::INTS);
    for (const int64_t value : values) added.add_ints(value);
    return *this;
}

ModelBuilder& ModelBuilder::with_int(const std::string& attribute, int64_t value) {
    add_attribute(model_, attribute, onnx::AttributeProto::INT).set_i(value);
    return *this;
}

ModelBuilder& ModelBuilder::with_float(const std::string& attribute, float value) {
    add_attribute(model_, attribute, onnx::AttributeProto::FLOAT).set_f(value);
    return *this;
}

ModelBuilder& ModelBuilder::with_text(const std::string& attribute, const char* value) {
    add_attribute(model_, attribute, onnx::AttributeProto::STRING).set_s(value);
    return *this;
}

onnx::ModelProto ModelBuilder::raw() const {
    onnx::ModelProto model = model_;
    const auto& nodes = model.graph().node();
    if (!nodes.empty()) {
        const std::string name = nodes.Get(nodes.size() - 1).output(0);
        model.mutable_graph()->add_output()->set_name(name);
    }
    return model;
}

onnx::ModelProto ModelBuilder::build() const {
    onnx::ModelProto model = raw();
    prepare_model(model, "test model");
    return model;
}

Graph ModelBuilder::lower() const {
    Graph graph = compiler::lower(build());
    expect_valid(graph);
    return graph;
}

std::vector<float> random_values(size_t count, uint32_t seed) {
    std::vector<float> values(count);
    uint32_t state = seed * 2654435761U + 1;
    for (float& value : values) {
        state = state * 1664525U + 1013904223U;
        value = static_cast<float>(state >> 8) / 8388608.0F - 1.0F;
    }
    return values;
}

std::vector<float> run(const Graph& graph, const std::vector<float>& input) {
    FloatRunner runner(graph);
    runner.run(input);
    return runner.output_onnx_order();
}

void expect_near(const std::vector<float>& actual, const std::vector<float>& expected, float tolerance) {
    ASSERT_EQ(actual.size(), expected.size());
    for (size_t i = 0; i < actual.size(); ++i) {
        ASSERT_NEAR(actual[i], expected[i], tolerance) << "at " << i;
    }
}

std::string lower_error(const ModelBuilder& builder) {
    try {
        builder.lower();
    } catch (const InputError& error) {
        return error.what();
    }
    ADD_FAILURE() << "no InputError";
    return {};
}

void expect_error(const ModelBuilder& builder, const std::string& text) {
    const std::string message = lower_error(builder);
    EXPECT_NE(message.find(text), std::string::npos) << message;
}

void expect_valid(const Graph& graph) {
    std::set<TensorId> written = {graph.input};
    const auto tensor = [&](TensorId id) { return graph.tensors.at(static_cast<size_t>(id)); };
    std::set<TensorId> produced;
    const auto mark_parts = [&] {
        for (size_t id = 0; id < graph.tensors.size(); ++id) {
            const Tensor& part = graph.tensors[id];
            if (part.is_part && written.count(part.parent) > 0) written.insert(static_cast<TensorId>(id));
        }
    };
    mark_parts();
    for (const Stage& stage : graph.stages) {
        for (const TensorId input : stage.inputs) {
            EXPECT_EQ(written.count(input), 1U) << stage.name << " reads a tensor not yet written";
        }
        const bool pair = stage.kind == StageKind::add || stage.kind == StageKind::multiply;
        EXPECT_EQ(stage.inputs.size(), pair ? 2U : 1U);
        EXPECT_TRUE(produced.insert(stage.output).second) << stage.name << " writes a tensor again";
        EXPECT_EQ(written.count(stage.output), 0U);
        const Tensor in = tensor(stage.inputs.at(0));
        const Tensor out = tensor(stage.output);
        const Window& window = stage.window;
        if (stage.kind == StageKind::conv || stage.kind == StageKind::pool) {
            const auto size = [](int values, int kernel, int dilation, int stride) {
                return (values - (kernel - 1) * dilation - 1) / stride + 1;
            };
            EXPECT_EQ(out.h, size(in.h + window.pad_top + window.pad_bottom, window.kernel_h, window.dilation_h,
                                  window.stride_h))
                << stage.name;
            EXPECT_EQ(out.w, size(in.w + window.pad_left + window.pad_right, window.kernel_w, window.dilation_w,
                                  window.stride_w))
                << stage.name;
        }
        if (stage.kind == StageKind::conv) {
            EXPECT_EQ(stage.bias.size(), static_cast<size_t>(out.c));
            EXPECT_EQ(static_cast<int64_t>(stage.weights.size()),
                      int64_t{out.c} * window.kernel_h * window.kernel_w * (in.c / stage.groups));
        }
        // A parent may be read when all its children are written; order makes this simple enough.
        for (TensorId id = stage.output; id != no_tensor; id = tensor(id).parent) {
            written.insert(id);
        }
        mark_parts();
    }
    EXPECT_EQ(written.count(graph.output), 1U);
    EXPECT_NE(graph.output, graph.input);
    for (const Tensor& child : graph.tensors) {
        if (child.parent == no_tensor) continue;
        const Tensor parent = tensor(child.parent);
        const bool same_pixels = child.h == parent.h && child.w == parent.w;
        if (child.is_part && !same_pixels && child.size() == parent.size()) {
            EXPECT_EQ(child.parent_channel, 0);
            EXPECT_TRUE(is_packed(graph, child.parent));
            continue;
        }
        EXPECT_TRUE(same_pixels || (parent.h == 1 && parent.w == 1));
        EXPECT_LE(child.parent_channel + (same_pixels ? child.c : child.size()), parent.c);
    }
}

std::string kinds(const Graph& graph) {
    static const char* const names[] = {"conv", "pool", "add", "softmax", "multiply", "curve"};
    std::string text;
    for (const Stage& stage : graph.stages) {
        if (!text.empty()) text += ' ';
        text += names[static_cast<size_t>(stage.kind)];
    }
    return text;
}

}  // namespace dynbal::compiler
