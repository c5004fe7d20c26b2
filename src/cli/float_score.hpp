//! The float network beside its image on labelled inputs: how many answers of each are right, and how many agree.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "graph/float_run.hpp"
#include "image_file/image_file.hpp"

namespace dynbal::cli {

/// Whether an image was compiled from this graph; images of before versions that note it are taken at their word.
bool is_model_of(const compiler::Graph& graph, const ImageFile& file);
void warn_of_other_model(const Context& context, const std::string& model, const std::string& image);

class FloatScore {
public:
    /// Reads an .onnx model, or nothing if `model` is "". Throws InputError if its inputs or classes are not those of `file`.
    FloatScore(const std::string& model, const std::string& output, const ImageFile& file);

    /// One worker's share: its own runner.
    class Worker {
    public:
        explicit Worker(FloatScore& score);
        /// One sample, scaled, its label, and the class that the image gave. Does nothing without a model.
        void add(const std::vector<float>& sample, size_t label, size_t of_image);

    private:
        FloatScore* score_;
        std::vector<compiler::FloatRunner> runner_;  // one, or none without a model
    };

    bool has_model() const { return !graphs_.empty(); }
    const compiler::Graph& graph() const { return graphs_.front(); }
    uint64_t right() const { return right_; }
    /// Samples for which the image gave the float network's class, or one of those that share its largest score.
    uint64_t same_class() const { return same_class_; }

private:
    std::vector<compiler::Graph> graphs_;  // one, or none
    std::atomic<uint64_t> right_{0}, same_class_{0};
};

}  // namespace dynbal::cli
