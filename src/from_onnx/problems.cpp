#include "from_onnx/problems.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "from_onnx/lower_node.hpp"
#include "io/printable.hpp"

namespace dynbal::compiler {
namespace {

constexpr size_t nodes_shown = 3;
constexpr size_t problems_shown = 20;

constexpr const char* quantised_remedy = "give the float model, or one in QDQ form; the compiler quantises it itself";

/// What to do about an operator that is not supported; "" where there is no better advice than the list of those that are.
std::string remedy_of(const std::string& type) {
    static const std::map<std::string, std::string> remedies = {
        {"LSTM", "there are no recurrent layers; use 1-D convolutions over a window"},
        {"GRU", "there are no recurrent layers; use 1-D convolutions over a window"},
        {"RNN", "there are no recurrent layers; use 1-D convolutions over a window"},
        {"LayerNormalization", "train with BatchNormalization, which costs nothing at run time"},
        {"InstanceNormalization", "train with BatchNormalization, which costs nothing at run time"},
        {"GroupNormalization", "train with BatchNormalization, which costs nothing at run time"},
        {"LRN", "train without it, or with BatchNormalization"},
        {"DepthToSpace", "enlarge with a Resize ('nearest') or a ConvTranspose instead"},
        {"QLinearConv", quantised_remedy},
        {"QLinearMatMul", quantised_remedy},
        {"ConvInteger", quantised_remedy},
        {"MatMulInteger", quantised_remedy},
        {"NonMaxSuppression", "end the network before it with --output, and do it on the host"},
        {"TopK", "end the network before it with --output, and do it on the host"},
        {"ZipMap", "end the network before it with --output, and do it on the host"},
        {"TreeEnsembleClassifier", "only neural networks are supported"},
        {"TreeEnsembleRegressor", "only neural networks are supported"},
    };
    const auto found = remedies.find(type);
    return found == remedies.end() ? std::string() : found->second;
}

}  // namespace

bool is_standard(const onnx::NodeProto& node) { return node.domain().empty() || node.domain() == "ai.onnx"; }

void Problems::add_operator(const onnx::NodeProto& node) {
    const std::string domain = is_standard(node) ? "" : " of domain '" + io::printable(node.domain()) + "'";
    const std::string remedy = node.domain().starts_with("qonnx.") ? quantised_remedy : remedy_of(node.op_type());
    const std::string advice =
        remedy.empty() ? "build the network from operators of the list in docs/bring-your-own-network.md" : remedy;
    std::string text = "(";
    text += io::printable(node.op_type());
    text += "): operator" + domain + " not supported; " + advice;
    const std::string described = describe(node);
    operators_[text].push_back(described.substr(0, described.rfind(" (")));
}

void Problems::raise() const {
    std::vector<std::string> all;
    for (const auto& [text, nodes] : operators_) {
        std::string names;
        for (size_t i = 0; i < std::min(nodes.size(), nodes_shown); ++i) {
            if (i != 0) names += ", ";
            names += nodes[i];
        }
        if (nodes.size() > nodes_shown) names += " and " + std::to_string(nodes.size() - nodes_shown) + " more";
        names += ' ';
        names += text;
        all.push_back(names);
    }
    all.insert(all.end(), others_.begin(), others_.end());
    if (all.empty()) return;
    if (all.size() == 1) throw InputError(all.front());
    std::string text = std::to_string(all.size()) + " things cannot be compiled:";
    for (size_t i = 0; i < std::min(all.size(), problems_shown); ++i) text += "\n  " + all[i];
    if (all.size() > problems_shown) text += "\n  and " + std::to_string(all.size() - problems_shown) + " more";
    throw InputError(text);
}

}  // namespace dynbal::compiler
