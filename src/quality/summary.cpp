#include "quality/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/quantise.hpp"
#include "io/printable.hpp"

namespace dynbal::quality {

namespace {

std::string ties_of(const Comparison& comparison) {
    if (comparison.ties() == 0) return {};
    return fmt::format("; {} of them have several classes of the same score, each of which is right",
                       comparison.ties());
}

}  // namespace

std::vector<std::string> lines_of(const Comparison& comparison) {
    const StageError& output = comparison.output();
    std::vector<std::string> lines;
    lines.push_back(
        comparison.has_classes()
            ? fmt::format("same class as the float network: {} of {} calibration inputs looked at{}",
                          comparison.same_class(), comparison.samples(), ties_of(comparison))
            : fmt::format("held against the float network on {} of the calibration inputs", comparison.samples()));
    lines.push_back(fmt::format("error of the output: rms {:.2f} %, largest {:.2f} % of its largest value",
                                100 * output.relative_rms(), 100 * output.relative_largest()));
    const auto worst = std::max_element(
        comparison.stages().begin(), comparison.stages().end(),
        [](const StageError& a, const StageError& b) { return a.clipped * b.values < b.clipped * a.values; });
    uint64_t clipped = 0;
    for (const StageError& stage : comparison.stages()) clipped += stage.clipped;
    lines.push_back(
        clipped == 0 ? std::string("values clipped: none")
                     : fmt::format("values clipped: {}, most in '{}' ({:.2f} %)", clipped, io::printable(worst->name),
                                   100.0 * static_cast<double>(worst->clipped) / static_cast<double>(worst->values)));
    return lines;
}

std::string warning_of(const Comparison& comparison, uint32_t weight_bytes) {
    const StageError& output = comparison.output();
    const bool classes_differ =
        comparison.has_classes() && 20 * (comparison.samples() - comparison.same_class()) > comparison.samples();
    if (!classes_differ && output.relative_rms() <= rms_bound) return {};
    std::string text = "the answer will be poor: ";
    if (classes_differ) {
        text += fmt::format("{} of {} calibration inputs get another class than from the float network",
                            comparison.samples() - comparison.same_class(), comparison.samples());
    } else {
        text += fmt::format("its error is {:.1f} % of its largest value", 100 * output.relative_rms());
    }
    const size_t bad = comparison.first_bad();
    if (bad < comparison.stages().size()) {
        const StageError& stage = comparison.stages()[bad];
        text += fmt::format("; the first stage that goes wrong is {} '{}' ({}: rms {:.1f} %, largest {:.1f} %)", bad,
                            io::printable(stage.name), io::printable(stage.operators), 100 * stage.relative_rms(),
                            100 * stage.relative_largest());
    }
    text += "; `dynbal diff` shows all";
    return weight_bytes == 1 ? text + ", and --weights int16 may help" : text;
}

std::string warning_of_classes(const Comparison& comparison) {
    constexpr uint64_t enough = 8;  // so that chance does not give the same class each time
    if (!comparison.has_classes() || comparison.samples() < enough || comparison.classes().size() != 1) return {};
    return fmt::format(
        "all {} calibration inputs that were looked at are class {} to the float network; if it tells classes apart, "
        "give inputs of all of them (are they sorted by class?)",
        comparison.samples(), *comparison.classes().begin());
}

void SampleCheck::add(const std::vector<float>& sample) {
    if (count_ == 0) first_ = sample;
    ++count_;
    all_equal_ += sample == first_ ? 1U : 0U;
    for (const float value : sample) largest_ = std::max(largest_, std::fabs(value));
    const auto differs = [&](float value) { return value != sample.front(); };
    constant_ += std::none_of(sample.begin(), sample.end(), differs) && sample.size() > 1 ? 1U : 0U;
}

std::vector<std::string> SampleCheck::warnings() const {
    std::vector<std::string> found;
    if (count_ < samples_min) {
        found.push_back(
            fmt::format("only {} calibration sample{}: the ranges of all tensors rest on {}, and real inputs can leave "
                        "them; give {} or "
                        "more that are like those of real use",
                        count_, count_ == 1 ? "" : "s", count_ == 1 ? "it" : "them", samples_min));
    }
    // Else inputs would use less of their range than those that are warned of when they are run.
    constexpr double smallest = compiler::scale_min * 256;
    if (count_ > 0 && static_cast<double>(largest_) < smallest) {
        found.push_back(fmt::format(
            "the calibration samples, multiplied with --scale, are never larger than {:.2g}: too small to be told "
            "apart (at least {:.2g}); check them and --scale",
            largest_, smallest));
    } else if (count_ > 1 && all_equal_ == count_) {
        found.emplace_back("all calibration samples are the same; give different ones");
    } else if (constant_ > 0) {
        found.push_back(fmt::format("{} of {} calibration samples hold one value only (no signal?); leave them out",
                                    constant_, count_));
    }
    return found;
}

}  // namespace dynbal::quality
