// Pad: zeros before a Conv or pool become that node's own padding, before anything else is looked at.
#include <algorithm>
#include <set>

#include "compiler/lower_ops.hpp"

namespace dynbal::compiler {
namespace {

/// The constant of that name in the model, empty if there is none.
Constant constant_of(const onnx::GraphProto& graph, const std::string& name) {
    for (const auto& tensor : graph.initializer()) {
        if (tensor.name() == name) return read_constant(tensor, name);
    }
    for (const auto& node : graph.node()) {
        if (node.op_type() == "Constant" && node.output_size() > 0 && node.output(0) == name) {
            return read_constant_node(node);
        }
    }
    return {};
}

const onnx::NodeProto* producer_of(const onnx::GraphProto& graph, const std::string& name) {
    for (const auto& node : graph.node()) {
        if (std::find(node.output().begin(), node.output().end(), name) != node.output().end()) return &node;
    }
    return nullptr;
}

/// Padding of the spatial axes, [begin..., end...]. Throws InputError for what no window can take over.
Dims spatial_pads(const onnx::GraphProto& graph, const onnx::NodeProto& pad) {
    const std::string mode = string_attribute(pad, "mode", "constant");
    if (mode != "constant") fail(pad, "attribute 'mode' is '" + mode + "'; only 'constant' is supported");
    const Constant value = constant_of(graph, input_name(pad, 2));
    const bool known = input_name(pad, 2).empty() || !value.values.empty();
    if (!known || float_attribute(pad, "value", 0) != 0 || (!value.values.empty() && value.values[0] != 0)) {
        fail(pad, "its constant value is not 0");
    }
    const bool as_attribute = input_name(pad, 1).empty();
    const Dims pads = as_attribute ? ints_attribute(pad, "pads") : constant_of(graph, input_name(pad, 1)).integers;
    if (pads.empty()) fail(pad, "its 'pads' are not constant; fold constants before the export");
    if (pads.size() != 6 && pads.size() != 8) {
        fail(pad, "its 'pads' " + to_string(pads) + " do not fit [1, C, W] or [1, C, H, W]");
    }
    Dims spatial;
    for (size_t i = 0; i < pads.size(); ++i) {
        const bool is_spatial = i % (pads.size() / 2) >= 2;
        if (pads[i] < 0 || (!is_spatial && pads[i] != 0)) {
            fail(pad, "its 'pads' " + to_string(pads) + " crop, or add to the batch or the channels");
        }
        if (is_spatial) spatial.push_back(pads[i]);
    }
    return spatial;
}

/// Values that are surely not negative: then zeros around them change no maximum.
bool is_not_negative(const onnx::GraphProto& graph, const std::string& name) {
    const onnx::NodeProto* producer = producer_of(graph, name);
    if (producer == nullptr) return false;
    if (producer->op_type() == "Clip") {
        const Constant low = constant_of(graph, input_name(*producer, 1));
        return float_attribute(*producer, "min", low.values.empty() ? -1.0F : low.values[0]) >= 0;
    }
    return producer->op_type() == "Relu";
}

void set_int(onnx::NodeProto& node, const std::string& name, int64_t value) {
    auto* attribute = node.add_attribute();
    attribute->set_name(name);
    attribute->set_type(onnx::AttributeProto::INT);
    attribute->set_i(value);
}

void remove_attribute(onnx::NodeProto& node, const std::string& name) {
    auto& all = *node.mutable_attribute();
    all.erase(std::remove_if(all.begin(), all.end(), [&](const auto& one) { return one.name() == name; }), all.end());
}

/// Gives the padding to a node that reads the padded value; false if its own meaning would change.
bool absorb(const onnx::GraphProto& graph, const onnx::NodeProto& pad, const Dims& pads, onnx::NodeProto& reader) {
    const std::string& type = reader.op_type();
    const std::string auto_pad = string_attribute(reader, "auto_pad", "NOTSET");
    const bool same = auto_pad != "NOTSET" && auto_pad != "VALID" && !auto_pad.empty();
    Dims own = auto_pad == "VALID" ? Dims{} : ints_attribute(reader, "pads");
    const bool own_padding = std::any_of(own.begin(), own.end(), [](int64_t value) { return value != 0; });
    own.resize(pads.size(), 0);
    if (same) return false;
    if (type == "AveragePool") {
        // Zeros of the Pad count in its averages, those of its own padding only if it says so.
        const bool counts = int_attribute(reader, "count_include_pad", 0) != 0;
        if (own_padding && !counts) return false;
        remove_attribute(reader, "count_include_pad");
        set_int(reader, "count_include_pad", 1);
    } else if (type == "MaxPool") {
        if (!is_not_negative(graph, pad.input(0))) return false;
    } else if (type != "Conv" || reader.input(0) != pad.output(0)) {
        return false;
    }
    remove_attribute(reader, "auto_pad");
    remove_attribute(reader, "pads");
    auto* attribute = reader.add_attribute();
    attribute->set_name("pads");
    attribute->set_type(onnx::AttributeProto::INTS);
    for (size_t i = 0; i < pads.size(); ++i) attribute->add_ints(own[i] + pads[i]);
    reader.set_input(0, pad.input(0));
    return true;
}

void fold(onnx::GraphProto& graph, onnx::NodeProto& node) {
    const onnx::NodeProto pad = node;
    const Dims pads = spatial_pads(graph, pad);
    if (std::all_of(pads.begin(), pads.end(), [](int64_t value) { return value == 0; })) {
        node.set_op_type("Identity");
        node.clear_attribute();
        while (node.input_size() > 1) node.mutable_input()->RemoveLast();
        return;
    }
    for (auto& reader : *graph.mutable_node()) {
        const bool reads =
            std::find(reader.input().begin(), reader.input().end(), pad.output(0)) != reader.input().end();
        if (!reads || absorb(graph, pad, pads, reader)) continue;
        fail(pad,
             "it is supported only before a Conv, an AveragePool whose padding counts, or a MaxPool of values that "
             "are not negative; " +
                 describe(reader) + " reads it");
    }
}

}  // namespace

void fold_pads(onnx::ModelProto& model) {
    onnx::GraphProto& graph = *model.mutable_graph();
    for (auto& node : *graph.mutable_node()) {
        if (node.op_type() == "Pad" && node.input_size() > 0 && node.output_size() > 0) fold(graph, node);
    }
}

void lower_pad(Context&, const onnx::NodeProto& node) {
    fail(node, "it is supported only before a Conv or pool; the output of the model depends on it otherwise");
}

}  // namespace dynbal::compiler
