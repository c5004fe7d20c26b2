#include "compiler/equalise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "io/printable.hpp"

namespace dynbal::compiler {
namespace {

constexpr float worth_it = 4;  // two bits

/// The values of a part as channels of its parent.
struct Channels {
    int first = 0, end = 0;

    bool holds(size_t channel) const {
        return channel >= static_cast<size_t>(first) && channel < static_cast<size_t>(end);
    }
};

Channels channels_of(const Graph& graph, const Tensor& part) {
    const Tensor& parent = graph.tensors[static_cast<size_t>(part.parent)];
    const bool same_pixels = part.h == parent.h && part.w == parent.w;
    return {part.parent_channel, part.parent_channel + (same_pixels ? part.c : static_cast<int>(part.size()))};
}

size_t input_channel(const Stage& stage, size_t weight) {
    const auto groups = static_cast<size_t>(stage.groups);
    const size_t taps = static_cast<size_t>(stage.window.kernel_h) * static_cast<size_t>(stage.window.kernel_w);
    const size_t outs = stage.bias.size();
    const size_t group_in = stage.weights.size() / outs / taps;
    const size_t out = weight / (taps * group_in);
    return out / (outs / groups) * group_in + weight % group_in;
}

/// Who reads a tensor itself or a part of it; empty if something else than a convolution does.
std::vector<Stage*> convolutions_on(Graph& graph, TensorId id) {
    std::vector<Stage*> readers;
    for (Stage& stage : graph.stages) {
        if (std::find(stage.inputs.begin(), stage.inputs.end(), id) == stage.inputs.end()) continue;
        if (stage.kind != StageKind::conv) return {};
        readers.push_back(&stage);
    }
    const bool has_parts = std::any_of(graph.tensors.begin(), graph.tensors.end(),
                                       [&](const Tensor& other) { return other.is_part && other.parent == id; });
    return has_parts || graph.output == id ? std::vector<Stage*>{} : readers;
}

bool is_read_alone(const Graph& graph, TensorId id) {
    const auto reads = [&](const Stage& stage) {
        return std::find(stage.inputs.begin(), stage.inputs.end(), id) != stage.inputs.end();
    };
    const auto lies_in = [&](const Tensor& other) { return other.parent == id; };
    return graph.output == id || std::any_of(graph.stages.begin(), graph.stages.end(), reads) ||
           std::any_of(graph.tensors.begin(), graph.tensors.end(), lies_in);
}

Stage* producer_of(Graph& graph, TensorId id) {
    const auto found =
        std::find_if(graph.stages.begin(), graph.stages.end(), [&](const Stage& stage) { return stage.output == id; });
    const bool scales =
        found != graph.stages.end() && (found->kind == StageKind::conv || found->kind == StageKind::add);
    return scales ? &*found : nullptr;
}

/// How far weights for the part can become smaller before they are smaller than the others of their stage.
float spare_weight(const Stage& stage, const Channels& channels) {
    float of_part = 0;
    float of_others = 0;
    for (size_t i = 0; i < stage.weights.size(); ++i) {
        float& most = channels.holds(input_channel(stage, i)) ? of_part : of_others;
        most = std::max(most, std::fabs(stage.weights[i]));
    }
    return of_others > 0 ? of_part / of_others : worth_it;
}

void scale_producer(Stage& stage, float factor) {
    for (float& weight : stage.weights) weight *= factor;
    for (float& bias : stage.bias) bias *= factor;
    for (float& operand : stage.factors) operand *= factor;
    stage.clamp.low *= factor;
    stage.clamp.high *= factor;
}

}  // namespace

std::vector<float> equalise_parts(Graph& graph, std::vector<float>& largest) {
    std::vector<float> gains(graph.tensors.size(), 1.0F);
    for (size_t id = 0; id < graph.tensors.size(); ++id) {
        const Tensor& part = graph.tensors[id];
        if (part.parent == no_tensor || part.is_part || largest[id] <= 0) continue;
        const auto parent = static_cast<size_t>(part.parent);
        Stage* producer = producer_of(graph, static_cast<TensorId>(id));
        const std::vector<Stage*> readers = convolutions_on(graph, part.parent);
        const bool apart =
            graph.tensors[parent].parent == no_tensor && !is_read_alone(graph, static_cast<TensorId>(id));
        if (producer == nullptr || readers.empty() || !apart) continue;
        const Channels channels = channels_of(graph, part);
        float factor = largest[parent] / largest[id];
        for (const Stage* reader : readers) factor = std::min(factor, spare_weight(*reader, channels));
        if (!(factor >= worth_it)) continue;
        factor = std::exp2(std::floor(std::log2(factor)));
        scale_producer(*producer, factor);
        for (Stage* reader : readers) {
            for (size_t i = 0; i < reader->weights.size(); ++i) {
                if (channels.holds(input_channel(*reader, i))) reader->weights[i] /= factor;
            }
        }
        gains[id] = factor;
        largest[id] *= factor;
    }
    return gains;
}

std::vector<std::string> coarse_parts(const Graph& graph, const std::vector<float>& largest,
                                      const std::vector<double>& scales) {
    constexpr double steps_min = 64;  // rounding changes values by 0.8 % of the largest at most
    std::vector<std::string> warnings;
    for (size_t id = 0; id < graph.tensors.size(); ++id) {
        const Tensor& part = graph.tensors[id];
        const double steps = static_cast<double>(largest[id]) / scales[id];
        if (part.parent == no_tensor || part.is_part || largest[id] <= 0 || steps >= steps_min) continue;
        const Tensor& whole = graph.tensors[static_cast<size_t>(part.parent)];
        warnings.push_back(fmt::format(
            "'{}' is at most {:.3g} but shares a scale with the up to {:.3g} of '{}', which leaves it {:.0f} steps on "
            "each side of zero; bring the parts to one size (a BatchNormalization before the Concat) if the small one "
            "matters",
            io::printable(part.name), largest[id], largest[static_cast<size_t>(part.parent)], io::printable(whole.name),
            steps));
    }
    return warnings;
}

}  // namespace dynbal::compiler
