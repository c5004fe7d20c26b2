#include "graph/narrow_curves.hpp"

#include <algorithm>

namespace dynbal::compiler {
namespace {

/// How far from zero the readers of each tensor tell values apart; no limit where another tensor shares its memory and scale.
std::vector<double> reaches_of(const Graph& graph) {
    constexpr double unlimited = std::numeric_limits<double>::infinity();
    std::vector<double> reaches(graph.tensors.size(), 0);
    const auto at = [&](TensorId id) -> double& { return reaches[static_cast<size_t>(id)]; };
    for (const Stage& stage : graph.stages) {
        const double reach = stage.kind == StageKind::curve ? stage.curve.flat_beyond : unlimited;
        for (const TensorId input : stage.inputs) at(input) = std::max(at(input), reach);
    }
    for (size_t id = 0; id < graph.tensors.size(); ++id) {
        const TensorId parent = graph.tensors[id].parent;
        if (parent != no_tensor) reaches[id] = at(parent) = unlimited;
    }
    at(graph.output) = unlimited;
    return reaches;
}

}  // namespace

void clamp_before_flat_curves(Graph& graph) {
    const std::vector<double> reaches = reaches_of(graph);
    for (Stage& stage : graph.stages) {
        const auto reach = static_cast<float>(reaches[static_cast<size_t>(stage.output)]);
        if (stage.kind == StageKind::softmax || stage.kind == StageKind::pool || reach == 0) continue;
        stage.clamp.low = std::max(stage.clamp.low, -reach);
        stage.clamp.high = std::min(stage.clamp.high, reach);
    }
}

}  // namespace dynbal::compiler
