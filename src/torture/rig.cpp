#include "torture/rig.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>

#include "base/random.hpp"
#include "engine/engine.hpp"
#include "sim/progress_watch.hpp"
#include "sim/session.hpp"
#include "sim/supply_kinds.hpp"
#include "torture/graph_builder.hpp"

namespace dynbal::torture {
namespace {

/// What is wrong.
struct Fault {
    std::string reason;
};

/// Numbers of bytes, then steady power.
class CutSupply final : public sim::Supply {
public:
    explicit CutSupply(const std::vector<uint64_t>& cuts) : cuts_(cuts) {}
    void begin_cycle() override { allowance_.set(next_ < cuts_.size() ? cuts_[next_++] : UINT64_MAX); }
    sim::Grant pay(const sim::Demand& demand) override { return allowance_.pay(demand); }

private:
    const std::vector<uint64_t>& cuts_;
    size_t next_ = 0;
    sim::WriteAllowance allowance_;
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

/// Where the application stands, from what it has asked for.
struct Expected {
    bool formatted = false;
    bool running = false;
    bool abandoning = false;
    uint32_t inference = 0;          ///< how many have ended
    std::optional<uint32_t> loaded;  ///< the input that start() will take
    std::vector<uint32_t> possible;  ///< of an inference: inputs whose answer would be right
    std::vector<uint32_t> answered;  ///< of the answer that can be read; empty: there is none
};

constexpr uint32_t idle_cycles_most = 60;

class Rig {
public:
    Rig(const Scenario& scenario, const Subject& subject, Places& places)
        : scenario_(scenario),
          subject_(subject),
          places_(places),
          nvm_(subject.file.header().nvm_bytes, sim::Defect::none, profile()) {
        const std::span<std::byte> memory = nvm_.memory();
        for (size_t i = 0; i < memory.size(); ++i) memory[i] = static_cast<std::byte>(hash64(scenario.graph + i));
        std::copy(subject.file.image.begin(), subject.file.image.end(), memory.begin());
        arena_.resize(Engine::sram_bytes_of(header()));
        if (scenario.percent != 0) {
            energy_units_ = (subject.least_units * scenario.percent + 99) / 100;
            supply_ = std::make_unique<sim::BudgetSupply>(energy_units_, device::default_profile());
        } else {
            supply_ = std::make_unique<CutSupply>(scenario.cuts);
        }
    }

    void run() {
        for (place_ = 0; place_ < scenario_.calls.size(); ++place_) call(scenario_.calls[place_]);
        if (engine_) end_cycle(false);
        if (!std::equal(subject_.file.image.begin(), subject_.file.image.end(), nvm_.memory().begin())) {
            throw Fault{"the engine has changed the image"};
        }
    }
    /// For messages.
    size_t place() const { return place_; }

private:
    sim::DeviceProfile profile() const {
        sim::DeviceProfile profile = device::default_profile();
        profile.nvm.nvm_class = scenario_.nvm;
        return profile;
    }
    const ImageHeader& header() const { return subject_.file.header(); }
    std::optional<Record> newest() const { return sim::newest_record(nvm_.memory(), header()); }

    void call(char what);
    void persist(const std::function<void()>& attempt);
    bool try_once(const std::function<void()>& attempt);
    void boot();
    void end_cycle(bool lost);
    void expect(Status found, Status right, const char* call) const;
    void note_end();
    void use_host_power(bool is_wanted);

    void format();
    void load(uint32_t input, bool persistent);
    void start();
    void run_to_end(bool persistent);
    void give_up();
    void read_answer();
    void misuse();

    const Scenario& scenario_;
    const Subject& subject_;
    Places& places_;
    sim::SimNvm nvm_;
    std::vector<std::byte> arena_;
    std::unique_ptr<sim::Supply> supply_;
    uint64_t energy_units_ = 0;
    Listener listener_;
    std::optional<Engine> engine_;
    Expected now_;
    uint64_t cycles_ = 0;
    size_t place_ = 0;
    bool torn_ = false;  ///< the last input was not loaded to its end
};

void Rig::expect(Status found, Status right, const char* call) const {
    if (found != right)
        throw Fault{fmt::format("{} answers '{}' instead of '{}'", call, text_of(found), text_of(right))};
}

/// Calls `attempt` in one power cycle after the other until it gets through.
void Rig::persist(const std::function<void()>& attempt) {
    sim::ProgressWatch watch;
    watch.note(newest());
    for (uint32_t idle = 0; !try_once(attempt);) {
        idle = watch.note(newest()) ? 0 : idle + 1;
        // Cuts that are counted in bytes end by themselves; of energy there is always enough to get on.
        if (scenario_.percent != 0 && idle > idle_cycles_most) {
            throw Fault{fmt::format("stuck: {} power cycles of {} units in a row got nowhere", idle, energy_units_)};
        }
    }
}

/// False if the power fails before the end.
bool Rig::try_once(const std::function<void()>& attempt) {
    try {
        if (!engine_) boot();
        attempt();
        return true;
    } catch (const sim::PowerLoss&) {
        end_cycle(true);
        return false;
    }
}

void Rig::boot() {
    std::fill(arena_.begin(), arena_.end(), static_cast<std::byte>(hash64(++cycles_)));
    const std::vector<std::byte> before(nvm_.memory().begin(), nvm_.memory().end());
    Boot seen;
    seen.before = before;
    seen.header = &header();
    seen.record = newest();
    listener_ = {};
    nvm_.reset_traffic();
    nvm_.wear().clear();
    nvm_.power_up(*supply_);
    engine_.emplace(nvm_, nvm_, listener_, arena_, scenario_.policy);
    const Status status = engine_->boot();
    seen.formatted = status == Status::ok;
    seen.after = engine_->record();
    seen.events = listener_.events;
    note_boot(places_, seen);
    if (now_.formatted || status != Status::not_formatted) expect(status, Status::ok, "boot()");
    // A record that is torn where it holds the same bytes as the one before is whole all the same, and a line may be written to
    // its end when power has failed: that much may not have been paid for.
    const CostModel& prices = header().cost_model;
    const uint64_t brought = 16 * energy_units_ + cost_of(prices, {0, sizeof(Record), 1, 0, 0});
    const Supply supply = engine_->record().supply();
    if (energy_units_ != 0 && supply.low > brought) {
        throw Fault{fmt::format("a power cycle is believed to bring at least {} sixteenths; it brings {}", supply.low,
                                brought)};
    }
}

void Rig::end_cycle(bool lost) {
    engine_.reset();
    const Traffic& counted = listener_.total;
    const Traffic& moved = nvm_.traffic();
    const bool cut_inside = counted.transfers == moved.transfers && counted.jobs == moved.jobs &&
                            counted.read_bytes >= moved.read_bytes && counted.write_bytes >= moved.write_bytes &&
                            counted.macs >= moved.macs;
    if (lost ? !cut_inside : !(counted == moved)) {
        throw Fault{fmt::format("the engine counts {} transfers, {} bytes read, {} written; there were {}, {}, {}",
                                counted.transfers, counted.read_bytes, counted.write_bytes, moved.transfers,
                                moved.read_bytes, moved.write_bytes)};
    }
    // Each transfer wears each row that it touches once; what is cut before its first byte wears none.
    const uint64_t transfers = moved.transfers;
    const uint64_t rows_most = (moved.read_bytes + moved.write_bytes) / device::default_profile().nvm.row() + 2 * transfers;
    const uint64_t worn = nvm_.wear().total();
    if (energy_units_ == 0 && (worn + (lost ? 1 : 0) < transfers || worn > rows_most)) {
        throw Fault{fmt::format("{} transfers wear {} rows, at most {} are theirs", transfers, worn, rows_most)};
    }
}

void Rig::call(char what) {
    switch (what) {
        case 'f': return format();
        case 'l': return load(0, true);
        case 'm': return load(1, true);
        case 'p': return load(2, false);
        case 's': return start();
        case 'r': return run_to_end(true);
        case 'i': return run_to_end(false);
        case 'a': return give_up();
        case 'o': return read_answer();
        case 'x': return misuse();
        default: throw std::logic_error("no such call");
    }
}

/// What inputs and answers need is not in the least energy: where power cycles are that weak, the host pays. The engine counts it
/// as paid by this cycle, which therefore ends then.
void Rig::use_host_power(bool is_wanted) {
    nvm_.set_free(is_wanted && energy_units_ != 0);
    listener_.muted = is_wanted && energy_units_ != 0;
}

void Rig::format() {
    now_ = {};
    torn_ = false;
    persist([&] {
        use_host_power(true);
        expect(engine_->format(), Status::ok, "format()");
    });
    use_host_power(false);
    now_.formatted = true;
    if (energy_units_ != 0) end_cycle(false);
}

/// Where it is not `persistent`, a failure leaves what was loaded before, nothing, or this.
void Rig::load(uint32_t input, bool persistent) {
    const Status right =
        !now_.formatted ? Status::not_formatted : (now_.running || now_.abandoning ? Status::wrong_phase : Status::ok);
    const auto attempt = [&] {
        use_host_power(true);
        expect(engine_->load_input(subject_.inputs[input]), right, "load_input()");
    };
    bool done = true;
    if (persistent) {
        persist(attempt);
    } else {
        done = try_once(attempt);
    }
    use_host_power(false);
    if (right != Status::ok) return;
    if (done) now_.possible.clear();
    now_.possible.push_back(input);
    now_.loaded = input;
    torn_ = !done;
}

void Rig::start() {
    if (!now_.formatted || now_.running || now_.abandoning) {
        const Status right = now_.formatted ? Status::wrong_phase : Status::not_formatted;
        persist([&] { expect(engine_->start(), right, "start()"); });
        return;
    }
    bool started = true;
    persist([&] {
        if (engine_->record().phase == Phase::running) return;
        const Status status = engine_->start();
        const bool may_be_torn = torn_ && status == Status::no_input;
        if (!now_.loaded || may_be_torn) {
            expect(status, Status::no_input, "start() without the whole of an input");
            started = false;
        } else {
            expect(status, Status::ok, "start()");
        }
    });
    if (torn_) places_.reach(started ? Place::input_was_whole : Place::input_was_torn);
    if (!started) {
        now_.loaded.reset();
        now_.possible.clear();
        return;
    }
    now_.running = true;
    now_.answered.clear();
}

void Rig::run_to_end(bool persistent) {
    if (!now_.formatted) return;
    const auto attempt = [&] {
        if (engine_->record().waiting != 0) places_.reach(Place::region_taken_from_stack);
        expect(engine_->run(), Status::ok, "run()");
    };
    const bool ended = persistent ? (persist(attempt), true) : try_once(attempt);
    if (!ended) {  // it may have come to its end all the same
        persist([] {});
        if (engine_->record().phase != Phase::idle) return;
    }
    note_end();
}

void Rig::note_end() {
    if (!now_.running && !now_.abandoning) return;
    const bool has_answer = now_.running;
    ++now_.inference;
    if (engine_->record().inference != now_.inference) {
        throw Fault{fmt::format("{} inferences have ended, NVM says {}", now_.inference, engine_->record().inference)};
    }
    now_.answered = has_answer ? now_.possible : std::vector<uint32_t>{};
    now_.running = now_.abandoning = false;
    now_.loaded.reset();
    now_.possible.clear();
    if (has_answer) read_answer();
}

void Rig::give_up() {
    const bool was_running = now_.running;
    persist([&] {
        if (was_running && engine_->record().phase == Phase::abandoning) return;
        expect(engine_->abandon(), was_running ? Status::ok : Status::wrong_phase, "abandon()");
    });
    now_.abandoning = now_.abandoning || was_running;
    now_.running = false;
}

void Rig::read_answer() {
    std::vector<int16_t> values(header().output_values);
    const bool idle = now_.formatted && !now_.running && !now_.abandoning;
    const bool has_answer = idle && !now_.answered.empty();
    persist([&] {
        use_host_power(true);
        expect(engine_->read_output(values), has_answer ? Status::ok : Status::wrong_phase, "read_output()");
    });
    use_host_power(false);
    if (energy_units_ != 0) end_cycle(false);
    if (!has_answer) return;
    for (const uint32_t input : now_.answered) {
        if (values == subject_.answers[input]) {
            now_.answered = {input};
            return;
        }
    }
    throw Fault{"the answer differs from that of a run without failures"};
}

void Rig::misuse() {
    const bool idle = now_.formatted && !now_.running && !now_.abandoning;
    persist([&] {
        if (idle) {
            const std::vector<int16_t> short_input(header().input_values + 1);
            expect(engine_->load_input(short_input), Status::wrong_size, "load_input() of too many values");
            expect(engine_->abandon(), Status::wrong_phase, "abandon()");
            expect(engine_->run(), Status::ok, "run() of nothing");
            return;
        }
        const Status right = now_.formatted ? Status::wrong_phase : Status::not_formatted;
        expect(engine_->load_input(subject_.inputs[0]), right, "load_input()");
        expect(engine_->start(), right, "start()");
    });
    read_answer();
}

}  // namespace

Subject::Subject(compiler::ImageFile image) : file(std::move(image)) {
    sim::Session session(file);
    sim::SteadySupply steady;
    for (uint64_t seed = 0; seed < input_count; ++seed) {
        inputs.push_back(random_input(file, seed));
        const sim::RunResult result = session.run_inference(inputs.back(), steady, {});
        if (!result.completed()) throw std::logic_error("no answer without failures: " + result.message);
        answers.push_back(result.output);
    }
    least_units = (sim::least_cycle_cost(file) + 15) / 16;
}

std::string run_scenario(const Scenario& scenario, const Subject& subject, Places& places) {
    Rig rig(scenario, subject, places);
    const auto where = [&] {
        return fmt::format(" (call {}, '{}')", rig.place(),
                           scenario.calls[std::min(rig.place(), scenario.calls.size() - 1)]);
    };
    try {
        rig.run();
    } catch (const Fault& fault) {
        return fault.reason + where();
    } catch (const std::logic_error& error) {
        return error.what() + where();
    }
    return {};
}

}  // namespace dynbal::torture
