//! Supplies that harvest: a power chain that grants work as long as the device runs.
//!
//! Invariants:
//!  1. what is granted takes from the chain exactly the time and energy that its cost says, but for less than a picosecond
//!     and a femtojoule at each power failure;
//!  2. the device is on from on_v to the power failure, and while it sleeps: an inference that finds it on begins at once.
#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "power/chain.hpp"
#include "sim/supply.hpp"

namespace dynbal::sim {

class HarvestSupply final : public Supply {
public:
    HarvestSupply(std::unique_ptr<power::Harvester> harvester, const power::ChainOptions& options,
                  std::optional<power::TraceSummary> trace = std::nullopt)
        : options_(options), chain_(std::move(harvester), options), trace_(std::move(trace)) {}
    /// One that goes on from here with another harvester, the device off: what it is now can be gone back to.
    std::unique_ptr<HarvestSupply> resumed(std::unique_ptr<power::Harvester> harvester) const;

    void begin_cycle() override;
    Grant pay(const Demand& demand) override;
    void rest(double seconds) override;
    uint64_t charging_ps() const override { return charging_ps_; }
    double voltage_v() const override { return chain_.voltage_v(); }
    const power::ChainOptions* chain() const override { return &options_; }
    const power::TraceSummary* trace() const override { return trace_ ? &*trace_ : nullptr; }
    const power::EnergyBalance* balance() const override { return &chain_.balance(); }
    std::unique_ptr<Supply> at_its_best() const override;
    double round_s() const override { return chain_.reach().round_s; }

private:
    HarvestSupply(const power::ChainOptions& options, power::PowerChain chain, uint64_t charging_ps)
        : options_(options), chain_(std::move(chain)), charging_ps_(charging_ps) {}
    uint64_t draw(const Cost& each, uint64_t count, Grant& grant);

    power::ChainOptions options_;
    power::PowerChain chain_;
    std::optional<power::TraceSummary> trace_;
    uint64_t charging_ps_ = 0;
    bool on_ = false;  ///< from the moment it starts to the failure
};

/// A supply as it was written: `kind:arguments`.
struct SupplyText {
    std::string_view whole, kind, arguments;
};

/// The chain of a device without further options: charged to off_v.
power::ChainOptions chain_of(const DeviceProfile& profile);

/// What harvests, and what is behind it: read once, made many times.
struct HarvestPlan {
    std::function<std::unique_ptr<power::Harvester>()> harvester;
    power::ChainOptions chain;
    std::optional<power::TraceSummary> trace;
    double mean_over_s =
        0;  ///< over so long its mean is that of ever; 0: of a recording, which says nothing of what follows it
    double day_s = 0;                                         ///< of daynight
    double ends_s = std::numeric_limits<double>::infinity();  ///< when nothing more comes

    /// What is offered in the beginning of the supply, at most a million pieces of it.
    std::vector<power::Piece> pieces(double duration_s) const;

    std::unique_ptr<Supply> make() const { return std::make_unique<HarvestSupply>(harvester(), chain, trace); }
};

/// Over the beginning of a supply.
struct MeanPower {
    double harvested_w = 0;
    double reaching_w = 0;  ///< behind the converter
};
MeanPower mean_power(const HarvestPlan& plan, double duration_s);

/// Nothing if there is no such kind that harvests. Throws InputError.
std::optional<HarvestPlan> plan_harvest(const SupplyText& text, const DeviceProfile& profile);
/// The same of a whole `kind:arguments`.
std::optional<HarvestPlan> plan_harvest(std::string_view text, const DeviceProfile& profile);
/// `text.kind` is one that harvests: power, trace, markov, walk, daynight. Throws InputError.
std::unique_ptr<Supply> make_harvest_supply(const SupplyText& text, const DeviceProfile& profile);

}  // namespace dynbal::sim
