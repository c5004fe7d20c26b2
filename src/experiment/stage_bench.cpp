#include "experiment/stage_bench.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "experiment/stage_image.hpp"

namespace dynbal::experiment {
namespace {

/// Thrown beyond a limit: the rest of the run does not matter.
struct LimitReached {};

/// Passes everything on and adds up what is drawn.
class MeteredSupply final : public sim::Supply {
public:
    MeteredSupply(sim::Supply& supply, Measure measure, const BenchLimits& limits)
        : supply_(&supply), measure_(measure), limits_(limits) {}

    void begin_cycle() override {
        supply_->begin_cycle();
        ++cycles_;
    }
    sim::Grant pay(const sim::Demand& demand) override {
        ++payments_;
        const sim::Grant grant = supply_->pay(demand);
        drawn_ += amount_of(grant.cost, measure_);
        if (drawn_ > limits_.amount || payments_ > limits_.payments) throw LimitReached{};
        return grant;
    }
    uint64_t charging_ps() const override { return supply_->charging_ps(); }
    double voltage_v() const override { return supply_->voltage_v(); }

    uint64_t drawn() const { return drawn_; }
    uint64_t cycles() const { return cycles_; }
    uint64_t payments() const { return payments_; }

private:
    sim::Supply* supply_;
    Measure measure_;
    BenchLimits limits_;
    uint64_t drawn_ = 0;
    uint64_t cycles_ = 0;
    uint64_t payments_ = 0;
};

}  // namespace

uint64_t amount_of(const sim::Cost& cost, Measure measure) {
    return measure == Measure::energy ? cost.energy_fj : cost.time_ps;
}

sim::Cost least_cost(const ImageFile& file, uint32_t stage, const TileConfig& config,
                     const sim::DeviceProfile& profile) {
    const LoopShape shape = shape_of(file.header(), file.stage(stage));
    const Traffic traffic = stage_traffic(shape, config, file.header().arena_bytes);
    const auto cheaper = [](const sim::Cost& a, const sim::Cost& b) {
        return sim::Cost{std::min(a.time_ps, b.time_ps), std::min(a.energy_fj, b.energy_fj)};
    };
    sim::Cost mac = profile.mac(device::Kernel::convolution);
    mac = cheaper(mac, profile.mac(device::Kernel::depthwise));
    mac = cheaper(mac, profile.mac(device::Kernel::dense));
    sim::Cost cost = mac * traffic.macs;
    cost += profile.byte(profile.read) * traffic.read_bytes;
    cost += profile.byte(profile.write) * traffic.write_bytes;
    return cost += cheaper(profile.transfer(profile.read), profile.transfer(profile.write)) * traffic.transfers;
}

StageBench::StageBench(const ImageFile& file, uint32_t stage, const sim::DeviceProfile& profile,
                       const std::string& supply, Measure measure)
    : profile_(&profile),
      supply_(supply),
      measure_(measure),
      file_(stage_alone(file, stage)),
      session_(file_, profile),
      formatted_(session_.nvm().memory().begin(), session_.nvm().memory().end()) {}

std::optional<BenchRun> StageBench::run(const TileConfig& config, uint32_t inferences, const BenchLimits& limits) {
    std::copy(formatted_.begin(), formatted_.end(), session_.nvm().memory().begin());
    put(config);
    const auto supply = sim::parse_supply(supply_, *profile_);
    MeteredSupply metered(*supply, measure_, limits);
    const bool ended = run_inferences(metered, inferences);
    payments_ += metered.payments();
    return ended ? std::optional(BenchRun{metered.drawn(), metered.cycles()}) : std::nullopt;
}

bool StageBench::run_inferences(sim::Supply& supply, uint32_t inferences) {
    sim::RunOptions options;
    options.policy = PolicyKind::fixed;
    options.timing_only = true;
    const std::array<int16_t, 1> input{};
    try {
        for (uint32_t i = 0; i < inferences; ++i) {
            if (!session_.run_inference(input, supply, options).completed()) return false;
        }
    } catch (const LimitReached&) {
        return false;
    }
    return true;
}

/// The table lies in NVM; the engine reads it when the stage begins.
void StageBench::put(const TileConfig& config) {
    StageDescriptor stage = file_.stage(0);
    set_only_row(session_.nvm().memory(), stage, config);
}

}  // namespace dynbal::experiment
