//! Power supplies: when the power fails. Deterministic; a text describes one completely.
//!
//! Invariants:
//!  1. what a supply allows depends on its text and on the work paid for so far, on nothing else;
//!  2. once pay() has returned less than it was asked for, the power cycle is over: SimNvm asks no more
//!     before begin_cycle().
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sim/device_profile.hpp"

namespace dynbal::sim {

enum class Work : uint8_t { read, write, mac };

class Supply {
public:
    Supply() = default;
    Supply(const Supply&) = delete;
    Supply& operator=(const Supply&) = delete;
    virtual ~Supply() = default;

    /// The power comes, or comes back.
    virtual void begin_cycle() = 0;
    /// Pays for one NVM transfer of `count` bytes, or for `count` MACs. Returns how many of them
    /// can be paid for: all, or fewer if the power fails after them.
    virtual uint64_t pay(Work work, uint64_t count) = 0;
    /// Time spent with the device off, waiting for energy, since the supply was made.
    virtual uint64_t charging_ps() const { return 0; }
};

/// Makes the supply that `text` describes (supply_help() says how). Throws InputError with the list
/// of what there is. `profile` gives the costs and the capacitor for `power:`.
std::unique_ptr<Supply> parse_supply(std::string_view text, const DeviceProfile& profile = default_profile());

/// The supplies there are, one paragraph each, for people.
const char* supply_help();

}  // namespace dynbal::sim
