//! What the host makes of the output of a network's last stage.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dynbal {

/// LogSoftmax or ArgMax along an axis of the output, as the model's last node.
struct Epilogue {
    enum class Kind : uint8_t { none, log_softmax, arg_max };
    Kind kind = Kind::none;
    uint32_t axis = 0;
    std::vector<float> labels;        ///< arg_max: what stands for each index; empty: the index itself
    std::vector<int64_t> final_dims;  ///< ONNX shape of what the model gives then, batch as 1; of none: empty

    /// "none", "log_softmax", "arg_max".
    std::string name() const;
    /// Throws InputError for a name that there is not.
    static Epilogue from(const std::string& name, uint32_t axis);

    /// The logarithms of shares, if that is the kind; else the values as they are. `values` in ONNX order, of shape `dims`,
    /// which has the axis.
    std::vector<float> scores(std::vector<float> values, const std::vector<int64_t>& dims) const;
    /// The shape of what the model gives, for an output of shape `before`.
    const std::vector<int64_t>& answer_dims(const std::vector<int64_t>& before) const {
        return kind == Kind::none ? before : final_dims;
    }
    /// How many values it makes of an output of shape `before`, which has the axis.
    int64_t answer_values(const std::vector<int64_t>& before) const;
    /// What the model gives: scores, or the index, or its label, of the largest along the axis.
    std::vector<float> apply(std::vector<float> values, const std::vector<int64_t>& dims) const;
};

}  // namespace dynbal
