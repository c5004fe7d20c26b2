#include "quality/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>

#include "base/error.hpp"
#include "sim/observer.hpp"
#include "sim/supply_kinds.hpp"

namespace dynbal::quality {
namespace {

/// The 15-bit value in a word of NVM, whose top bit is a state.
int16_t value_of(uint16_t word) { return static_cast<int16_t>(static_cast<int16_t>(word << 1U) >> 1); }

size_t largest_index(const std::vector<float>& values) {
    return static_cast<size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

}  // namespace

std::set<size_t> largest_indices(const std::vector<float>& values) {
    constexpr float rounding = 1e-6F;
    const float most = *std::max_element(values.begin(), values.end());
    float magnitude = 0;
    for (const float value : values) magnitude = std::max(magnitude, std::fabs(value));
    std::set<size_t> indices;
    for (size_t i = 0; i < values.size(); ++i) {
        if (most - values[i] <= rounding * magnitude) indices.insert(i);
    }
    return indices;
}

/// Reads what each stage has written when it ends, before others use the memory again.
class Comparison::StageReader final : public sim::Observer {
public:
    explicit StageReader(Comparison& comparison) : comparison_(&comparison) {}

    void event(double, const Event& event) override {
        if (event.kind != EventKind::stage_end) return;
        const StageDescriptor stage = comparison_->file_->stage(event.stage);
        const std::span<const std::byte> memory = comparison_->session_.nvm().memory();
        const double scale = comparison_->file_->host.stage_scales[event.stage];
        std::vector<float>& values = comparison_->image_values_[event.stage];
        values.clear();
        const uint32_t pixels = uint32_t{stage.out_h} * stage.out_w;
        for (uint32_t pixel = 0; pixel < pixels; ++pixel) {
            for (uint32_t channel = 0; channel < stage.output.channels; ++channel) {
                uint16_t word = 0;
                const size_t at = stage.output.offset + 2 * (size_t{pixel} * stage.output.pixel_stride + channel);
                std::memcpy(&word, memory.data() + at, sizeof(word));
                values.push_back(static_cast<float>(value_of(word) * scale));
            }
        }
    }

private:
    Comparison* comparison_;
};

double StageError::rms_error() const { return values == 0 ? 0 : std::sqrt(error_power / static_cast<double>(values)); }

Comparison::Comparison(const compiler::Graph& graph, const ImageFile& file)
    : graph_(&graph), file_(&file), runner_(graph), session_(file), image_values_(file.header().stage_count) {
    const HostInfo& host = file.host;
    if (graph.input_dims != host.input_dims || host.stage_tensors.size() != file.header().stage_count) {
        throw InputError("the image was not made from this model");
    }
    for (uint32_t i = 0; i < file.header().stage_count; ++i) {
        const StageDescriptor stage = file.stage(i);
        const uint64_t values = uint64_t{stage.out_h} * stage.out_w * stage.channels_out;
        const size_t id = host.stage_tensors[i];
        if (id >= graph.tensors.size() || static_cast<uint64_t>(graph.tensors[id].size()) != values) {
            throw InputError("the image was not made from this model, or by another version of the compiler");
        }
        StageError error;
        error.name = host.stage_names[i];
        error.operators = host.stage_operators[i];
        stages_.push_back(error);
    }
}

void Comparison::add(const std::vector<float>& sample) {
    float_values_ = &runner_.run(sample);
    StageReader reader(*this);
    sim::RunOptions options;
    options.observer = &reader;
    sim::SteadySupply steady;
    const sim::RunResult result = session_.run_inference(file_->quantise_input(sample), steady, options);
    if (!result.completed()) throw std::runtime_error("the image does not run: " + result.message);
    for (size_t stage = 0; stage < stages_.size(); ++stage) compare(stage);
    ++samples_;
    if (has_classes()) compare_classes(result.output);
}

bool Comparison::has_classes() const {
    const std::vector<int64_t>& dims = file_->host.output_dims;
    return std::count_if(dims.begin(), dims.end(), [](int64_t extent) { return extent > 1; }) == 1;
}

void Comparison::compare_classes(const std::vector<int16_t>& output) {
    const std::set<size_t> wanted = largest_indices(runner_.scores_onnx_order());
    classes_.insert(wanted.begin(), wanted.end());
    ties_ += wanted.size() > 1 ? 1U : 0U;
    same_class_ += wanted.count(largest_index(file_->dequantise_output(output)));
}

void Comparison::compare(size_t stage) {
    StageError& error = stages_[stage];
    const std::vector<float>& expected = float_values(stage);
    const std::vector<float>& got = image_values_[stage];
    const double low = (activation_min - 0.5) * file_->host.stage_scales[stage];
    const double high = (activation_max + 0.5) * file_->host.stage_scales[stage];
    for (size_t i = 0; i < expected.size(); ++i) {
        const auto value = static_cast<double>(expected[i]);
        const double difference = std::fabs(static_cast<double>(got[i]) - value);
        error.largest_value = std::max(error.largest_value, std::fabs(value));
        error.largest_error = std::max(error.largest_error, difference);
        error.error_power += difference * difference;
        error.clipped += value < low || value > high ? 1U : 0U;
    }
    error.values += expected.size();
}

size_t Comparison::first_bad() const {
    const auto is_bad = [](const StageError& error) {
        return error.relative_rms() > rms_bound || error.relative_largest() > largest_bound;
    };
    return static_cast<size_t>(std::find_if(stages_.begin(), stages_.end(), is_bad) - stages_.begin());
}

const std::vector<float>& Comparison::float_values(size_t stage) const {
    return (*float_values_)[file_->host.stage_tensors[stage]];
}

}  // namespace dynbal::quality
