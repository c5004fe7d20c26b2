//! One device in a race, shown while it runs: a power cycle is simulated at once, as the power stands, and then played in
//! its own time. When the power changes meanwhile, or somebody kills the device, the cycle is simulated again from its
//! beginning, with the change at its moment; all before that moment comes out the same.
//!
//! Invariants:
//!  1. what is shown up to any moment is what the simulator did with the power as it was up to that moment;
//!  2. under a power that nobody changes, power cycles, traffic and answer are those of sim::Session::run_inference().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "demo/cycle_recording.hpp"
#include "demo/layer_values.hpp"
#include "demo/live_supply.hpp"
#include "demo/power_history.hpp"
#include "demo/race_network.hpp"
#include "sim/progress_watch.hpp"
#include "sim/session.hpp"

namespace dynbal::demo {

struct VoltageSample {
    double time_s = 0, voltage_v = 0;
    bool is_on = false;
};

struct Layer {
    bool begun = false, ended = false;
    uint32_t changes = 0;  ///< of its tile
    TileConfig config;
};

/// What a board has done, power cycles that are over.
struct Totals {
    uint64_t power_cycles = 0, kills = 0;
    Traffic traffic;
    uint64_t energy_fj = 0;
};

class Board {
public:
    /// Network, which has an input, and history must outlive the board.
    Board(const Network& network, PolicyKind policy, const PowerHistory& history, const power::ChainOptions& chain);

    /// Shows all up to this moment, which is not before the last one, with a voltage every `sample_step_s`.
    void advance(double now_s, double sample_step_s);
    /// The history has a new entry, from the last moment on.
    void power_changed();
    /// All that the capacitor holds is taken away at the last moment.
    void kill();

    PolicyKind policy() const { return policy_; }
    bool has_ended() const { return has_ended_; }
    bool is_on() const;
    /// No answer: why. Empty otherwise.
    const std::string& trouble() const { return trouble_; }
    /// The answer, once it is there.
    const std::vector<int16_t>& output() const { return output_; }
    /// Of the moment, or of the end.
    double time_s() const { return now_s_; }
    double voltage_v() const { return voltage_v_; }
    sim::SpanKind doing() const { return doing_; }
    /// With the power cycle under way.
    uint64_t power_cycles() const { return totals_.power_cycles + (came_on() ? 1 : 0); }
    double energy_j() const { return static_cast<double>(totals_.energy_fj) * 1e-15 + cycle_energy_j_; }
    /// In units of budget:E, of power cycles that are over.
    double cost_units() const;
    const Totals& totals() const { return totals_; }
    /// Power cycles in a row that brought it no further.
    uint64_t idle_cycles() const { return idle_cycles_; }
    const std::vector<Layer>& layers() const { return layers_; }
    size_t layer() const { return layer_; }
    const LayerValues& values() const { return values_; }
    /// The tile that it works on, as pixels and channels of the layer's output.
    Region tile() const;
    /// Since the last call.
    std::vector<VoltageSample> take_samples() { return std::exchange(samples_, {}); }

private:
    /// As the power cycle under way began: to simulate it again.
    struct Beginning {
        std::unique_ptr<sim::HarvestSupply> supply;
        std::vector<std::byte> memory;
        uint64_t time_ps = 0;
    };

    double begin_s() const { return static_cast<double>(begin_.time_ps) * 1e-12; }
    double in_cycle_s() const { return now_s_ - begin_s(); }
    double end_s() const;
    bool came_on() const;
    bool is_first_cycle() const { return totals_.power_cycles == 0; }
    void begin_cycle();
    void simulate();
    void simulate_again();
    void restore_memory();
    void end_cycle();
    void drain();
    void play_to(double time_s, double sample_step_s);
    void apply(const Moment& moment);
    void apply_log(size_t end);
    void apply_event(const Event& event);
    void sample_to(double time_s, double step_s);
    double voltage_at(double time_s);
    void take_sample(double time_s, bool is_on);
    std::unique_ptr<power::Harvester> harvester() const;

    const Network* network_;
    PolicyKind policy_;
    const PowerHistory* history_;
    sim::Session session_;
    std::unique_ptr<LiveSupply> supply_;  ///< as it will be at the end of the cycle under way
    Beginning begin_;
    Recording recording_;
    sim::RunResult result_;           ///< of that cycle
    std::optional<uint64_t> cut_ps_;  ///< it ends with a kill, so long after the power came

    double now_s_ = 0;
    size_t next_moment_ = 0, log_done_ = 0;
    std::vector<std::byte> memory_;                 ///< NVM as it is now
    std::unique_ptr<sim::HarvestSupply> charging_;  ///< the capacitor as it is now, while it charges
    double charging_s_ = 0;                         ///< since the cycle began
    double cycle_energy_j_ = 0;
    sim::SpanKind doing_ = sim::SpanKind::charging;
    std::vector<VoltageSample> samples_;
    double next_sample_s_ = 0, voltage_v_ = 0;

    Totals totals_;
    sim::ProgressWatch watch_;
    uint64_t idle_cycles_ = 0;
    std::vector<Layer> layers_;
    size_t layer_ = 0;
    LayerValues values_;
    bool has_ended_ = false;
    std::string trouble_;
    std::vector<int16_t> output_;
};

}  // namespace dynbal::demo
