//! Power supplies: when the power fails. Deterministic; a text describes one completely.
//!
//! Invariants:
//!  1. what a supply allows depends on its text and on the work paid for so far, on nothing else;
//!  2. once pay() has granted less than it was asked for, the power cycle is over: it is asked no more before
//!     begin_cycle().
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "power/chain.hpp"
#include "power/recording.hpp"
#include "sim/device_profile.hpp"

namespace dynbal::sim {

enum class Work : uint8_t {
    read,
    write,
    mac,
    overhead,  ///< what the CPU does besides: booting, for example
};

/// One piece of work: a start, then `count` equal items (bytes, MACs).
struct Demand {
    Work work = Work::overhead;
    uint64_t count = 0;
    Cost start;
    Cost each;
};

/// What of a demand was paid for.
struct Grant {
    uint64_t count = 0;
    bool whole = false;  ///< all of it; otherwise the power has failed after `count` items
    Cost cost;           ///< what the device has drawn, and for how long it ran
};

/// `count` items of a demand, at their price.
constexpr Grant grant_of(const Demand& demand, uint64_t count) {
    Cost cost = demand.start;
    cost += demand.each * count;
    return {count, count == demand.count, cost};
}

class Supply {
public:
    Supply() = default;
    Supply(const Supply&) = delete;
    Supply& operator=(const Supply&) = delete;
    virtual ~Supply() = default;

    /// A power cycle, the first of an inference too: the power comes, or comes back, or has been there since the inference before.
    /// Throws power::NeverCharges if it never will.
    virtual void begin_cycle() = 0;
    virtual Grant pay(const Demand& demand) = 0;
    /// Between two inferences: the device sleeps so long, unless the capacitor falls to its off voltage meanwhile. Without a
    /// capacitor that changes nothing.
    virtual void rest(double /*seconds*/) {}
    /// Time spent with the device off, waiting for energy, since the supply was made; without rest().
    virtual uint64_t charging_ps() const { return 0; }
    /// Of the capacitor; 0 if there is none.
    virtual double voltage_v() const { return 0; }
    /// What is behind the harvester, as simulated: the profile's, with the options of the supply; null if nothing is.
    virtual const power::ChainOptions* chain() const { return nullptr; }
    /// The recording that it replays; null if it does not.
    virtual const power::TraceSummary* trace() const { return nullptr; }
    /// Where the energy went since the supply was made; null if it has no capacitor.
    virtual const power::EnergyBalance* balance() const { return nullptr; }
    /// One that brings for ever what this one brings at its best: what does not get on with it gets on with none of this one's power
    /// cycles. Null if they are all like each other.
    virtual std::unique_ptr<Supply> at_its_best() const { return nullptr; }
    /// Over so long it shows about all that it ever brings.
    virtual double round_s() const { return 0; }
};

/// Makes the supply that `text` describes (supply_help() says how). Throws InputError with the list
/// of what there is. `profile` gives the capacitor of supplies that harvest, and the prices of a budget.
std::unique_ptr<Supply> parse_supply(std::string_view text, const DeviceProfile& profile = default_profile());

/// How each supply is written: `bytes:K`.
std::vector<const char*> supply_forms();

/// The supplies there are, one paragraph each, for people.
const char* supply_help();

}  // namespace dynbal::sim
