//! Harvester, converter, capacitor, load: where the energy goes, exact between the events of a run.
//!
//! The converter passes on a share of what is harvested, into the capacitor and the load alike; harvesting goes on while the
//! load runs. The leakage of the capacitor is that of a resistor, so that with constant powers its energy follows
//! dE/dt = P - E / tau, which is solved in closed form. Losses in the series resistance use the current at the beginning of
//! steps in which the voltage changes by at most a percent.
//!
//! Invariants:
//!  1. harvested = delivered + lost + change of what is stored, in every step (EnergyBalance);
//!  2. the device runs from the moment at which the capacitor reaches on_v to that at which it reaches off_v (at its
//!     terminals, under load);
//!  3. waiting for energy ends: with the device on, or with NeverCharges.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "device/profile.hpp"
#include "power/harvester.hpp"

namespace dynbal::power {

struct Converter {
    double efficiency = 1;
    double least_w = 0;  ///< below this it does not work: all is lost
    double least_v = 0;

    /// What of a piece reaches capacitor and load.
    double passed_w(const Piece& piece) const {
        return piece.power_w >= least_w && piece.voltage_v >= least_v ? piece.power_w * efficiency : 0;
    }
    /// "efficiency=46%, min_power=1 mW": as a supply writes what takes something.
    std::string text() const;
};

struct ChainOptions {
    device::Capacitor capacitor;
    Converter converter;
    double start_v = 0;  ///< of the capacitor
    double sleep_w = 0;  ///< drawn while the device is off, or sleeps
};

/// Joules, since the chain was made.
struct EnergyBalance {
    double harvested = 0;  ///< offered by the harvester
    double delivered = 0;  ///< drawn by the running device
    double lost_converter = 0;
    double lost_leakage = 0;
    double lost_resistance = 0;
    double lost_clipped = 0;   ///< came while the capacitor was full
    double lost_sleeping = 0;  ///< drawn while the device was off, or slept
    double stored = 0;         ///< in the capacitor: now, minus when the chain was made

    double lost() const { return lost_converter + lost_leakage + lost_resistance + lost_clipped + lost_sleeping; }
    /// 0 but for rounding.
    double error() const { return harvested - delivered - lost() - stored; }
    EnergyBalance since(const EnergyBalance& before) const;
};

/// The harvester can never start the device, or has not in all that is computed: the message says which.
class NeverCharges : public InputError {
    using InputError::InputError;
};

/// The longest that a run may take. Time is counted in picoseconds and 64 bits elsewhere: 213 days.
inline constexpr double total_s_max = 180 * 86400.0;

class PowerChain {
public:
    PowerChain(std::unique_ptr<Harvester> harvester, const ChainOptions& options);
    /// One that goes on from here with another harvester, which is asked for its first piece at once.
    PowerChain resumed(std::unique_ptr<Harvester> harvester) const;

    /// Waits with the device off until it starts. Returns the seconds that takes. Throws NeverCharges.
    double charge();
    /// Stays off for `duration_s`, harvesting.
    void rest(double duration_s);
    /// Sleeps for `duration_s` with the device on, harvesting. False if the capacitor fell to off_v meanwhile, since when it is
    /// off.
    bool sleep(double duration_s);
    /// Draws a constant power for `duration_s`, or until the device stops. Returns how long that was.
    double draw(double power_w, double duration_s);

    double voltage_v() const;
    const EnergyBalance& balance() const { return balance_; }
    Reach reach() const { return harvester_->reach(); }  ///< of the harvester

private:
    /// What flows into the capacitor, constant for a while.
    struct Flow {
        double load_w = 0;
        double net_w = 0;         ///< converter minus load
        double resistance_w = 0;  ///< of it, lost in the series resistance
        double step_s = 0;        ///< constant for so long
        double into_w() const { return net_w - resistance_w; }
    };
    struct Step {
        double time_s = 0;
        bool reached = false;  ///< the target
    };
    /// What one charge has been through, to notice that it leads nowhere.
    struct Patience {
        uint64_t steps = 0;
        uint64_t steps_at_highest = 0;
        double highest_j = 0;
        double energy_at_repetition_j = -1;
        double waited_at_repetition_s = 0;
    };
    Flow flow_with(double load_w) const;
    Flow flow_asleep() const;
    std::string lack_text() const;
    double converted_w() const;
    double stop_energy_j(double net_w) const;
    bool stays_full(const Flow& flow) const;
    Step plan_step(const Flow& flow, double limit_s, double target_j) const;
    double energy_after(const Flow& flow, double time_s) const;
    double time_to_reach(double target_j, double power_w) const;
    Step advance(const Flow& flow, double limit_s, double target_j, double& load_account_j);
    double draw_into(double& account_j, double power_w, double duration_s);
    void next_piece();
    void check_patience(double waited_s);
    void check_repetition(double waited_s);
    [[noreturn]] void refuse(const std::string& reason) const;
    [[noreturn]] void give_up() const;

    std::shared_ptr<Harvester> harvester_;  ///< nobody else's; shared only while resumed() copies
    ChainOptions options_;
    double tau_s_;  ///< of the leakage, for energy; infinite without
    double start_j_, stop_j_, full_j_, begin_j_;
    double energy_j_;
    Piece piece_;
    double piece_left_s_ = 0;
    double total_s_ = 0;
    uint64_t seen_repetitions_ = 0;
    Patience patience_;
    EnergyBalance balance_;
    bool has_run_ = false;
};

}  // namespace dynbal::power
