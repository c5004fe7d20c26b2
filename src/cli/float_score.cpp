#include "cli/float_score.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "experiment/result_json.hpp"
#include "from_onnx/lower.hpp"
#include "graph/graph_digest.hpp"
#include "quality/comparison.hpp"

namespace dynbal::cli {

bool is_model_of(const compiler::Graph& graph, const ImageFile& file) {
    const std::string& digest = file.host.model_digest;
    return digest.empty() || digest == compiler::digest_of(graph);
}

void warn_of_other_model(const Context& context, const std::string& model, const std::string& image) {
    context.warn(
        fmt::format("{} is not what {} was compiled from: it has other weights or operations; what differs "
                    "below are two models, not a model and its image",
                    model, image));
}

FloatScore::FloatScore(const std::string& model, const std::string& output, const ImageFile& file) {
    if (model.empty()) return;
    graphs_.push_back(compiler::read_graph(model, output));
    const HostInfo& host = file.host;
    if (graph().input_dims != host.input_dims || graph().output_dims != host.output_dims) {
        throw InputError(fmt::format(
            "--model {}: its input is {} and its output {}, those of the image {} and {}; give the model that the "
            "image was compiled from{}",
            model, shape_text(graph().input_dims), shape_text(graph().output_dims), shape_text(host.input_dims),
            shape_text(host.output_dims),
            output.empty() ? "; if it has several outputs, --output NAME says which" : ""));
    }
}

FloatScore::Worker::Worker(FloatScore& score) : score_(&score) {
    if (score.has_model()) runner_.emplace_back(score.graph());
}

void FloatScore::Worker::add(const std::vector<float>& sample, size_t label, size_t of_image) {
    for (compiler::FloatRunner& runner : runner_) {
        runner.run(sample);
        const std::vector<float> scores = runner.scores_onnx_order();
        score_->right_ += experiment::argmax(scores) == label ? 1U : 0U;
        score_->same_class_ += quality::largest_indices(scores).count(of_image);
    }
}

}  // namespace dynbal::cli
