//! A harvesting supply of which a power cycle can be ended at any moment.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "sim/harvest_supply.hpp"

namespace dynbal::demo {

class LiveSupply final : public sim::Supply {
public:
    explicit LiveSupply(std::unique_ptr<sim::HarvestSupply> supply) : supply_(std::move(supply)) {}

    /// The power fails in the cycle that begins next so long after it has come, if it lasts that long.
    void cut_at(std::optional<uint64_t> on_ps) { cut_ps_ = on_ps; }

    void begin_cycle() override;
    sim::Grant pay(const sim::Demand& demand) override;
    uint64_t charging_ps() const override { return supply_->charging_ps(); }
    double voltage_v() const override { return supply_->voltage_v(); }
    const power::ChainOptions* chain() const override { return supply_->chain(); }

    const sim::HarvestSupply& harvest() const { return *supply_; }

private:
    std::unique_ptr<sim::HarvestSupply> supply_;
    std::optional<uint64_t> cut_ps_;
    uint64_t on_ps_ = 0;  ///< since the power came
};

}  // namespace dynbal::demo
