//! Counts what this power cycle has cost so far and passes every access on. Lives in SRAM.
#pragma once

#include <span>

#include "platform/nvm.hpp"
#include "platform/power.hpp"
#include "platform/trace.hpp"

namespace dynbal {

class Meter final : public Nvm {
public:
    Meter(Nvm& nvm, Power& power, Trace& trace) : nvm_(&nvm), power_(&power), trace_(&trace) {}

    /// The class under which the following accesses are counted.
    void set_class(TrafficClass traffic_class) { class_ = traffic_class; }
    void set_model(const CostModel& model) { model_ = model; }

    /// Not inlined, as write(): a transfer dwarfs a call, and flash is scarce.
    [[gnu::noinline]] void read(uint32_t offset, std::span<std::byte> target) override {
        count({target.size(), 0, 1, 0, 0});
        nvm_->read(offset, target);
    }
    [[gnu::noinline]] void write(uint32_t offset, std::span<const std::byte> source) override {
        count({0, source.size(), 1, 0, 0});
        nvm_->write(offset, source);
    }
    void barrier() override { nvm_->barrier(); }
    NvmClass nvm_class() const override { return nvm_->nvm_class(); }
    [[nodiscard]] bool compute(uint64_t macs) {
        count({0, 0, 0, macs, 1});
        return power_->compute(macs);
    }
    const Traffic& total() const { return total_; }
    void set_total(const Traffic& total) { total_ = total; }
    /// Cost of this power cycle so far, in 1/16 units.
    uint64_t spent() const { return cost_of(model_, total_); }

private:
    void count(const Traffic& traffic) {
        total_ += traffic;
        trace_->traffic(class_, traffic);
    }

    Nvm* nvm_;
    Power* power_;
    Trace* trace_;
    TrafficClass class_ = TrafficClass::control;
    Traffic total_{};
    CostModel model_{};
};

}  // namespace dynbal
