//! A device that lives for ever: one NVM with an image in it, and inferences through power
//! failures.
//!
//! Invariants:
//!  1. between power cycles nothing survives but NVM: each gets a new engine and SRAM filled with a
//!     pattern of its own;
//!  2. a run ends: completed, or stuck after a number of power cycles that brought its record no further
//!     (ProgressWatch), or with the engine's refusal; never by running for ever. With a supply that changes it is stuck if none of
//!     its cycles could bring it further (Supply::at_its_best()), or if a whole round of it has not (Supply::round_s());
//!  3. the host's part (which inference is meant, what the input is) is known from outside, as it would
//!     be known to an application's own records.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "image_file/image_file.hpp"
#include "plugin/policy.hpp"
#include "sim/device_profile.hpp"
#include "sim/run_trace.hpp"
#include "sim/sim_nvm.hpp"

namespace dynbal {
class Engine;
enum class Status : uint8_t;
}  // namespace dynbal

namespace dynbal::sim {

struct RunOptions {
    PolicyKind policy = PolicyKind::best;
    /// Loading the input in the first power cycle is exposed to power failures, too, and its cost
    /// counts. Otherwise, and whenever it has to be loaded again, the host pays for it: it cannot
    /// fail and is not counted.
    bool expose_input = false;
    /// Give the inference up in the n-th power cycle (from 0) if it has not ended before.
    std::optional<uint64_t> abandon_at_cycle;
    /// NVM holds what a power failure has left of this inference (counted from 0 since format()):
    /// go on with it. Needs expose_input.
    std::optional<uint32_t> interrupted_inference;
    /// Count everything and compute nothing: traffic, power cycles, time and energy are those of the full run, but
    /// there is no answer.
    bool timing_only = false;
    /// Watches the run if not null.
    Observer* observer = nullptr;
    /// So many power cycles in a row without progress mean: stuck, if the supply at its best does not bring it further either.
    uint32_t stuck_cycles = 200;
    /// So many of them are waited for where it may: a quarter of a minute of computing.
    uint32_t idle_cycles_max = 2'000'000;
    /// A limit of the caller's own, from the first charge on.
    double latency_max_s = std::numeric_limits<double>::infinity();
    /// A limit of the caller's own; a run that does not get on is stuck long before.
    uint64_t cycles_max = 20'000'000;
    /// Told while a supply that changes is waited for: the share of the time, or of the power cycles, after which it is given up.
    /// 1: the waiting is over.
    std::function<void(double)> on_waiting{};
};

enum class Outcome : uint8_t {
    completed,
    abandoned,  ///< given up as asked; NVM is ready for the next inference
    stuck,      ///< no progress; the message says where, and what would help
    overdue,    ///< latency_max_s has passed; NVM holds the unfinished inference
    refused,    ///< the engine returned an error; the message holds it
};

struct RunResult {
    Outcome outcome = Outcome::refused;
    std::string message;  ///< why, unless completed or abandoned
    uint64_t power_cycles = 0;
    Traffic traffic;  ///< really moved and computed, lost work included
    Activity activity;
    double latency_s = 0;                                ///< all time from the first charge to the end
    double charging_s = 0;                               ///< the part of it with the device off
    double energy_j = 0;                                 ///< drawn by the device
    std::optional<power::EnergyBalance> energy_balance;  ///< of a supply with a capacitor, in this run
    WornRow wear;                                        ///< the row that it has worn most
    std::vector<int16_t> output;  ///< 15-bit values in engine order, if completed and not timing_only

    bool completed() const { return outcome == Outcome::completed; }
    CostModel prices;  ///< of the device
    /// What was moved and computed, at these prices: the unit of budget:E.
    double cost_units() const { return static_cast<double>(cost_of(prices, traffic)) / 16; }
};

/// Throws InputError, with what to do, if the device has less SRAM or NVM than the image needs.
void check_rooms(const ImageFile& file, const DeviceProfile& profile);

class Session {
public:
    /// Installs the image in new NVM and formats it. `file` must outlive the session. Throws
    /// InputError if the engine does not accept the image.
    explicit Session(const ImageFile& file, const DeviceProfile& profile = default_profile(),
                     Defect defect = Defect::none);

    /// One inference. `input`: header().input_values 15-bit values in engine order.
    RunResult run_inference(std::span<const int16_t> input, Supply& supply, const RunOptions& options);

    /// For crash tests: to save, restore and record what is in it.
    SimNvm& nvm() { return nvm_; }

private:
    struct Run;
    /// Power cycles in a row without progress.
    struct IdleCycles {
        uint64_t count = 0;
        uint64_t writing = 0;      ///< of them, those that changed NVM all the same
        uint64_t since_ps = 0;     ///< when the first of them began
        double patience_s = 0;     ///< with a supply that may yet bring more: so long; 0 if that was not asked yet
        bool is_hopeless = false;  ///< with a supply that changes: at its best it does not bring it further either
    };

    void install();
    Status power_cycle(Engine& engine, Run& run, uint64_t cycle);
    Status load_input(Engine& engine, Run& run, uint64_t cycle);
    bool run_cycles(Run& run, Supply& supply, RunResult& result);
    bool is_stuck(const Run& run, const Supply& supply, IdleCycles& idle) const;
    double idle_s(const IdleCycles& idle) const;
    bool gets_on_with(const Run& run, Supply& supply) const;
    Status finish(const Run& run, RunResult& result);
    void poison(uint64_t cycle);
    std::string stuck_message(const Run& run, const IdleCycles& idle) const;

    const ImageFile* file_;
    DeviceProfile profile_;
    CostModel prices_;
    SimNvm nvm_;
    std::vector<std::byte> arena_;
};

/// Energy per power cycle with which a stage surely makes progress, in 1/16 units at these prices
/// (Engine::least_cycle_cost()). With less it may, too.
uint64_t least_cycle_cost_of(const ImageFile& file, uint32_t stage, const CostModel& prices);
/// That of the most demanding stage, which `stage` receives.
uint64_t least_cycle_cost(const ImageFile& file, const CostModel& prices, uint32_t* stage = nullptr);
/// The same at the prices of the device that the image was compiled for.
uint64_t least_cycle_cost_of(const ImageFile& file, uint32_t stage);
uint64_t least_cycle_cost(const ImageFile& file, uint32_t* stage = nullptr);

/// That in joules, with the boot: units count what the engine does in NVM and with weights, and what a job takes beside it is some
/// percent more.
double least_cycle_j(const ImageFile& file, const DeviceProfile& profile, uint32_t* stage = nullptr);

/// fixed, paper, best. Throws InputError with the list.
PolicyKind parse_policy(std::string_view name);
/// Of all policies, in the order of the plugin's list.
std::vector<std::string> policy_names();
const char* name_of(PolicyKind policy);
const char* name_of(Outcome outcome);

}  // namespace dynbal::sim
