//! Counts what this power cycle has cost so far and passes every access on. Lives in SRAM.
#pragma once

#include <span>

#include "platform/nvm.hpp"
#include "platform/power.hpp"
#include "platform/trace.hpp"

namespace dynbal {

class Meter {
public:
    Meter(Nvm& nvm, Power& power, Trace& trace) : nvm_(&nvm), power_(&power), trace_(&trace) {}

    void set_model(const CostModel& model) { model_ = model; }

    /// As of Nvm; `why` is what the access is counted as. Not inlined, as write(): a transfer dwarfs a call, and flash is scarce.
    [[gnu::noinline]] void read(TrafficClass why, uint32_t offset, std::span<std::byte> target) {
        count(why, {target.size(), 0, 1, 0, 0});
        nvm_->read(offset, target);
    }
    [[gnu::noinline]] void write(TrafficClass why, uint32_t offset, std::span<const std::byte> source) {
        count(why, {0, source.size(), 1, 0, 0});
        nvm_->write(offset, source);
    }
    void barrier() { nvm_->barrier(); }
    NvmClass nvm_class() const { return nvm_->nvm_class(); }
    /// Counted with the outputs: what is computed becomes them.
    [[nodiscard]] bool compute(uint64_t macs) {
        count(TrafficClass::outputs, {0, 0, 0, macs, 1});
        return power_->compute(macs);
    }
    const Traffic& total() const { return total_; }
    void set_total(const Traffic& total) { total_ = total; }
    /// Cost of this power cycle so far, in 1/16 units.
    uint64_t spent() const { return cost_of(model_, total_); }

private:
    void count(TrafficClass why, const Traffic& traffic) {
        total_ += traffic;
        trace_->traffic(why, traffic);
    }

    Nvm* nvm_;
    Power* power_;
    Trace* trace_;
    Traffic total_{};
    CostModel model_{};
};

/// NVM under a meter, for what works with and without one: its reads are counted as one class, its writes as another.
class MeteredNvm final : public Nvm {
public:
    MeteredNvm(Meter& meter, TrafficClass reads, TrafficClass writes)
        : meter_(&meter), reads_(reads), writes_(writes) {}

    void read(uint32_t offset, std::span<std::byte> target) override { meter_->read(reads_, offset, target); }
    void write(uint32_t offset, std::span<const std::byte> source) override { meter_->write(writes_, offset, source); }
    void barrier() override { meter_->barrier(); }
    NvmClass nvm_class() const override { return meter_->nvm_class(); }

private:
    Meter* meter_;
    TrafficClass reads_, writes_;
};

}  // namespace dynbal
