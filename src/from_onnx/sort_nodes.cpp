#include "from_onnx/sort_nodes.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "base/error.hpp"
#include "from_onnx/lower_node.hpp"

namespace dynbal::compiler {
namespace {

class Sorter {
public:
    Sorter(const onnx::GraphProto& graph, const std::string& name)
        : graph_(graph), name_(name), state_(static_cast<size_t>(graph.node_size()), State::unseen) {
        for (const auto& tensor : graph.initializer()) given_.insert(tensor.name());
        for (const auto& input : graph.input()) given_.insert(input.name());
        for (int i = 0; i < graph.node_size(); ++i) {
            for (const std::string& output : graph.node(i).output()) {
                if (output.empty()) continue;
                if (given_.count(output) > 0 || !producer_.emplace(output, i).second) {
                    throw InputError(name_ + ": " + describe(graph.node(i)) + " computes '" + output +
                                     "', which is defined elsewhere, too; export the model again");
                }
            }
        }
    }

    std::vector<int> order() {
        std::vector<int> roots;
        for (const auto& output : graph_.output()) {
            const auto found = producer_.find(output.name());
            if (found != producer_.end()) roots.push_back(found->second);
            if (found == producer_.end() && given_.count(output.name()) == 0) {
                throw InputError(name_ + ": nothing computes the output '" + output.name() +
                                 "'; export the model again");
            }
        }
        for (const int root : roots) visit(root);
        return order_;
    }

private:
    enum class State : uint8_t { unseen, open, done };
    struct Visit {
        int node = 0, next_input = 0;
    };

    // Depth first with a stack of its own: models of 100,000 nodes in a row are no reason to die.
    void visit(int root) {
        std::vector<Visit> stack;
        const auto enter = [&](int node) {
            if (state_[static_cast<size_t>(node)] == State::open) {
                throw InputError(name_ + ": " + describe(graph_.node(node)) + " depends on its own output");
            }
            if (state_[static_cast<size_t>(node)] == State::unseen) {
                state_[static_cast<size_t>(node)] = State::open;
                stack.push_back({node});
            }
        };
        enter(root);
        while (!stack.empty()) {
            Visit& top = stack.back();
            const auto& node = graph_.node(top.node);
            if (top.next_input == node.input_size()) {
                state_[static_cast<size_t>(top.node)] = State::done;
                order_.push_back(top.node);
                stack.pop_back();
                continue;
            }
            const std::string& input = node.input(top.next_input++);
            const auto found = producer_.find(input);
            if (found != producer_.end()) {
                enter(found->second);
            } else if (!input.empty() && given_.count(input) == 0) {
                throw InputError(name_ + ": " + describe(node) + " reads '" + input +
                                 "', which nothing computes; export the model again");
            }
        }
    }

    const onnx::GraphProto& graph_;
    const std::string& name_;
    std::set<std::string> given_;
    std::map<std::string, int> producer_;
    std::vector<State> state_;
    std::vector<int> order_;
};

/// Nodes that can all be computed in the order of the file are left in it.
bool is_sorted(const onnx::GraphProto& graph, const std::vector<int>& nodes) {
    std::set<std::string> later;
    for (const int i : nodes) later.insert(graph.node(i).output().begin(), graph.node(i).output().end());
    later.erase("");
    for (const int i : nodes) {
        for (const std::string& input : graph.node(i).input()) {
            if (later.count(input) > 0) return false;
        }
        for (const std::string& output : graph.node(i).output()) later.erase(output);
    }
    return true;
}

}  // namespace

void sort_nodes(onnx::GraphProto& graph, const std::string& name) {
    std::vector<int> order = Sorter(graph, name).order();
    std::vector<int> in_file = order;
    std::sort(in_file.begin(), in_file.end());
    if (is_sorted(graph, in_file)) order = in_file;
    google::protobuf::RepeatedPtrField<onnx::NodeProto> nodes;
    for (const int i : order) nodes.Add()->Swap(graph.mutable_node(i));
    graph.mutable_node()->Swap(&nodes);
}

}  // namespace dynbal::compiler
