#include "report/uninterrupted.hpp"

#include <algorithm>
#include <cstring>

#include "base/crc32.hpp"
#include "base/error.hpp"
#include "sim/session.hpp"
#include "sim/supply.hpp"

namespace dynbal::report {
namespace {

constexpr auto kind_index = [](sim::SpanKind kind) { return static_cast<size_t>(kind); };

/// Adds up what each stage fetches.
class FetchCounter final : public sim::Observer {
public:
    explicit FetchCounter(uint32_t stage_count) : efforts_(stage_count) {}

    void span(const sim::Span& span) override {
        if (span.kind != sim::SpanKind::weights && span.kind != sim::SpanKind::inputs) return;
        efforts_.at(span.stage).time_s += span.duration_s;
        efforts_.at(span.stage).energy_j += span.energy_j;
    }
    const std::vector<Effort>& efforts() const { return efforts_; }

private:
    std::vector<Effort> efforts_;
};

/// The image with one configuration per stage in front of its tile table, where the policy `fixed` finds it.
ImageFile with_configs(const ImageFile& file, const std::vector<TileConfig>& configs) {
    ImageFile changed = file;
    ImageHeader header = file.header();
    for (uint32_t index = 0; index < header.stage_count; ++index) {
        StageDescriptor stage = file.stage(index);
        set_only_row(changed.image, stage, configs[index]);
        std::memcpy(changed.image.data() + header.stages_offset + index * sizeof(stage), &stage, sizeof(stage));
    }
    header.body_crc = crc32(std::span<const std::byte>(changed.image).subspan(sizeof(ImageHeader)));
    header.header_crc = header_crc(header);
    std::memcpy(changed.image.data(), &header, sizeof(header));
    return changed;
}

double written_s(const ConfigUsage& usage) { return usage.usage.time_s[kind_index(sim::SpanKind::outputs)]; }

}  // namespace

const Effort* UninterruptedFetch::find(uint32_t stage, const TileConfig& config) const {
    for (const auto& [known, effort] : known_[stage]) {
        if (known == config) return &effort;
    }
    return nullptr;
}

void UninterruptedFetch::measure(const std::vector<TileConfig>& configs) {
    const ImageFile file = with_configs(*file_, configs);
    sim::Session session(file, *profile_);
    const auto supply = sim::parse_supply("none", *profile_);
    FetchCounter counter(file.header().stage_count);
    sim::RunOptions options;
    options.policy = PolicyKind::fixed;
    options.timing_only = true;
    options.observer = &counter;
    const sim::RunResult result = session.run_inference(input_, *supply, options);
    if (!result.completed()) {
        throw InputError("the tiles that were chosen do not run on steady power: " + result.message);
    }
    for (uint32_t stage = 0; stage < configs.size(); ++stage) {
        if (!is_known(stage, configs[stage])) known_[stage].emplace_back(configs[stage], counter.efforts()[stage]);
    }
}

std::vector<Effort> UninterruptedFetch::of(const std::vector<std::vector<ConfigUsage>>& usage) {
    known_.resize(usage.size());
    for (bool missing = true; missing;) {
        missing = false;
        std::vector<TileConfig> configs;
        for (uint32_t stage = 0; stage < usage.size(); ++stage) {
            // A stage that was never reached runs with what the image has.
            configs.push_back(file_->candidates(file_->stage(stage)).front().config);
            for (const ConfigUsage& one : usage[stage]) {
                if (is_known(stage, one.config)) continue;
                configs.back() = one.config;
                missing = true;
                break;
            }
        }
        if (missing) measure(configs);
    }
    std::vector<Effort> result(usage.size());
    for (uint32_t stage = 0; stage < usage.size(); ++stage) {
        double all_s = 0;
        for (const ConfigUsage& one : usage[stage]) all_s += written_s(one);
        for (const ConfigUsage& one : usage[stage]) {
            const double share = all_s > 0 ? written_s(one) / all_s : 0;
            const Effort& effort = *find(stage, one.config);
            result[stage].time_s += share * effort.time_s;
            result[stage].energy_j += share * effort.energy_j;
        }
    }
    return result;
}

}  // namespace dynbal::report
