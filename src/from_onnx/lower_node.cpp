#include "from_onnx/lower_node.hpp"

#include "base/error.hpp"
#include "io/printable.hpp"

namespace dynbal::compiler {
namespace {

const onnx::AttributeProto* find_attribute(const onnx::NodeProto& node, const std::string& name,
                                           onnx::AttributeProto::AttributeType type) {
    for (const auto& attribute : node.attribute()) {
        if (attribute.name() != name) continue;
        if (attribute.type() != type) fail(node, "attribute '" + name + "' has the wrong type");
        return &attribute;
    }
    return nullptr;
}

}  // namespace

std::string describe(const onnx::NodeProto& node) {
    std::string name = node.name();
    if (name.empty() && node.output_size() > 0) name = node.output(0);
    return "node '" + io::printable(name) + "' (" + io::printable(node.op_type()) + ")";
}

void fail(const onnx::NodeProto& node, const std::string& what) {
    throw InputError(describe(node) + ": " + io::printable(what, io::line_width_max));
}

std::string to_string(const Dims& dims) {
    std::string text = "[";
    for (size_t i = 0; i < dims.size(); ++i) {
        if (i > 0) text += ", ";
        text += std::to_string(dims[i]);
    }
    return text + "]";
}

const std::string& input_name(const onnx::NodeProto& node, int index) {
    static const std::string none;
    return index < node.input_size() ? node.input(index) : none;
}

bool has_attribute(const onnx::NodeProto& node, const std::string& name) {
    for (const auto& attribute : node.attribute()) {
        if (attribute.name() == name) return true;
    }
    return false;
}

int64_t int_attribute(const onnx::NodeProto& node, const std::string& name, int64_t otherwise) {
    const auto* attribute = find_attribute(node, name, onnx::AttributeProto::INT);
    return attribute == nullptr ? otherwise : attribute->i();
}

float float_attribute(const onnx::NodeProto& node, const std::string& name, float otherwise) {
    const auto* attribute = find_attribute(node, name, onnx::AttributeProto::FLOAT);
    return attribute == nullptr ? otherwise : attribute->f();
}

std::string string_attribute(const onnx::NodeProto& node, const std::string& name, const std::string& otherwise) {
    const auto* attribute = find_attribute(node, name, onnx::AttributeProto::STRING);
    return attribute == nullptr ? otherwise : attribute->s();
}

Dims ints_attribute(const onnx::NodeProto& node, const std::string& name) {
    const auto* attribute = find_attribute(node, name, onnx::AttributeProto::INTS);
    if (attribute == nullptr) return {};
    return Dims(attribute->ints().begin(), attribute->ints().end());
}

std::vector<float> floats_attribute(const onnx::NodeProto& node, const std::string& name) {
    const auto* attribute = find_attribute(node, name, onnx::AttributeProto::FLOATS);
    if (attribute == nullptr) return {};
    return {attribute->floats().begin(), attribute->floats().end()};
}

size_t resolve_axis(const onnx::NodeProto& node, int64_t axis, size_t rank) {
    const auto count = static_cast<int64_t>(rank);
    if (axis < -count || axis >= count) {
        fail(node, "axis " + std::to_string(axis) + " is outside a tensor of rank " + std::to_string(count));
    }
    return static_cast<size_t>(axis < 0 ? axis + count : axis);
}

}  // namespace dynbal::compiler
