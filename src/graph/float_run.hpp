//! Runs a graph in float, for calibration and as the reference that quantised results are held to.
//!
//! Invariants: the graph must outlive the runner and be one that lower() returned; one runner is
//! used by one thread at a time (make one per thread).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "graph/graph.hpp"

namespace dynbal::compiler {

class FloatRunner {
public:
    explicit FloatRunner(const Graph& graph);

    /// Runs one sample given in ONNX order (graph.input_dims). Returns the values of every tensor,
    /// [h, w, c] each, by TensorId; valid until the next call. Throws InputError if the number of
    /// input values is wrong.
    const std::vector<std::vector<float>>& run(std::span<const float> input_onnx_order);

    /// What the stages gave in the last run, in ONNX order, as an image gives it: without the epilogue.
    std::vector<float> scores_onnx_order() const;
    /// What the model gave in the last run, in ONNX order, epilogue included.
    std::vector<float> output_onnx_order() const;

private:
    /// Weights in the order the inner loops read them.
    struct Packed {
        std::vector<float> weights;  ///< [group][in][out], outputs padded to whole blocks
        size_t out_padded = 0;       ///< per group
    };

    void pack(const Stage& stage, Packed& packed) const;
    void run_stage(size_t index);
    void run_conv(const Stage& stage, const Packed& packed);
    void run_depthwise(const Stage& stage, const Packed& packed);
    void run_pool(const Stage& stage);
    void run_add(const Stage& stage);
    void run_softmax(const Stage& stage);
    void run_multiply(const Stage& stage);
    void run_curve(const Stage& stage);
    void clamp(const Stage& stage);
    void copy_to_parents(TensorId id);
    /// Fetches a part from where it was written.
    void copy_from_parent(TensorId id);
    /// Calls visit(index of a pixel's first value, its index in the parent, channels).
    template <typename Visit>
    void for_each_pixel(TensorId id, const Visit& visit) const;

    const Tensor& tensor(TensorId id) const { return graph_.tensors[static_cast<size_t>(id)]; }
    std::vector<float>& values(TensorId id) { return values_[static_cast<size_t>(id)]; }

    const Graph& graph_;
    std::vector<Packed> packed_;              // by stage
    std::vector<std::vector<float>> values_;  // by tensor
    std::vector<float> columns_;              // the input values of a few output pixels
};

}  // namespace dynbal::compiler
