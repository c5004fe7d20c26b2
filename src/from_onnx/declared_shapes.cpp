#include "from_onnx/declared_shapes.hpp"

#include <set>

#include "io/printable.hpp"

namespace dynbal::compiler {
namespace {

const onnx::TensorShapeProto* shape_of(const onnx::ValueInfoProto& info) {
    const bool stated = info.type().has_tensor_type() && info.type().tensor_type().has_shape();
    return stated ? &info.type().tensor_type().shape() : nullptr;
}

/// Some tools write that of a value whose shape they do not know.
bool is_scalar(const onnx::ValueInfoProto& info) {
    const onnx::TensorShapeProto* shape = shape_of(info);
    return shape != nullptr && shape->dim_size() == 0;
}

/// The values that the network computes, and its input.
std::set<std::string> computed(const onnx::ModelProto& model, const Facts& facts) {
    std::set<std::string> names = {model.graph().input(0).name()};
    for (const auto* node : facts.nodes()) names.insert(node->output().begin(), node->output().end());
    return names;
}

}  // namespace

bool contradicts(const onnx::ValueInfoProto& info, const Dims& dims) {
    const onnx::TensorShapeProto* shape = shape_of(info);
    if (shape == nullptr) return false;
    if (static_cast<size_t>(shape->dim_size()) != dims.size()) return true;
    for (size_t i = 0; i < dims.size(); ++i) {
        const int64_t stated = shape->dim(static_cast<int>(i)).dim_value();
        if (stated > 0 && stated != dims[i]) return true;
    }
    return false;
}

std::string stated_shape(const onnx::ValueInfoProto& info) {
    std::string text;
    for (const auto& dim : info.type().tensor_type().shape().dim()) {
        const std::string name = dim.dim_param().empty() ? "?" : io::printable(dim.dim_param());
        text += (text.empty() ? "" : ", ") + (dim.dim_value() > 0 ? std::to_string(dim.dim_value()) : name);
    }
    return "[" + text + "]";
}

std::string contradiction_of_output(const onnx::ModelProto& model, const Facts& facts) {
    const onnx::ValueInfoProto& output = model.graph().output(0);
    const Dims* dims = facts.dims(output.name());
    if (dims == nullptr || is_scalar(output) || !contradicts(output, *dims)) return {};
    return "output '" + io::printable(output.name()) + "' is stated to have the shape " + stated_shape(output) +
           ", but the nodes give " + to_string(*dims) + "; export the model again, with one sample as input";
}

std::string note_on_stated_shapes(const onnx::ModelProto& model, const Facts& facts) {
    const std::set<std::string> names = computed(model, facts);
    size_t count = 0;
    std::string first;
    const auto look = [&](const onnx::ValueInfoProto& info) {
        const Dims* dims = names.count(info.name()) > 0 ? facts.dims(info.name()) : nullptr;
        if (dims == nullptr || !contradicts(info, *dims)) return;
        if (++count > 1) return;
        first =
            "'" + io::printable(info.name()) + "' " + stated_shape(info) + ", but the nodes give " + to_string(*dims);
    };
    for (const auto& info : model.graph().value_info()) look(info);
    if (is_scalar(model.graph().output(0))) look(model.graph().output(0));
    if (count == 0) return {};
    return "the file states a shape for " + first +
           (count == 1 ? "" : ", and " + std::to_string(count - 1) + " more like it") +
           "; what the nodes give is taken (a tool that changed the model left the old shapes)";
}

}  // namespace dynbal::compiler
