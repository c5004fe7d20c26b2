#include "from_onnx/inline_functions.hpp"

#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "from_onnx/lower_node.hpp"

namespace dynbal::compiler {
namespace {

constexpr const char* remedy = "; inline functions first (onnx.inliner.inline_local_functions)";
constexpr int depth_max = 64;
constexpr int inlined_nodes_max = 200'000;
constexpr size_t bytes_max = size_t{1} << 31;

/// Fields that are newer than the ONNX this is built with.
constexpr int overload_of_node = 8, overload_of_function = 13, defaults_of_function = 11;

/// What such a field holds, once for each time that it is there.
std::vector<std::string> newer_field(const google::protobuf::Message& message, int number) {
    std::vector<std::string> found;
    const auto& fields = message.GetReflection()->GetUnknownFields(message);
    for (int i = 0; i < fields.field_count(); ++i) {
        const auto& field = fields.field(i);
        const bool is_it =
            field.number() == number && field.type() == google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED;
        if (is_it) found.push_back(field.length_delimited());
    }
    return found;
}

std::string text_of(const std::vector<std::string>& fields) { return fields.empty() ? "" : fields.back(); }

std::string standard_name(const std::string& domain) { return domain == "ai.onnx" ? "" : domain; }

template <typename Imports>
int64_t standard_opset_of(const Imports& imports) {
    for (const auto& opset : imports) {
        if (standard_name(opset.domain()).empty()) return opset.version();
    }
    return 0;
}

/// Operators that are read here mean the same in both.
bool mean_the_same(int64_t one, int64_t other) {
    constexpr std::array<int64_t, 5> changes{7, 9, 11, 13, 14};
    return std::all_of(changes.begin(), changes.end(), [&](int64_t at) { return (one < at) == (other < at); });
}

class Inliner {
public:
    Inliner(onnx::ModelProto& model, const std::string& name) : model_(model), name_(name) {
        for (const auto& function : model.functions()) {
            functions_[{standard_name(function.domain()), function.name(),
                        text_of(newer_field(function, overload_of_function))}] = &function;
        }
        const auto& graph = model.graph();
        for (const auto& tensor : graph.initializer()) names_.insert(tensor.name());
        for (const auto& input : graph.input()) names_.insert(input.name());
        for (const auto& node : graph.node()) names_.insert(node.output().begin(), node.output().end());
    }

    void run() {
        Nodes nodes;
        nodes.Swap(model_.mutable_graph()->mutable_node());
        for (int depth = 0;
             std::any_of(nodes.begin(), nodes.end(), [&](const auto& node) { return called(node) != nullptr; });
             ++depth) {
            if (depth == depth_max) {
                refuse(*first_call(nodes), "its function calls itself, or too many others within each other");
            }
            Nodes inlined;
            for (auto& node : nodes) {
                if (const onnx::FunctionProto* const function = called(node)) {
                    put(node, *function, inlined);
                } else {
                    inlined.Add()->Swap(&node);
                }
                if (inlined.size() > inlined_nodes_max) refuse(node, "the functions make up more than 200,000 nodes");
            }
            nodes.Swap(&inlined);
        }
        nodes.Swap(model_.mutable_graph()->mutable_node());
    }

private:
    using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;
    using Names = std::map<std::string, std::string>;

    [[noreturn]] void refuse(const onnx::NodeProto& call, const std::string& what) const {
        throw InputError(name_ + ": " + describe(call) + ": " + what + remedy);
    }

    const onnx::FunctionProto* called(const onnx::NodeProto& node) const {
        const auto found = functions_.find(
            {standard_name(node.domain()), node.op_type(), text_of(newer_field(node, overload_of_node))});
        return found == functions_.end() ? nullptr : found->second;
    }

    const onnx::NodeProto* first_call(const Nodes& nodes) const {
        return &*std::find_if(nodes.begin(), nodes.end(), [&](const auto& node) { return called(node) != nullptr; });
    }

    void put(const onnx::NodeProto& call, const onnx::FunctionProto& function, Nodes& nodes) {
        check(call, function);
        bytes_ += function.ByteSizeLong();
        if (bytes_ > bytes_max) refuse(call, "the functions make up more than 2 GiB");
        // Values are there once, names of nodes need not be.
        const std::string scope = (call.output(0).empty() ? call.name() : call.output(0)) + "/";
        const std::string prefix = (call.name().empty() ? call.output(0) : call.name()) + "/";
        Names names = names_of(call, function, nodes);
        const auto renamed = [&](const std::string& name) {
            if (name.empty()) return name;
            const auto found = names.find(name);
            if (found != names.end()) return found->second;
            return names[name] = unique(scope + name);
        };
        for (const auto& written : function.node()) {
            onnx::NodeProto& node = *nodes.Add();
            node = written;
            node.set_name(prefix + (written.name().empty() ? written.op_type() : written.name()));
            for (auto& input : *node.mutable_input()) input = renamed(input);
            for (auto& output : *node.mutable_output()) output = renamed(output);
            set_attributes(node, call, function);
        }
    }

    void check(const onnx::NodeProto& call, const onnx::FunctionProto& function) const {
        if (call.output_size() == 0) refuse(call, "it has no output");
        if (call.input_size() > function.input_size() || call.output_size() > function.output_size()) {
            refuse(call, "it has " + std::to_string(call.input_size()) + " inputs and " +
                             std::to_string(call.output_size()) + " outputs, its function " +
                             std::to_string(function.input_size()) + " and " + std::to_string(function.output_size()));
        }
        const int64_t here = standard_opset_of(model_.opset_import()),
                      there = standard_opset_of(function.opset_import());
        if (there != 0 && !mean_the_same(here, there)) {
            refuse(call, "its function is written for ONNX opset " + std::to_string(there) + ", the model for " +
                             std::to_string(here));
        }
    }

    /// Of what the function is given and gives, as the call has it. What it gives as it was given is copied by a node.
    Names names_of(const onnx::NodeProto& call, const onnx::FunctionProto& function, Nodes& nodes) {
        Names names;
        for (int i = 0; i < function.input_size(); ++i) names[function.input(i)] = input_name(call, i);
        for (int i = 0; i < call.output_size(); ++i) {
            if (call.output(i).empty()) continue;
            const auto [place, is_new] = names.emplace(function.output(i), call.output(i));
            if (is_new) continue;
            onnx::NodeProto& copy = *nodes.Add();
            copy.set_op_type("Identity");
            copy.set_name(call.output(i));
            copy.add_input(place->second);
            copy.add_output(call.output(i));
        }
        return names;
    }

    /// What a node of the function takes from the call: its attribute, the function's own value where the call has none, or nothing.
    static void set_attributes(onnx::NodeProto& node, const onnx::NodeProto& call,
                               const onnx::FunctionProto& function) {
        google::protobuf::RepeatedPtrField<onnx::AttributeProto> attributes;
        for (const auto& written : node.attribute()) {
            if (written.ref_attr_name().empty()) {
                *attributes.Add() = written;
                continue;
            }
            onnx::AttributeProto value;
            if (!find_attribute(written.ref_attr_name(), call, function, value)) continue;
            value.set_name(written.name());
            *attributes.Add() = std::move(value);
        }
        node.mutable_attribute()->Swap(&attributes);
    }

    static bool find_attribute(const std::string& name, const onnx::NodeProto& call,
                               const onnx::FunctionProto& function, onnx::AttributeProto& value) {
        for (const auto& given : call.attribute()) {
            if (given.name() != name) continue;
            value = given;
            return true;
        }
        for (const std::string& bytes : newer_field(function, defaults_of_function)) {
            if (value.ParseFromString(bytes) && value.name() == name) return true;
        }
        return false;
    }

    std::string unique(const std::string& wanted) {
        std::string name = wanted;
        for (int i = 2; !names_.insert(name).second; ++i) name = wanted + "_" + std::to_string(i);
        return name;
    }

    onnx::ModelProto& model_;
    const std::string& name_;
    std::map<std::tuple<std::string, std::string, std::string>, const onnx::FunctionProto*> functions_;
    std::set<std::string> names_;
    size_t bytes_ = 0;
};

}  // namespace

void inline_functions(onnx::ModelProto& model, const std::string& name) {
    if (model.functions_size() > 0) Inliner(model, name).run();
}

}  // namespace dynbal::compiler
