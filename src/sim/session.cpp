#include "sim/session.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "base/error.hpp"
#include "base/random.hpp"
#include "engine/engine.hpp"
#include "image_file/memory_check.hpp"
#include "image_file/method_names.hpp"
#include "nvm/boot_cost.hpp"
#include "platform/assertion.hpp"
#include "power/recording.hpp"
#include "sim/progress_watch.hpp"
#include "sim/supply_kinds.hpp"

namespace dynbal {

/// The library's trap would end a campaign of thousands of points; so it counts as a wrong one.
[[noreturn]] void assertion_failed(const char* file, uint32_t line) {
    std::string message = "an assertion of the engine failed: ";
    message += file;
    message += ":";
    throw std::logic_error(message += std::to_string(line));
}

}  // namespace dynbal

namespace dynbal::sim {
namespace {

/// The NVM of an image; what no device has is refused before it is allocated.
uint32_t nvm_bytes_of(const ImageFile& file) {
    constexpr uint32_t bytes_max = 256U << 20U;
    if (file.header().nvm_bytes <= bytes_max) return file.header().nvm_bytes;
    throw InputError("the image says that it needs " + std::to_string(file.header().nvm_bytes) +
                     " bytes of NVM; at most " + std::to_string(bytes_max) + " are simulated");
}

/// What multiplies in each stage, as far as cycles differ.
std::vector<device::Kernel> kernels_of(const ImageFile& file) {
    std::vector<device::Kernel> kernels;
    for (uint32_t index = 0; index < file.header().stage_count; ++index) {
        const StageDescriptor stage = file.stage(index);
        const bool one_position = stage.out_h == 1 && stage.out_w == 1;
        if (stage.groups > 1) {
            kernels.push_back(device::Kernel::depthwise);
        } else {
            kernels.push_back(one_position ? device::Kernel::dense : device::Kernel::convolution);
        }
    }
    return kernels;
}

std::string units_text(uint64_t sixteenths) { return std::to_string((sixteenths + 15) / 16) + " units"; }

}  // namespace

/// What stays the same during one inference.
struct Session::Run {
    std::span<const int16_t> input;
    const RunOptions* options;
    RunTrace trace;
    uint32_t inference = 0;  ///< its number on this NVM
};

namespace {

void check_room(const char* memory, uint64_t needed, double kib, const std::string& device) {
    const auto there = static_cast<uint64_t>(kib * 1024);
    if (needed <= there) return;
    throw InputError("the image needs " + std::to_string(needed) + " bytes of " + memory + ", and " + device + " has " +
                     std::to_string(there) + " for it: compile the model with --device " + device);
}

}  // namespace

void check_rooms(const ImageFile& file, const DeviceProfile& profile) {
    const device::Limits& limits = profile.limits;
    check_room("SRAM", Engine::sram_bytes_of(file.header()), limits.sram_kib - limits.sram_reserved_kib, profile.name);
    check_room("NVM", file.header().nvm_bytes, limits.nvm_kib, profile.name);
}

Session::Session(const ImageFile& file, const DeviceProfile& profile, Defect defect)
    : file_(&file),
      profile_(profile),
      prices_(profile.cost_model()),
      nvm_(nvm_bytes_of(file), defect, profile),
      arena_(Engine::sram_bytes_of(file.header())) {
    if (defect != Defect::undeclared_class) check_memory(profile.nvm.nvm_class, profile.name);
    nvm_.account().set_kernels(kernels_of(file));
    install();
}

void Session::install() {
    const std::span<std::byte> memory = nvm_.memory();
    const ImageHeader& header = file_->header();
    const uint64_t records_end = uint64_t{header.records_offset} + records_bytes;
    if (file_->image.size() > memory.size() || records_end > memory.size()) {
        throw InputError("the image says that it needs " + std::to_string(memory.size()) +
                         " bytes of NVM, but its parts need more; compile the model again");
    }
    std::copy(file_->image.begin(), file_->image.end(), memory.begin());
    nvm_.watch_outside({header.records_offset, static_cast<uint32_t>(records_end)});

    SteadySupply steady;
    nvm_.power_up(steady);
    poison(0);
    RunTrace trace(header.stage_count, nvm_.account());
    Engine engine(nvm_, nvm_, trace, arena_, PolicyKind::fixed);
    Status status = engine.boot();
    if (status == Status::ok || status == Status::not_formatted) status = engine.format();
    if (status != Status::ok) {
        throw InputError(std::string("the engine does not accept the image: ") + text_of(status));
    }
}

void Session::poison(uint64_t cycle) {
    // Never the same in two cycles, so that a value surviving in SRAM by accident shows up.
    std::memset(arena_.data(), static_cast<int>(hash64(cycle) & 0xFFU), arena_.size());
}

RunResult Session::run_inference(std::span<const int16_t> input, Supply& supply, const RunOptions& options) {
    Run run{input, &options, RunTrace(file_->header().stage_count, nvm_.account())};
    RunResult result;
    result.prices = prices_;
    Status status = Status::ok;
    if (options.interrupted_inference) {
        run.inference = *options.interrupted_inference;
    } else {
        const std::optional<Record> record = newest_record(nvm_.memory(), file_->header());
        if (!record) {
            status = Status::not_formatted;
        } else if (record->phase != Phase::idle) {
            status = Status::wrong_phase;  // an earlier run was stuck and NVM still holds it
        }
        run.inference = record ? record->inference : 0;
    }
    nvm_.reset_traffic();
    nvm_.wear().clear();
    nvm_.clear_changed();
    nvm_.set_arithmetic(!options.timing_only);
    Account& account = nvm_.account();
    account.begin_run(options.observer);
    power::EnergyBalance before;
    if (supply.balance() != nullptr) before = *supply.balance();
    bool ended = false;
    if (status == Status::ok) ended = run_cycles(run, supply, result);

    result.traffic = nvm_.traffic();
    result.activity = run.trace.activity();
    result.wear = nvm_.wear().worst();
    account.end_run();
    if (supply.balance() != nullptr) result.energy_balance = supply.balance()->since(before);
    result.charging_s = static_cast<double>(account.charging_ps()) * 1e-12;
    result.latency_s = static_cast<double>(account.now_ps()) * 1e-12;
    result.energy_j = static_cast<double>(account.drawn().energy_fj) * 1e-15;
    if (ended) status = finish(run, result);
    if (status != Status::ok) result.message = text_of(status);
    return result;
}

/// Power cycles until the engine says that the inference has ended; false if it was stuck or refused.
bool Session::run_cycles(Run& run, Supply& supply, RunResult& result) {
    Account& account = nvm_.account();
    IdleCycles idle;
    ProgressWatch watch;
    watch.note(newest_record(nvm_.memory(), file_->header()));
    // The cycle that was interrupted was the first.
    const uint64_t first_cycle = run.options->interrupted_inference ? 1 : 0;
    while (!is_stuck(run, supply, idle) && result.power_cycles < run.options->cycles_max) {
        if (static_cast<double>(account.now_ps()) * 1e-12 > run.options->latency_max_s) {
            result.outcome = Outcome::overdue;
            result.message = "no end within the time that was given";
            return false;
        }
        const uint64_t cycle = first_cycle + result.power_cycles;
        // Where nothing is computed no value could show that one has survived.
        if (!run.options->timing_only || cycle == first_cycle) poison(cycle);
        ++result.power_cycles;
        try {
            nvm_.power_up(supply);
            Engine engine(nvm_, nvm_, run.trace, arena_, run.options->policy);
            const Status status = power_cycle(engine, run, cycle);
            if (status == Status::ok) return true;
            result.message = text_of(status);
            return false;
        } catch (const power::NeverCharges& reason) {
            result.outcome = Outcome::stuck;
            result.message = reason.what();
            return false;
        } catch (const PowerLoss&) {
            const bool further = watch.note(newest_record(nvm_.memory(), file_->header()));
            if (further) {
                if (idle.patience_s > 0 && run.options->on_waiting) run.options->on_waiting(1);
                idle = {.count = 0, .writing = 0, .since_ps = account.now_ps()};
            } else {
                ++idle.count;
                idle.writing += nvm_.changed() ? 1U : 0U;
            }
            nvm_.clear_changed();
        }
    }
    result.outcome = Outcome::stuck;
    result.message = stuck_message(run, idle);
    return false;
}

/// Whether nothing is to be hoped for. What changes may bring more later.
bool Session::is_stuck(const Run& run, const Supply& supply, IdleCycles& idle) const {
    if (idle.count < run.options->stuck_cycles) return false;
    if (idle.patience_s == 0) {
        const std::unique_ptr<Supply> best = supply.at_its_best();
        idle.is_hopeless = best != nullptr && !gets_on_with(run, *best);
        if (best == nullptr || idle.is_hopeless) return true;
        idle.patience_s = supply.round_s();
    }
    const double cycles_share = static_cast<double>(idle.count) / run.options->idle_cycles_max;
    const double share = std::max(idle_s(idle) / idle.patience_s, cycles_share);
    if (run.options->on_waiting) run.options->on_waiting(std::min(share, 1.0));
    return share >= 1;
}

double Session::idle_s(const IdleCycles& idle) const {
    return static_cast<double>(nvm_.account().now_ps() - idle.since_ps) * 1e-12;
}

/// Whether another supply brings what NVM holds further. Tried on a copy.
bool Session::gets_on_with(const Run& run, Supply& supply) const {
    Session copy(*file_, profile_);
    std::copy(nvm_.memory().begin(), nvm_.memory().end(), copy.nvm_.memory().begin());
    copy.nvm_.set_arithmetic(false);
    copy.nvm_.account().begin_run(nullptr);
    RunOptions options = *run.options;
    options.timing_only = true;
    options.observer = nullptr;
    options.expose_input = false;
    options.abandon_at_cycle.reset();
    options.latency_max_s = std::numeric_limits<double>::infinity();
    options.cycles_max = options.stuck_cycles;
    Run trial{run.input, &options, RunTrace(file_->header().stage_count, copy.nvm_.account())};
    trial.inference = run.inference;
    RunResult result;
    ProgressWatch watch;
    watch.note(newest_record(nvm_.memory(), file_->header()));
    return copy.run_cycles(trial, supply, result) || watch.note(newest_record(copy.nvm_.memory(), file_->header()));
}

/// What an application does at each power-up. Returns at the end of the inference.
Status Session::power_cycle(Engine& engine, Run& run, uint64_t cycle) {
    Status status = engine.boot();
    if (status != Status::ok) return status;
    if (engine.record().phase == Phase::idle) {
        // The failure may have come after the last record and before the application knew.
        if (engine.record().inference != run.inference) return Status::ok;
        status = load_input(engine, run, cycle);
        if (status == Status::ok) status = engine.start();
        if (status != Status::ok) return status;
    }
    const std::optional<uint64_t>& abandon_at = run.options->abandon_at_cycle;
    if (abandon_at && cycle >= *abandon_at && engine.record().phase == Phase::running) {
        status = engine.abandon();
        if (status != Status::ok) return status;
    }
    return engine.run();
}

/// The input comes from outside, so the host may bring it with power of its own.
Status Session::load_input(Engine& engine, Run& run, uint64_t cycle) {
    const bool exposed = run.options->expose_input && cycle == 0;
    nvm_.set_free(!exposed);
    run.trace.set_muted(!exposed);
    const Status status = engine.load_input(run.input);
    nvm_.set_free(false);
    run.trace.set_muted(false);
    return status;
}

/// Reads the answer, if there is one, on steady power and without counting.
Status Session::finish(const Run& run, RunResult& result) {
    SteadySupply steady;
    nvm_.power_up(steady);
    poison(result.power_cycles + 1);
    RunTrace silent(0, nvm_.account());
    Engine engine(nvm_, nvm_, silent, arena_, run.options->policy);
    const Status status = engine.boot();
    if (status != Status::ok) return status;
    if (run.options->abandon_at_cycle && engine.record().has_output == 0) {
        result.outcome = Outcome::abandoned;
        return Status::ok;
    }
    if (run.options->timing_only) {
        result.outcome = Outcome::completed;
        return Status::ok;
    }
    result.output.resize(file_->header().output_values);
    const Status read = engine.read_output(result.output);
    if (read == Status::ok) result.outcome = Outcome::completed;
    return read;
}

std::string Session::stuck_message(const Run& run, const IdleCycles& idle) const {
    std::string where = "before its first record";
    if (const std::optional<Record> record = newest_record(nvm_.memory(), file_->header())) {
        const std::vector<std::string>& names = file_->host.stage_names;
        if (record->phase == Phase::idle) {
            where = "at the start";
        } else {
            where = "in stage " + std::to_string(record->stage);
            if (record->stage < names.size()) where += " (" + names[record->stage] + ")";
        }
    }
    std::string what = "no end after " + std::to_string(run.options->cycles_max) + " power cycles";
    if (idle.count >= run.options->stuck_cycles) {
        what = std::to_string(idle.count) +
               " power cycles in a row made no progress, which is where this program gives up";
        if (idle.is_hopeless) what += ", and with the most power that this supply ever brings they would not either";
        if (idle.patience_s > 0 && idle_s(idle) < idle.patience_s) {
            what += ": " + power::duration_text(idle_s(idle)) + " were waited; more power may come later";
        } else if (idle.patience_s > 0) {
            what += ": in " + power::duration_text(idle_s(idle)) + " the supply has shown about all that it brings";
        }
        if (idle.writing > idle.count / 2) {
            what += ", though they wrote to NVM: the record, its regions and values did not advance";
        }
    }
    uint32_t stage = 0;
    const uint64_t least = least_cycle_cost(*file_, prices_, &stage);
    const std::string method = stages_only_text(*file_);
    return "stuck " + where + ": " + what + "; power cycles of " + units_text(least) +
           " and more always get on (budget:E; stage " + std::to_string(stage) + " needs them)" +
           (method.empty() ? "" : "; " + method);
}

uint64_t least_cycle_cost_of(const ImageFile& file, uint32_t stage, const CostModel& prices) {
    ImageHeader header = file.header();
    header.cost_model = prices;
    header.cost_model.boot = 0;  // counted anew
    const StageDescriptor descriptor = file.stage(stage);
    const TileConfig config = file.candidates(descriptor)[descriptor.least_need_row].config;
    const LoopShape shape = shape_of(header, descriptor);
    const uint64_t boot = cost_of(prices, boot_traffic(descriptor.states.run_count));
    const uint64_t need = needs_of({&shape, config, header.arena_bytes, prices, boot}).step;
    return Engine::least_cycle_cost(header, stage, descriptor, config, need);
}

uint64_t least_cycle_cost(const ImageFile& file, const CostModel& prices, uint32_t* stage) {
    uint64_t largest = 0;
    for (uint32_t index = 0; index < file.header().stage_count; ++index) {
        const uint64_t cost = least_cycle_cost_of(file, index, prices);
        if (cost <= largest) continue;
        largest = cost;
        if (stage != nullptr) *stage = index;
    }
    return largest;
}

uint64_t least_cycle_cost_of(const ImageFile& file, uint32_t stage) {
    return least_cycle_cost_of(file, stage, file.header().cost_model);
}

uint64_t least_cycle_cost(const ImageFile& file, uint32_t* stage) {
    return least_cycle_cost(file, file.header().cost_model, stage);
}

double least_cycle_j(const ImageFile& file, const DeviceProfile& profile, uint32_t* stage) {
    const uint64_t units = (least_cycle_cost(file, profile.cost_model(), stage) + 15) / 16;
    return static_cast<double>(units) * profile.unit_j() + profile.boot_uj * 1e-6;
}

std::vector<std::string> policy_names() {
    std::vector<std::string> names;
    for (const Policy& policy : policies) names.emplace_back(policy.name);
    return names;
}

PolicyKind parse_policy(std::string_view name) {
    std::string names;
    for (const Policy& policy : policies) {
        if (name == policy.name) return policy.kind;
        names += (names.empty() ? "" : ", ") + std::string(policy.name);
    }
    throw InputError("there is no policy '" + std::string(name) + "'; the policies are: " + names);
}

const char* name_of(PolicyKind policy) { return policy_of(policy).name; }

const char* name_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::completed: return "completed";
        case Outcome::abandoned: return "abandoned";
        case Outcome::stuck: return "stuck";
        case Outcome::overdue: return "overdue";
        case Outcome::refused: return "refused";
    }
    return "unknown";
}

}  // namespace dynbal::sim
