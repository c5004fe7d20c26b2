//! Time and energy of a run: prices what the device does, asks the supply for it, and tells an observer.
//!
//! Invariants:
//!  1. drawn() is the sum of the costs of all work granted since begin_run(), and now_ps() that of its durations and
//!     of charging, to the picosecond;
//!  2. an observer changes nothing: spans are made from the same sums.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "platform/trace.hpp"
#include "sim/device_profile.hpp"
#include "sim/observer.hpp"
#include "sim/supply.hpp"

namespace dynbal::sim {

class Account {
public:
    explicit Account(const DeviceProfile& profile);

    /// What multiplies in each stage; stages beyond count as convolutions.
    void set_kernels(std::vector<device::Kernel> kernels) { kernels_ = std::move(kernels); }

    /// A run begins at time 0. The observer may be null, else it must live until the next begin_run().
    void begin_run(Observer* observer);
    /// Shows the observer what has not been shown yet.
    void end_run();

    /// Waits until the supply has energy, then boots. False if the power fails during boot. `supply` must live until
    /// the next power_up().
    [[nodiscard]] bool power_up(Supply& supply);
    /// Pays for one transfer of `count` bytes, or for `count` MACs.
    Grant pay(Work work, uint64_t count);
    void power_lost();

    /// What the following transfers are for.
    void set_class(TrafficClass traffic_class) { class_ = traffic_class; }
    void event(const Event& event);

    uint64_t now_ps() const { return now_ps_; }
    uint64_t charging_ps() const { return charging_ps_; }
    Cost drawn() const { return drawn_; }

private:
    Grant pay_as(SpanKind kind, const Demand& demand);
    void begin_span(SpanKind kind);
    void flush_span();
    void book(const Cost& cost);

    /// An NVM access: its start and each byte of it.
    struct Access {
        Cost start, byte;
    };
    Demand demand_of(Work work, uint64_t count) const;

    Cost boot_, job_, stage_begin_;
    Access read_, write_, write_output_;
    std::array<Cost, 3> mac_;
    std::vector<device::Kernel> kernels_;
    bool stage_begins_ = false;  ///< its price is still to be paid
    Supply* supply_ = nullptr;
    Observer* observer_ = nullptr;
    TrafficClass class_ = TrafficClass::control;
    uint16_t stage_ = 0;
    uint64_t now_ps_ = 0;
    uint64_t charging_ps_ = 0;
    Cost drawn_;

    // The span that is still growing.
    SpanKind span_kind_ = SpanKind::idle;
    uint16_t span_stage_ = 0;
    uint64_t span_begin_ps_ = 0;
    uint64_t span_energy_fj_ = 0;
    double span_voltage_v_ = 0;
};

}  // namespace dynbal::sim
