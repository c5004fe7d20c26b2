#include "torture/bench.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/random.hpp"
#include "sim/progress_watch.hpp"
#include "sim/supply_kinds.hpp"

namespace dynbal::torture {
namespace {

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

/// Beside those that load an input, of which no record tells: each of them takes back or writes one value at least.
constexpr uint32_t idle_cycles_most = 60;

sim::DeviceProfile profile_of(const Scenario& scenario) {
    sim::DeviceProfile profile = device::default_profile();
    profile.nvm.nvm_class = scenario.nvm;
    return profile;
}

}  // namespace

Bench::Bench(const Scenario& scenario, const Subject& subject, Places& places)
    : scenario_(scenario),
      header_(subject.file.header()),
      places_(places),
      nvm_(header_.nvm_bytes, sim::Defect::none, profile_of(scenario)),
      arena_(Engine::sram_bytes_of(header_)) {
    const std::span<std::byte> memory = nvm_.memory();
    for (size_t i = 0; i < memory.size(); ++i) memory[i] = static_cast<std::byte>(hash64(scenario.graph + i));
    std::copy(subject.file.image.begin(), subject.file.image.end(), memory.begin());
    if (scenario.percent != 0) {
        energy_units_ = (subject.least_units * scenario.percent + 99) / 100;
        supply_ = std::make_unique<sim::BudgetSupply>(energy_units_, device::default_profile());
    } else {
        supply_ = std::make_unique<CutSupply>(scenario.cuts);
    }
}

std::optional<Record> Bench::newest() const { return sim::newest_record(nvm_.memory(), header_); }

void Bench::expect(Status found, Status right, const char* call) const {
    if (found != right) {
        throw Fault{fmt::format("{} answers '{}' instead of '{}'", call, text_of(found), text_of(right))};
    }
}

/// Calls `attempt` in one power cycle after the other until it gets through.
void Bench::persist(const std::function<void()>& attempt) {
    sim::ProgressWatch watch;
    watch.note(newest());
    for (uint32_t idle = 0; !try_once(attempt);) {
        idle = watch.note(newest()) ? 0 : idle + 1;
        // Cuts that are counted in bytes end by themselves; of energy there is always enough to get on.
        if (scenario_.percent != 0 && idle > idle_cycles_most + 2 * header_.input_values) {
            throw Fault{fmt::format("stuck: {} power cycles of {} units in a row got nowhere", idle, energy_units_)};
        }
    }
}

/// False if the power fails before the end.
bool Bench::try_once(const std::function<void()>& attempt) {
    try {
        if (!engine_) boot();
        attempt();
        return true;
    } catch (const sim::PowerLoss&) {
        end_cycle(true);
        return false;
    }
}

void Bench::boot() {
    std::fill(arena_.begin(), arena_.end(), static_cast<std::byte>(hash64(++cycles_)));
    const std::vector<std::byte> before(nvm_.memory().begin(), nvm_.memory().end());
    Boot seen;
    seen.before = before;
    seen.header = &header_;
    seen.record = newest();
    listener_ = {};
    nvm_.reset_traffic();
    nvm_.wear().clear();
    nvm_.power_up(*supply_);
    engine_.emplace(nvm_, nvm_, listener_, arena_, scenario_.policy);
    const Status status = boot_status_ = engine_->boot();
    seen.formatted = status == Status::ok;
    seen.after = engine_->record();
    seen.events = listener_.events;
    note_boot(places_, seen);
    if (formatted_ || status != Status::not_formatted) expect(status, Status::ok, "boot()");
    check_supply();
}

void Bench::check_supply() const {
    // A record that is torn where it holds the same bytes as the one before is whole all the same, and a line may be written to
    // its end when power has failed: that much may not have been paid for.
    const CostModel& prices = header_.cost_model;
    const uint64_t brought = 16 * energy_units_ + cost_of(prices, {0, sizeof(Record), 1, 0, 0});
    const Supply supply = engine_->record().supply();
    if (energy_units_ != 0 && supply.low > brought) {
        throw Fault{fmt::format("a power cycle is believed to bring at least {} sixteenths; it brings {}", supply.low,
                                brought)};
    }
}

void Bench::end_cycle(bool lost) {
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
    const uint64_t rows_most =
        (moved.read_bytes + moved.write_bytes) / device::default_profile().nvm.row() + 2 * transfers;
    const uint64_t worn = nvm_.wear().total();
    if (energy_units_ == 0 && (worn + (lost ? 1 : 0) < transfers || worn > rows_most)) {
        throw Fault{fmt::format("{} transfers wear {} rows, at most {} are theirs", transfers, worn, rows_most)};
    }
}

void Bench::switch_off() {
    if (engine_) end_cycle(false);
}

void Bench::with_host_power(const std::function<void()>& attempt) {
    if (energy_units_ == 0) return persist(attempt);
    persist([&] {
        nvm_.set_free(true);
        listener_.muted = true;
        attempt();
    });
    nvm_.set_free(false);
    listener_.muted = false;
    switch_off();
}

}  // namespace dynbal::torture
