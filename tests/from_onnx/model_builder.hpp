//! Builds small ONNX models in memory, and runs them through the front-end.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "from_onnx/read_onnx.hpp"
#include "graph/graph.hpp"

namespace dynbal::compiler {

using Shape = std::vector<int64_t>;

/// A model with one input "x" and one output, filled node by node.
class ModelBuilder {
public:
    explicit ModelBuilder(const Shape& input, int opset = 13);

    ModelBuilder& floats(const std::string& name, const Shape& shape, std::vector<float> values);
    ModelBuilder& integers(const std::string& name, std::vector<int64_t> values);
    /// A float constant of pseudo-random values in [-1, 1].
    ModelBuilder& random(const std::string& name, const Shape& shape);

    ModelBuilder& node(const std::string& type, const std::vector<std::string>& inputs, const std::string& output);
    /// Attributes of the node added last.
    ModelBuilder& with(const std::string& attribute, const Shape& values);
    ModelBuilder& with_int(const std::string& attribute, int64_t value);
    ModelBuilder& with_float(const std::string& attribute, float value);
    ModelBuilder& with_text(const std::string& attribute, const char* value);

    /// The model as a file would hold it, with the output of the last node as its output.
    onnx::ModelProto raw() const;
    /// The same, prepared.
    onnx::ModelProto build() const;
    Graph lower() const;

private:
    onnx::ModelProto model_;
};

/// `count` pseudo-random values in [-1, 1], the same for the same seed.
std::vector<float> random_values(size_t count, uint32_t seed);

/// Runs a graph in float on values in ONNX order; the result is in ONNX order.
std::vector<float> run(const Graph& graph, const std::vector<float>& input);

void expect_near(const std::vector<float>& actual, const std::vector<float>& expected, float tolerance = 1e-4F);

/// The message of the InputError that lowering the model gives; fails the test if there is none.
std::string lower_error(const ModelBuilder& builder);

/// Fails the test unless lowering gives an InputError with this text.
void expect_error(const ModelBuilder& builder, const std::string& text);

/// Fails the test if the graph breaks a rule of graph.hpp.
void expect_valid(const Graph& graph);

/// Short description of the stages, e.g. "conv pool add softmax".
std::string kinds(const Graph& graph);

}  // namespace dynbal::compiler
