#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <stdexcept>

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/float_score.hpp"
#include "cli/write_report.hpp"
#include "io/npy.hpp"
#include "io/progress.hpp"
#include "sim/parallel.hpp"
#include "sim/session.hpp"
#include "sim/supply.hpp"

namespace dynbal::cli {
namespace {

struct EvaluateArguments {
    ImageArguments image;
    std::string inputs, labels, model, output;
    int64_t limit = 0;
    std::string policy = policy_of(default_policy).name;
    uint32_t jobs = 0;
};

io::Array read_classes(const std::string& path, uint32_t classes) {
    try {
        return io::read_npy(path);
    } catch (const InputError& error) {
        throw InputError(
            fmt::format("{}; --labels takes classes as whole numbers from 0 to {}, one for each sample (.npy)",
                        error.what(), classes - 1));
    }
}

/// One class per sample, each the index of an output value.
std::vector<uint32_t> read_labels(const std::string& path, int64_t samples, uint32_t classes) {
    const io::Array array = read_classes(path, classes);
    if (array.shape.size() == 2 && array.shape[0] == samples && array.shape[1] == classes) {
        throw InputError(
            fmt::format("{}: labels of shape {}; one class is needed for each sample. Are they one-hot? "
                        "Then numpy.argmax(labels, axis=1) has the classes",
                        path, shape_text(array.shape)));
    }
    if (array.size() != samples) {
        throw InputError(
            fmt::format("{}: {} labels for {} samples; there must be one for each", path, array.size(), samples));
    }
    std::vector<uint32_t> labels;
    for (size_t i = 0; i < array.values.size(); ++i) {
        const float label = array.values[i];
        if (label < 0 || label >= static_cast<float>(classes) || std::floor(label) != label) {
            throw InputError(fmt::format("{}: sample {} has the label {}; the model has the classes 0 to {}", path, i,
                                         label, classes - 1));
        }
        labels.push_back(static_cast<uint32_t>(label));
    }
    return labels;
}

struct Score {
    uint64_t samples = 0, right = 0;
    quality::RangeUse range;
};

Score evaluate(const EvaluateArguments& arguments, const ImageFile& file, const SampleFile& samples,
               const std::vector<uint32_t>& labels, FloatScore& reference) {
    const float scale = arguments.image.scale_for(file);
    sim::RunOptions options;
    options.policy = sim::parse_policy(arguments.policy);
    std::vector<uint8_t> right(labels.size(), 0);
    std::vector<double> largest(labels.size(), 0);
    std::atomic<uint64_t> outside = 0, saturated = 0;
    io::Progress progress("evaluating", static_cast<int64_t>(labels.size()));
    sim::WorkQueue queue(labels.size(), 8);
    sim::run_workers(queue, arguments.jobs, [&](sim::WorkQueue& work) {
        sim::Session session(file);
        FloatScore::Worker float_worker(reference);
        const auto supply = sim::parse_supply("none");
        while (const auto piece = work.next()) {
            for (uint64_t i = piece->begin; i < piece->end; ++i) {
                const std::vector<float> sample = samples.sample(static_cast<int64_t>(i), scale);
                outside += file.count_outside(sample);
                largest[i] = file.largest_share(sample);
                const sim::RunResult result = session.run_inference(file.quantise_input(sample), *supply, options);
                if (!result.completed()) {
                    throw std::runtime_error("sample " + std::to_string(i) + ": " + result.message);
                }
                saturated += file.count_saturated(result.output);
                const size_t found = argmax(file.dequantise_output(result.output));
                right[i] = found == labels[i] ? 1 : 0;
                float_worker.add(sample, labels[i], found);
                progress.advance();
            }
        }
    });
    const uint64_t count = labels.size();
    const quality::RangeUse range{count * file.header().input_values, outside, count * file.header().output_values,
                                  saturated, count == 0 ? 0 : *std::max_element(largest.begin(), largest.end())};
    return {count, static_cast<uint64_t>(std::count(right.begin(), right.end(), uint8_t{1})), range};
}

double share_of(uint64_t part, uint64_t all) {
    return static_cast<double>(part) / static_cast<double>(std::max<uint64_t>(1, all));
}

std::string text_of(const Score& score, const FloatScore& reference) {
    const auto line = [&](uint64_t part, const char* what) {
        return fmt::format("{:.2f} % {}: {} of {} samples\n", 100 * share_of(part, score.samples), what, grouped(part),
                           grouped(score.samples));
    };
    const std::string own = line(score.right, "right");
    if (!reference.has_model()) return own + "--model MODEL.onnx sets the float network beside it.\n";
    return own + line(reference.right(), "right with the float network") +
           line(reference.same_class(), "the same class from both");
}

nlohmann::ordered_json json_of(const Score& score, const FloatScore& reference, bool same_model) {
    nlohmann::ordered_json json{{"samples", score.samples},
                                {"right", score.right},
                                {"accuracy", share_of(score.right, score.samples)},
                                {"float", nullptr},
                                {"input_values_outside", score.range.inputs_outside},
                                {"input_range_used", score.range.inputs_largest},
                                {"output_values_saturated", score.range.outputs_saturated}};
    if (reference.has_model()) {
        json["float"] = {{"right", reference.right()},
                         {"accuracy", share_of(reference.right(), score.samples)},
                         {"same_class", reference.same_class()},
                         {"same_model", same_model}};
    }
    return json;
}

void run(const EvaluateArguments& arguments, Context& context) {
    sim::parse_policy(arguments.policy);
    const ImageFile file = arguments.image.read();
    FloatScore reference(arguments.model, arguments.output, file);
    const bool same_model = !reference.has_model() || is_model_of(reference.graph(), file);
    if (!same_model) warn_of_other_model(context, arguments.model, arguments.image.path);
    const SampleFile samples(arguments.inputs, file.host.input_dims, file.host.sound_text);
    note_input(context, samples.note());
    std::vector<uint32_t> labels = samples.labels();
    if (!arguments.labels.empty()) {
        labels = read_labels(arguments.labels, samples.count(), file.header().output_values);
    } else if (labels.empty()) {
        throw InputError("--labels FILE.npy is needed, or a folder as --inputs with a folder for each class in it");
    }
    if (arguments.limit > 0 && static_cast<size_t>(arguments.limit) < labels.size()) {
        labels.resize(static_cast<size_t>(arguments.limit));
    }
    const Score score = evaluate(arguments, file, samples, labels, reference);
    warn_of_range(context, score.range);
    context.print(json_of(score, reference, same_model), text_of(score, reference));
}

}  // namespace

void add_evaluate(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand("evaluate", "Accuracy on labelled inputs, through the real engine");
    const auto arguments = std::make_shared<EvaluateArguments>();
    arguments->image.add_to(*command, true);
    command
        ->add_option(
            "--inputs", arguments->inputs,
            "Samples: .npy, .npz, .csv, or a folder of files (pictures and sounds, too) with a folder for each class")
        ->required();
    command->add_option("--labels", arguments->labels, "The class of each sample (.npy); folders have them already");
    CLI::Option* const model = command->add_option(
        "--model", arguments->model, "The .onnx model that the image was compiled from: its answers in floats, too");
    command->add_option("--output", arguments->output, "The output it was compiled for, if the model has several")
        ->needs(model);
    command->add_option("--limit", arguments->limit, "Only the first N samples")
        ->check(CLI::Range(int64_t{1}, int64_t{1'000'000'000}));
    add_policy(*command, arguments->policy);
    add_jobs(*command, arguments->jobs);
    add_json(*command, context);
    command->callback([arguments, &context] { run(*arguments, context); });
}

}  // namespace dynbal::cli
