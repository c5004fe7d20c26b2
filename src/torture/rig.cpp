#include "torture/rig.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "sim/session.hpp"
#include "sim/supply_kinds.hpp"
#include "torture/bench.hpp"
#include "torture/graph_builder.hpp"

namespace dynbal::torture {
namespace {

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

class Rig {
public:
    Rig(const Scenario& scenario, const Subject& subject, Places& places)
        : scenario_(scenario), subject_(subject), places_(places), bench_(scenario, subject, places) {}

    void run() {
        for (place_ = 0; place_ < scenario_.calls.size(); ++place_) call(scenario_.calls[place_]);
        bench_.switch_off();
        const std::vector<std::byte>& image = subject_.file.image;
        if (!std::equal(image.begin(), image.end(), bench_.memory().begin())) {
            throw Fault{"the engine has changed the image"};
        }
    }
    /// For messages.
    size_t place() const { return place_; }

private:
    void call(char what);
    void note_end();

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
    Bench bench_;
    Expected now_;
    size_t place_ = 0;
    bool torn_ = false;  ///< the last input was not loaded to its end
};

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

void Rig::format() {
    now_ = {};
    torn_ = false;
    bench_.set_formatted(false);
    bool again = false;  // a boot of before may have found what this call has not done
    bool begun = false;
    bench_.persist([&] {
        const bool unformatted = again && bench_.boot_status() == Status::not_formatted;
        // Its last record may be whole though the power failed in it.
        if (begun && !unformatted) return;
        begun = begun || unformatted;
        again = true;
        bench_.expect(bench_.engine().format(), Status::ok, "format()");
    });
    now_.formatted = true;
    bench_.set_formatted(true);
}

/// Where it is not `persistent`, a failure leaves what was loaded before, nothing, or this.
void Rig::load(uint32_t input, bool persistent) {
    const Status right =
        !now_.formatted ? Status::not_formatted : (now_.running || now_.abandoning ? Status::wrong_phase : Status::ok);
    const auto attempt = [&] {
        bench_.expect(bench_.engine().load_input(subject_.inputs[input]), right, "load_input()");
    };
    bool done = true;
    if (persistent) {
        bench_.persist(attempt);
    } else {
        done = bench_.try_once(attempt);
    }
    if (right != Status::ok) return;
    if (done) now_.possible.clear();
    now_.possible.push_back(input);
    now_.loaded = input;
    torn_ = !done;
}

void Rig::start() {
    if (!now_.formatted || now_.running || now_.abandoning) {
        const Status right = now_.formatted ? Status::wrong_phase : Status::not_formatted;
        bench_.persist([&] { bench_.expect(bench_.engine().start(), right, "start()"); });
        return;
    }
    bool started = true;
    bench_.persist([&] {
        if (bench_.engine().record().phase == Phase::running) return;
        const Status status = bench_.engine().start();
        const bool may_be_torn = torn_ && status == Status::no_input;
        if (!now_.loaded || may_be_torn) {
            bench_.expect(status, Status::no_input, "start() without the whole of an input");
            started = false;
        } else {
            bench_.expect(status, Status::ok, "start()");
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
        if (bench_.engine().record().waiting != 0) places_.reach(Place::region_taken_from_stack);
        bench_.expect(bench_.engine().run(), Status::ok, "run()");
    };
    const bool ended = persistent ? (bench_.persist(attempt), true) : bench_.try_once(attempt);
    if (!ended) {  // it may have come to its end all the same
        bench_.persist([] {});
        if (bench_.engine().record().phase != Phase::idle) return;
    }
    note_end();
}

void Rig::note_end() {
    if (!now_.running && !now_.abandoning) return;
    const bool has_answer = now_.running;
    ++now_.inference;
    if (bench_.engine().record().inference != now_.inference) {
        throw Fault{
            fmt::format("{} inferences have ended, NVM says {}", now_.inference, bench_.engine().record().inference)};
    }
    now_.answered = has_answer ? now_.possible : std::vector<uint32_t>{};
    now_.running = now_.abandoning = false;
    now_.loaded.reset();
    now_.possible.clear();
    if (has_answer) read_answer();
}

void Rig::give_up() {
    const bool was_running = now_.running;
    bench_.persist([&] {
        if (was_running && bench_.engine().record().phase == Phase::abandoning) return;
        bench_.expect(bench_.engine().abandon(), was_running ? Status::ok : Status::wrong_phase, "abandon()");
    });
    now_.abandoning = now_.abandoning || was_running;
    now_.running = false;
}

void Rig::read_answer() {
    std::vector<int16_t> values(subject_.file.header().output_values);
    const bool idle = now_.formatted && !now_.running && !now_.abandoning;
    const bool has_answer = idle && !now_.answered.empty();
    bench_.with_host_power([&] {
        bench_.expect(bench_.engine().read_output(values), has_answer ? Status::ok : Status::wrong_phase,
                      "read_output()");
    });
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
    bench_.persist([&] {
        if (idle) {
            const std::vector<int16_t> short_input(subject_.file.header().input_values + 1);
            bench_.expect(bench_.engine().load_input(short_input), Status::wrong_size,
                          "load_input() of too many values");
            bench_.expect(bench_.engine().abandon(), Status::wrong_phase, "abandon()");
            bench_.expect(bench_.engine().run(), Status::ok, "run() of nothing");
            return;
        }
        const Status right = now_.formatted ? Status::wrong_phase : Status::not_formatted;
        bench_.expect(bench_.engine().load_input(subject_.inputs[0]), right, "load_input()");
        bench_.expect(bench_.engine().start(), right, "start()");
    });
    read_answer();
}

}  // namespace

Subject::Subject(ImageFile image) : file(std::move(image)) {
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
