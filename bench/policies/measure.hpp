//! What is measured of one network on one device.
//!
//! A point of the grid is an energy of a power cycle, from the stated least energy to where nothing fails any more; what
//! it is worth is the mean over energies of the first power cycle, so that luck is averaged out. Under `budget:E` runs
//! are compared by cost, under `power:P` by latency. There the energy of a power cycle is set by the power up to four
//! times what the device's capacitor holds, beyond and below by the size of the capacitor.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "networks.hpp"
#include "plugin/policy.hpp"
#include "sim/device_profile.hpp"

namespace dynbal::bench {

constexpr double never_ends = std::numeric_limits<double>::infinity();

struct Plan {
    std::vector<PolicyKind> policies;  ///< the last is judged against the cheapest of the others
    uint32_t energies = 25;            ///< of budget:E; of power:P there are half as many
    uint32_t phases = 8;               ///< energies of the first power cycle
    uint32_t oracle_energies = 0;      ///< so many points of budget:E are also compared with the oracle
    bool known = false;                ///< budget:E is also run by a device that knows E beforehand
};

enum class SupplyKind : uint8_t { budget, power };

struct Point {
    SupplyKind kind = SupplyKind::budget;
    double energy = 0;         ///< of a power cycle: units, or joules
    std::string supply;        ///< as `--supply` takes it, with the largest first cycle
    std::vector<double> cost;  ///< of each policy: units, or seconds; never_ends
    std::optional<double> oracle;
    std::optional<double> known;  ///< of a device that knows E: from the first cycle on its tables' rows for it
};

struct Result {
    std::string network, device;
    std::string refused;        ///< by the compiler, and why
    uint64_t stated_least = 0;  ///< units
    uint64_t real_least = 0;    ///< with which the judged policy still ends, to 2 %, in 300,000 power cycles
    double steady_cost = 0;     ///< the judged policy's against the cheapest of the others
    double steady_latency = 0;  ///< the same
    std::vector<Point> points;
};

/// How often measure() calls `advance`.
uint32_t steps_of(const Plan& plan);

Result measure(const Network& network, const device::DeviceProfile& profile, const Plan& plan,
               const std::function<void()>& advance);

/// Of the judged policy against the cheapest of the others: 1 where only it ends, never_ends where it does not.
double ratio_of(const Point& point);

}  // namespace dynbal::bench
