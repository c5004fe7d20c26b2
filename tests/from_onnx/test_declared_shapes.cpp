// Shapes that a file states: a wrong one of the output is an error, wrong ones within are a note.
#include "base/error.hpp"
#include "from_onnx/lower.hpp"
#include "model_builder.hpp"

namespace dynbal::compiler {
namespace {

void state(onnx::ValueInfoProto& info, const std::string& name, const std::vector<std::string>& dims) {
    info.set_name(name);
    auto& shape = *info.mutable_type()->mutable_tensor_type()->mutable_shape();
    shape.clear_dim();
    for (const std::string& dim : dims) {
        auto& added = *shape.add_dim();
        const bool number = dim.find_first_not_of("-0123456789") == std::string::npos && !dim.empty();
        if (number) added.set_dim_value(std::stoll(dim));
        if (!number && !dim.empty()) added.set_dim_param(dim);
    }
}

/// x [1, 2] -> r [1, 2] -> y [1, 3]
onnx::ModelProto network() {
    return ModelBuilder({1, 2}).node("Relu", {"x"}, "r").random("w", {2, 3}).node("MatMul", {"r", "w"}, "y").raw();
}

std::string error_of_output(const std::vector<std::string>& dims) {
    onnx::ModelProto model = network();
    state(*model.mutable_graph()->mutable_output(0), "y", dims);
    prepare_model(model, "test");
    try {
        lower(model);
    } catch (const InputError& error) {
        return error.what();
    }
    return {};
}

TEST(DeclaredShapes, AnOutputThatIsStatedOtherwise) {
    for (const std::vector<std::string>& dims :
         {std::vector<std::string>{"1", "3"}, {"N", "3"}, {"-1", "0"}, {"", ""}}) {
        EXPECT_EQ(error_of_output(dims), "");
    }
    EXPECT_EQ(
        error_of_output({"N", "4"}),
        "output 'y' is stated to have the shape [N, 4], but the nodes give [1, 3]; export the model again, with one "
        "sample as input");
    for (const std::vector<std::string>& dims : {std::vector<std::string>{"3"}, {"2", "3"}, {"1", "3", "1"}}) {
        EXPECT_NE(error_of_output(dims).find("but the nodes give [1, 3]"), std::string::npos);
    }
}

TEST(DeclaredShapes, WhatIsLeftOfOldOnesIsANote) {
    onnx::ModelProto model = network();
    state(*model.mutable_graph()->add_value_info(), "r", {"1", "2"});
    state(*model.mutable_graph()->add_value_info(), "gone", {"7"});
    onnx::ModelProto right = model;
    prepare_model(right, "test");
    EXPECT_TRUE(lower(right).notes.empty());
    state(*model.mutable_graph()->mutable_value_info(0), "r", {"1", "5"});
    prepare_model(model, "test");
    ASSERT_EQ(lower(model).notes.size(), 1U);
    EXPECT_NE(lower(model).notes[0].find("'r' [1, 5], but the nodes give [1, 2]; what the nodes give is taken"),
              std::string::npos);
}

/// Some tools write that where they know no shape.
TEST(DeclaredShapes, AnOutputThatIsStatedAsAScalar) {
    onnx::ModelProto model = network();
    state(*model.mutable_graph()->mutable_output(0), "y", {});
    prepare_model(model, "test");
    ASSERT_EQ(lower(model).notes.size(), 1U);
    EXPECT_NE(lower(model).notes[0].find("'y' []"), std::string::npos);
}

}  // namespace
}  // namespace dynbal::compiler
