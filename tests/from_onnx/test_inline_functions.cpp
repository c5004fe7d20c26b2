//! Functions of a model's own: a model that calls them is the one without them.
#include <string>

#include "base/error.hpp"
#include "from_onnx/lower.hpp"
#include "model_builder.hpp"

namespace dynbal::compiler {
namespace {

/// x [1, 2] through nodes of the domain "own", whose functions are added to the file.
class Functions {
public:
    explicit Functions(ModelBuilder builder) : model_(builder.raw()) {
        for (auto& node : *model_.mutable_graph()->mutable_node()) {
            if (node.op_type().starts_with("Own")) node.set_domain("own");
        }
    }

    onnx::FunctionProto& add(const std::string& name, const std::vector<std::string>& inputs,
                             const std::vector<std::string>& outputs, int64_t opset = 13) {
        auto& function = *model_.add_functions();
        function.set_domain("own");
        function.set_name(name);
        for (const auto& input : inputs) function.add_input(input);
        for (const auto& output : outputs) function.add_output(output);
        function.add_opset_import()->set_version(opset);
        return function;
    }
    static onnx::NodeProto& node(onnx::FunctionProto& function, const std::string& type,
                                 const std::vector<std::string>& inputs, const std::string& output) {
        auto& node = *function.add_node();
        node.set_op_type(type);
        if (type.starts_with("Own")) node.set_domain("own");
        for (const auto& input : inputs) node.add_input(input);
        node.add_output(output);
        return node;
    }

    std::vector<float> of(const std::vector<float>& input) const {
        onnx::ModelProto model = model_;
        prepare_model(model, "test");
        return run(lower(model), input);
    }
    std::string error() const {
        try {
            onnx::ModelProto model = model_;
            prepare_model(model, "test");
            lower(model);
        } catch (const InputError& error) {
            return error.what();
        }
        return "";
    }
    onnx::ModelProto& model() { return model_; }

private:
    onnx::ModelProto model_;
};

/// y = Leaky(x * w), twice: names within the functions meet.
Functions leaky_twice() {
    Functions functions(ModelBuilder({1, 2})
                            .floats("w", {2, 2}, {1, -1, -2, 1})
                            .node("OwnLayer", {"x", "w"}, "h")
                            .node("OwnLayer", {"h", "w"}, "y"));
    auto& layer = functions.add("OwnLayer", {"a", "b"}, {"result"});
    Functions::node(layer, "MatMul", {"a", "b"}, "h");
    Functions::node(layer, "OwnLeaky", {"h"}, "result");
    auto& leaky = functions.add("OwnLeaky", {"h"}, {"y"});
    Functions::node(leaky, "LeakyRelu", {"h"}, "y");
    auto& slope = *leaky.mutable_node(0)->add_attribute();
    slope.set_name("alpha");
    slope.set_type(onnx::AttributeProto::FLOAT);
    slope.set_ref_attr_name("slope");
    leaky.add_attribute("slope");
    return functions;
}

void set_slope(onnx::NodeProto& node, float value) {
    auto& slope = *node.add_attribute();
    slope.set_name("slope");
    slope.set_type(onnx::AttributeProto::FLOAT);
    slope.set_f(value);
}

float leaky(float value, float slope) { return value < 0 ? slope * value : value; }

std::vector<float> expected_of_leaky(float slope) {
    const auto layer = [&](float a, float b) {
        return std::vector<float>{leaky(a - 2 * b, slope), leaky(b - a, slope)};
    };
    const auto h = layer(0.5F, 0.75F);
    return layer(h[0], h[1]);
}

TEST(InlineFunctions, AreWhatTheyHold) {
    expect_near(leaky_twice().of({0.5F, 0.75F}), expected_of_leaky(0.01F));
    Functions given = leaky_twice();
    set_slope(*given.model().mutable_functions(0)->mutable_node(1), 0.5F);
    expect_near(given.of({0.5F, 0.75F}), expected_of_leaky(0.5F));
}

/// As ONNX 1.13 and later write them: this is built with one that does not know the field.
TEST(InlineFunctions, AttributesHaveValuesOfTheirOwn) {
    Functions functions = leaky_twice();
    onnx::NodeProto holder;
    set_slope(holder, 0.25F);
    constexpr int attribute_proto = 11;
    auto& leaky = *functions.model().mutable_functions(1);
    leaky.GetReflection()->MutableUnknownFields(&leaky)->AddLengthDelimited(attribute_proto,
                                                                            holder.attribute(0).SerializeAsString());
    expect_near(functions.of({0.5F, 0.75F}), expected_of_leaky(0.25F));
    set_slope(*functions.model().mutable_functions(0)->mutable_node(1), 0.5F);
    expect_near(functions.of({0.5F, 0.75F}), expected_of_leaky(0.5F));
}

TEST(InlineFunctions, OverloadsAreToldApart) {
    Functions functions(ModelBuilder({1, 2}).node("OwnStep", {"x"}, "y"));
    constexpr int of_function = 13, of_node = 8;
    for (const char* type : {"Relu", "Neg"}) {
        auto& function = functions.add("OwnStep", {"a"}, {"b"});
        Functions::node(function, type, {"a"}, "b");
        function.GetReflection()->MutableUnknownFields(&function)->AddLengthDelimited(of_function, type);
    }
    auto& call = *functions.model().mutable_graph()->mutable_node(0);
    EXPECT_NE(functions.error().find("(OwnStep)"), std::string::npos);
    call.GetReflection()->MutableUnknownFields(&call)->AddLengthDelimited(of_node, "Neg");
    expect_near(functions.of({1, -2}), {-1, 2});
}

TEST(InlineFunctions, InputsAndOutputsMayBeLeftOutOrGoThrough) {
    Functions clip(ModelBuilder({1, 2}).floats("one", {}, {1}).node("OwnClip", {"x", "", "one"}, "y"));
    auto& function = clip.add("OwnClip", {"a", "least", "most"}, {"result", "same"});
    Functions::node(function, "Clip", {"a", "least", "most"}, "unused");
    Functions::node(function, "Clip", {"a", "least", "most"}, "result");
    expect_near(clip.of({3, -2}), {1, -2});

    Functions through(ModelBuilder({1, 2}).node("OwnSame", {"x"}, "h").node("Neg", {"h"}, "y"));
    through.add("OwnSame", {"a"}, {"a"});
    expect_near(through.of({3, -2}), {-3, 2});
}

TEST(InlineFunctions, WhatCannotBeIsRefused) {
    Functions endless(ModelBuilder({1, 2}).node("OwnLoop", {"x"}, "y"));
    Functions::node(endless.add("OwnLoop", {"a"}, {"b"}), "OwnLoop", {"a"}, "b");
    EXPECT_NE(endless.error().find("calls itself"), std::string::npos) << endless.error();

    Functions many(ModelBuilder({1, 2}).node("OwnA0", {"x"}, "y"));
    for (int i = 0; i < 40; ++i) {
        auto& function = many.add("OwnA" + std::to_string(i), {"a"}, {"c"});
        Functions::node(function, "OwnA" + std::to_string(i + 1), {"a"}, "b");
        Functions::node(function, "OwnA" + std::to_string(i + 1), {"b"}, "c");
    }
    EXPECT_NE(many.error().find("more than 200,000 nodes"), std::string::npos) << many.error();

    Functions old(ModelBuilder({1, 2}).node("OwnSoftmax", {"x"}, "y"));
    Functions::node(old.add("OwnSoftmax", {"a"}, {"b"}, 12), "Softmax", {"a"}, "b");
    EXPECT_NE(old.error().find("written for ONNX opset 12, the model for 13; inline functions first"),
              std::string::npos)
        << old.error();

    Functions control(ModelBuilder({1, 2}).node("OwnIf", {"x"}, "y"));
    auto& branch = Functions::node(control.add("OwnIf", {"a"}, {"b"}), "If", {"a"}, "b");
    branch.add_attribute()->mutable_g()->set_name("then");
    EXPECT_NE(control.error().find("control flow"), std::string::npos) << control.error();

    Functions mute(ModelBuilder({1, 2}).node("OwnOuter", {"x"}, "y"));
    auto& outer = mute.add("OwnOuter", {"a"}, {"b"});
    Functions::node(outer, "Relu", {"a"}, "b");
    Functions::node(outer, "OwnInner", {"a"}, "c").clear_output();
    Functions::node(mute.add("OwnInner", {"a"}, {"b"}), "Relu", {"a"}, "b");
    EXPECT_NE(mute.error().find("it has no output"), std::string::npos) << mute.error();
}

}  // namespace
}  // namespace dynbal::compiler
