//! A device whose power fails as a scenario says: boots, calls until they get through, and what must hold of each power cycle.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "sim/sim_nvm.hpp"
#include "torture/places.hpp"
#include "torture/rig.hpp"
#include "torture/scenario.hpp"

namespace dynbal::torture {

/// What is wrong.
struct Fault {
    std::string reason;
};

/// Counts what the engine says it moved, in this power cycle.
class Listener final : public Trace {
public:
    void event(const Event& event) override { events.push_back(event.kind); }
    void traffic(TrafficClass, const Traffic& traffic) override {
        if (!muted) total += traffic;
    }
    Traffic total;
    std::vector<EventKind> events;
    bool muted = false;
};

class Bench {
public:
    Bench(const Scenario& scenario, const Subject& subject, Places& places);

    /// Calls `attempt` in one power cycle after the other until it gets through.
    void persist(const std::function<void()>& attempt);
    /// False if the power fails before the end.
    bool try_once(const std::function<void()>& attempt);
    /// What the host pays for costs nothing and cannot fail, where power cycles are too weak for it. The engine counts it as paid by this
    /// cycle, which therefore ends with it.
    void with_host_power(const std::function<void()>& attempt);
    /// Ends a power cycle in which the power has not failed.
    void switch_off();
    void expect(Status found, Status right, const char* call) const;
    /// From here on a boot must find NVM formatted; or it need not.
    void set_formatted(bool formatted) { formatted_ = formatted; }

    Engine& engine() { return *engine_; }
    /// Of this power cycle.
    Status boot_status() const { return boot_status_; }
    std::span<const std::byte> memory() const { return nvm_.memory(); }

private:
    void boot();
    void check_supply() const;
    void end_cycle(bool lost);
    std::optional<Record> newest() const;

    const Scenario& scenario_;
    const ImageHeader& header_;
    Places& places_;
    sim::SimNvm nvm_;
    std::vector<std::byte> arena_;
    std::unique_ptr<sim::Supply> supply_;
    uint64_t energy_units_ = 0;
    Listener listener_;
    std::optional<Engine> engine_;
    Status boot_status_ = Status::ok;
    bool formatted_ = false;
    uint64_t cycles_ = 0;
};

}  // namespace dynbal::torture
