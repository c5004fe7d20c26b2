// What the attributes and inputs of operators that take a part, or another shape, mean.
#include <algorithm>

#include "from_onnx/facts.hpp"

namespace dynbal::compiler {
namespace {

constexpr int64_t dim_max = int64_t{1} << 40;

Dims checked(const onnx::NodeProto& node, Dims dims, const Dims& from) {
    for (const int64_t dim : dims) {
        if (dim < 0 || dim > dim_max) fail(node, "the shape " + to_string(dims) + " is impossible");
    }
    if (element_count(dims) != element_count(from)) {
        fail(node, "cannot turn " + to_string(from) + " into " + to_string(dims));
    }
    return dims;
}

Dims reshape(const onnx::NodeProto& node, const Facts& facts, const Dims& dims) {
    Dims wanted = facts.ints(node, 1, "shape");
    const bool zero_is_zero = int_attribute(node, "allowzero", 0) != 0;
    int64_t known = 1;
    int64_t* open = nullptr;
    for (size_t i = 0; i < wanted.size(); ++i) {
        int64_t& dim = wanted[i];
        if (dim == 0 && !zero_is_zero) dim = i < dims.size() ? dims[i] : -2;
        if (dim < -1 || dim > dim_max || (dim == -1 && open != nullptr)) {
            fail(node, "cannot turn " + to_string(dims) + " into " + to_string(wanted));
        }
        if (dim == -1) open = &dim;
        if (dim != -1) known = element_count({known, dim});
    }
    if (open != nullptr) *open = known > 0 ? element_count(dims) / known : 0;
    return checked(node, wanted, dims);
}

Dims flatten(const onnx::NodeProto& node, const Dims& dims) {
    const auto rank = static_cast<int64_t>(dims.size());
    const int64_t given = int_attribute(node, "axis", 1);
    const int64_t axis = given < 0 ? given + rank : given;
    if (axis < 0 || axis > rank) fail(node, "axis " + std::to_string(given) + " is outside its input");
    const Dims outer(dims.begin(), dims.begin() + axis);
    const Dims inner(dims.begin() + axis, dims.end());
    return {element_count(outer), element_count(inner)};
}

Dims squeeze(const onnx::NodeProto& node, const Facts& facts, const Dims& dims) {
    const Dims axes = facts.ints(node, 1, "axes");
    std::vector<bool> gone(dims.size(), false);
    for (const int64_t axis : axes) gone[resolve_axis(node, axis, dims.size())] = true;
    Dims kept;
    for (size_t i = 0; i < dims.size(); ++i) {
        if (!(axes.empty() ? dims[i] == 1 : bool{gone[i]})) kept.push_back(dims[i]);
    }
    return checked(node, kept, dims);
}

Dims unsqueeze(const onnx::NodeProto& node, const Facts& facts, const Dims& dims) {
    const Dims axes = facts.ints(node, 1, "axes");
    std::vector<bool> added(dims.size() + axes.size(), false);
    for (const int64_t axis : axes) added[resolve_axis(node, axis, added.size())] = true;
    Dims result;
    size_t next = 0;
    for (const bool is_new : added) {
        if (!is_new && next == dims.size()) fail(node, "its axes " + to_string(axes) + " are not all different");
        result.push_back(is_new ? 1 : dims[next++]);
    }
    return checked(node, result, dims);
}

}  // namespace

Dims reshaped(const onnx::NodeProto& node, const Facts& facts, const Dims& dims) {
    if (node.op_type() == "Reshape") return reshape(node, facts, dims);
    if (node.op_type() == "Flatten") return flatten(node, dims);
    if (node.op_type() == "Squeeze") return squeeze(node, facts, dims);
    return unsqueeze(node, facts, dims);
}

std::vector<bool> reduced_axes(const onnx::NodeProto& node, const Facts& facts, size_t rank) {
    const Dims axes = facts.ints(node, 1, "axes");
    const bool none = axes.empty() && int_attribute(node, "noop_with_empty_axes", 0) != 0;
    std::vector<bool> reduced(rank, axes.empty() && !none);
    for (const int64_t axis : axes) reduced[resolve_axis(node, axis, rank)] = true;
    return reduced;
}

std::vector<Cutout> slice_cutouts(const onnx::NodeProto& node, const Facts& facts, const Dims& dims) {
    const Dims starts = facts.ints(node, 1, "starts");
    const Dims ends = facts.ints(node, 2, "ends");
    Dims axes = facts.ints(node, 3, "axes");
    const Dims steps = input_name(node, 4).empty() ? Dims(starts.size(), 1) : facts.ints(node, 4, "steps");
    for (size_t i = 0; axes.size() < starts.size(); ++i) axes.push_back(static_cast<int64_t>(i));
    if (ends.size() != starts.size() || axes.size() != starts.size() || steps.size() != starts.size()) {
        fail(node, "its starts, ends, axes and steps differ in number");
    }
    std::vector<Cutout> cutouts;
    for (const int64_t dim : dims) cutouts.push_back({0, 1, dim});
    for (size_t i = 0; i < starts.size(); ++i) {
        const size_t axis = resolve_axis(node, axes[i], dims.size());
        const int64_t length = dims[axis];
        const int64_t step = steps[i];
        if (step == 0 || step < -dim_max) fail(node, "its step is " + std::to_string(step));
        const auto place = [&](int64_t at, int64_t low, int64_t high) {
            const int64_t from_front = at < 0 ? std::max(at, -dim_max) + length : at;
            return std::clamp(from_front, low, high);
        };
        const bool forward = step > 0;
        const int64_t begin = forward ? place(starts[i], 0, length) : place(starts[i], 0, length - 1);
        const int64_t end = forward ? place(ends[i], 0, length) : place(ends[i], -1, length - 1);
        const int64_t span = forward ? end - begin : begin - end;
        const int64_t stride = std::min(forward ? step : -step, dim_max);
        cutouts[axis] = {begin, forward ? stride : -stride, span <= 0 ? 0 : (span + stride - 1) / stride};
    }
    return cutouts;
}

Dims split_sizes(const onnx::NodeProto& node, const Facts& facts, const Dims& dims, size_t axis) {
    Dims sizes = facts.ints(node, 1, "split");
    const int64_t length = dims[axis];
    const auto parts = static_cast<int64_t>(node.output_size());
    if (sizes.empty()) {
        const int64_t each = (length + parts - 1) / parts;
        for (int64_t i = 0; i < parts; ++i) sizes.push_back(std::clamp<int64_t>(length - i * each, 0, each));
    }
    int64_t total = 0;
    for (const int64_t size : sizes) {
        if (size < 0 || size > length) fail(node, "its parts " + to_string(sizes) + " do not fit its input");
        total += size;
    }
    if (total != length || static_cast<int64_t>(sizes.size()) != parts) {
        fail(node, "its parts " + to_string(sizes) + " do not make up the " + std::to_string(length) +
                       " values along axis " + std::to_string(axis));
    }
    return sizes;
}

std::vector<uint32_t> cutout_sources(const Dims& dims, const std::vector<Cutout>& cutouts) {
    std::vector<int64_t> stride(dims.size(), 1);
    for (size_t i = dims.size(); i-- > 1;) stride[i - 1] = stride[i] * dims[i];
    std::vector<uint32_t> sources{0};
    for (size_t axis = 0; axis < dims.size(); ++axis) {
        std::vector<uint32_t> next;
        next.reserve(sources.size() * static_cast<size_t>(cutouts[axis].count));
        for (const uint32_t base : sources) {
            for (int64_t i = 0; i < cutouts[axis].count; ++i) {
                const int64_t at = cutouts[axis].begin + i * cutouts[axis].step;
                next.push_back(base + static_cast<uint32_t>(at * stride[axis]));
            }
        }
        sources = std::move(next);
    }
    return sources;
}

}  // namespace dynbal::compiler
