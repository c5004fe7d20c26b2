//! Private to lower(): where the elements of an ONNX value lie in the [h, w, c] tensor holding it.
//!
//! Shape operators (Reshape, Transpose, ...) move no data: they only make a new Value on the same
//! tensor. An operator that needs structure (which elements are channels of one pixel?) recovers
//! it from the placement, so exporters may wrap it in any shape operators they like.
//!
//! Invariant: Value::place is a bijection from the value's elements to its tensor's elements; only in a padded value
//! some elements are zeros that lie nowhere.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "from_onnx/lower_node.hpp"
#include "graph/graph.hpp"

namespace dynbal::compiler {

using Places = std::vector<uint32_t>;

/// Place of an element that is zero and stored nowhere.
inline constexpr uint32_t nowhere = UINT32_MAX;

/// An activation: its ONNX shape, and for each element (row-major) the index in the tensor.
struct Value {
    TensorId tensor = no_tensor;
    Dims dims;
    std::shared_ptr<const Places> place;
    /// True if no other ONNX value, used on its own, lives in the same tensor.
    bool sole = true;
    /// True if elements lie nowhere: a Pad that the next operator may take over.
    bool padded = false;

    size_t size() const { return place->size(); }
};

/// A value seen as rows of `channel.size()` elements along one axis, where every row is one pixel.
struct Rows {
    std::vector<uint32_t> pixel;    ///< of row r: h * width + w
    std::vector<uint32_t> channel;  ///< of element k in each row
};

/// Index arithmetic for `dims` split at an axis into [outer, length, inner].
struct AxisSplit {
    size_t outer = 1, length = 1, inner = 1;

    AxisSplit(const Dims& dims, size_t axis);
    size_t row_count() const { return outer * inner; }
    size_t element(size_t row, size_t k) const { return (row / inner * length + k) * inner + row % inner; }
};

/// Nothing if the elements along the axis are not exactly the channels of one pixel each.
std::optional<Rows> split_rows(const Tensor& tensor, const Value& value, size_t axis);

/// A value [1, C, H, W] or [1, C, W] that is an image in its tensor.
struct Image {
    int h = 1, w = 1;  ///< of the tensor; H and W in the other order if `swapped`
    bool swapped = false;
    std::vector<uint32_t> channel;  ///< tensor channel of ONNX channel k
    /// Zeros around the tensor, in its orientation.
    int pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;

    bool is_padded() const { return pad_top + pad_left + pad_bottom + pad_right > 0; }
};

/// A padded value taken apart: what is stored, and zeros before and after it along each axis.
struct Padding {
    Value inner;
    Dims before, after;
};
/// Nothing if the zeros are not a border. Any value may be given.
std::optional<Padding> split_padding(const Value& value);

/// Nothing if height and width of the value, without padding, are not those of the tensor, or its channels are padded.
std::optional<Image> find_image(const Tensor& tensor, const Value& value);

/// Placement of elements when row r is pixel[r] and element k of each row is channel[k].
std::shared_ptr<const Places> place_rows(const AxisSplit& split, const Rows& rows);

/// Placement of a [1, C, H, W] value in an image.
std::shared_ptr<const Places> place_image(const Image& image, size_t channels);

/// The inverse permutation.
Places invert(const Places& places);

}  // namespace dynbal::compiler
