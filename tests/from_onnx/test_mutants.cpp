// Damaged models: whatever bytes change, the front-end ends with a graph or an InputError.
#include <cstdlib>
#include <random>

#include "base/error.hpp"
#include "from_onnx/lower.hpp"
#include "model_builder.hpp"

namespace dynbal::compiler {
namespace {

std::string small_network() {
    return ModelBuilder({1, 2, 6, 6}, 11)
        .random("w", {4, 2, 3, 3})
        .random("b", {4})
        .node("Conv", {"x", "w", "b"}, "c")
        .with("strides", {1, 1})
        .with("dilations", {1, 1})
        .with("pads", {1, 1, 1, 1})
        .with_int("group", 1)
        .node("Relu", {"c"}, "r")
        .node("MaxPool", {"r"}, "p")
        .with("kernel_shape", {2, 2})
        .with("strides", {2, 2})
        .with_int("ceil_mode", 0)
        .node("Concat", {"p", "p"}, "k")
        .with_int("axis", 1)
        .random("scale", {8, 1, 1})
        .node("Mul", {"k", "scale"}, "m")
        .node("Add", {"m", "k"}, "s")
        .node("Transpose", {"s"}, "t")
        .with("perm", {0, 2, 3, 1})
        .integers("shape", {1, -1})
        .node("Reshape", {"t", "shape"}, "flat")
        .random("fc", {72, 3})
        .random("fcb", {3})
        .node("Gemm", {"flat", "fc", "fcb"}, "g")
        .with_float("alpha", 1.5F)
        .node("Softmax", {"g"}, "y")
        .with_int("axis", 1)
        .raw()
        .SerializeAsString();
}

void try_model(const std::string& bytes) {
    onnx::ModelProto model;
    if (!model.ParseFromString(bytes)) return;
    try {
        prepare_model(model, "mutant");
        const Graph graph = lower(model);
        expect_valid(graph);
        if (graph.input_order.size() > 10000) return;
        run(graph, std::vector<float>(graph.input_order.size(), 1.0F));
    } catch (const InputError&) {
    }
}

int mutant_count() {
    const char* text = std::getenv("DYNBAL_MUTANTS");
    return text == nullptr ? 300 : std::atoi(text);
}

TEST(Mutants, EndInAGraphOrAnInputError) {
    const std::string original = small_network();
    for (int seed = 0; seed < mutant_count(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        std::mt19937 random(static_cast<uint32_t>(seed));
        std::string bytes = original;
        const uint32_t changes = 1 + random() % 4;
        for (uint32_t i = 0; i < changes; ++i) {
            char& byte = bytes[random() % bytes.size()];
            const bool flip = random() % 2 == 0;
            byte = static_cast<char>(flip ? byte ^ (1 << random() % 8) : int(random() % 256));
        }
        if (random() % 8 == 0) bytes.resize(random() % bytes.size());
        try_model(bytes);
    }
}

TEST(Mutants, AttributesAndShapesOfAnyValue) {
    onnx::ModelProto original;
    ASSERT_TRUE(original.ParseFromString(small_network()));
    const std::vector<int64_t> values = {INT64_MIN, -65536, -2,  -1,    0,     1,         2,
                                         3,         7,      255, 65535, 65536, 1LL << 31, INT64_MAX};
    for (int seed = 0; seed < mutant_count(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        std::mt19937 random(static_cast<uint32_t>(seed));
        onnx::ModelProto model = original;
        auto& graph = *model.mutable_graph();
        const int64_t value = values[random() % values.size()];
        const auto pick = [&](int count) { return static_cast<int>(random() % uint32_t(count)); };
        if (random() % 4 == 0) {
            auto& tensor = *graph.mutable_initializer(pick(graph.initializer_size()));
            tensor.set_dims(pick(tensor.dims_size()), value);
        } else if (random() % 4 == 0) {
            auto& type = *graph.mutable_input(0)->mutable_type()->mutable_tensor_type();
            type.mutable_shape()->mutable_dim(pick(4))->set_dim_value(value);
        } else if (random() % 4 == 0) {
            auto& node = *graph.mutable_node(pick(graph.node_size()));
            node.set_input(0, graph.node(pick(graph.node_size())).output(0));
        } else {
            auto& node = *graph.mutable_node(pick(graph.node_size()));
            if (node.attribute_size() == 0) continue;
            auto& attribute = *node.mutable_attribute(pick(node.attribute_size()));
            if (attribute.ints_size() > 0) attribute.set_ints(pick(attribute.ints_size()), value);
            if (attribute.has_i()) attribute.set_i(value);
        }
        try_model(model.SerializeAsString());
    }
}

}  // namespace
}  // namespace dynbal::compiler
