//! Supplies that harvest: a power chain that grants work as long as the device runs.
//!
//! Invariants:
//!  1. what is granted takes from the chain exactly the time and energy that its cost says, but for less than a picosecond
//!     and a femtojoule at each power failure.
#pragma once

#include <memory>
#include <string_view>

#include "power/chain.hpp"
#include "sim/supply.hpp"

namespace dynbal::sim {

class HarvestSupply final : public Supply {
public:
    HarvestSupply(std::unique_ptr<power::Harvester> harvester, const power::ChainOptions& options)
        : options_(options), chain_(std::move(harvester), options) {}

    void begin_cycle() override;
    Grant pay(const Demand& demand) override;
    uint64_t charging_ps() const override { return charging_ps_; }
    double voltage_v() const override { return chain_.voltage_v(); }
    const power::ChainOptions* chain() const override { return &options_; }
    const power::EnergyBalance* balance() const override { return &chain_.balance(); }

private:
    uint64_t draw(const Cost& each, uint64_t count, Grant& grant);

    power::ChainOptions options_;
    power::PowerChain chain_;
    uint64_t charging_ps_ = 0;
};

/// A supply as it was written: `kind:arguments`.
struct SupplyText {
    std::string_view whole, kind, arguments;
};

/// The chain of a device without further options.
power::ChainOptions chain_of(const DeviceProfile& profile);

/// `text.kind` is one that harvests: power, trace, markov, walk, daynight. Throws InputError.
std::unique_ptr<Supply> make_harvest_supply(const SupplyText& text, const DeviceProfile& profile);

}  // namespace dynbal::sim
