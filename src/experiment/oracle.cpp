#include "experiment/oracle.hpp"

#include <algorithm>
#include <limits>

#include "compiler/tile_configs.hpp"
#include "experiment/stage_bench.hpp"

namespace dynbal::experiment {
namespace {

constexpr uint64_t no_limit = std::numeric_limits<uint64_t>::max();
/// Failures fall on any place of a stage: so many power cycles show their mean.
constexpr uint64_t cycles_wanted = 30;
constexpr uint32_t inferences_min = 3, inferences_max = 60;

/// Does the device ever wait for energy after the first charge?
bool supply_limits(const compiler::ImageFile& file, const sim::DeviceProfile& profile, const std::string& text) {
    sim::Session session(file, profile);
    const auto supply = sim::parse_supply(text, profile);
    sim::RunOptions options;
    options.timing_only = true;
    const std::vector<int16_t> input(file.header().input_values);
    const sim::RunResult result = session.run_inference(input, *supply, options);
    return result.power_cycles > 1 && result.charging_s > 0;
}

/// A configuration, and what it draws at least.
struct Contestant {
    TileConfig config;
    uint64_t least = 0;
};

std::vector<Contestant> contestants_of(const compiler::ImageFile& file, uint32_t stage,
                                       const sim::DeviceProfile& profile, Measure measure) {
    const LoopShape shape = shape_of(file.stage(stage), file.header().sums_area_bytes);
    std::vector<Contestant> all;
    for (const TileConfig& config : compiler::sampled_configs(shape, file.header().arena_bytes)) {
        all.push_back({config, amount_of(least_cost(file, stage, config, profile), measure)});
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Contestant& a, const Contestant& b) { return a.least < b.least; });
    return all;
}

/// The contest of one stage. A winner is known at all times once one has come to its end.
class Contest {
public:
    /// choice.inferences says how often each configuration is run.
    Contest(StageBench& bench, StageChoice& choice) : bench_(&bench), choice_(&choice) {}

    uint64_t least_total() const { return least_; }

    void enter(const TileConfig& config) {
        ++choice_->tried;
        const auto run = bench_->run(config, choice_->inferences, least_ - (least_ == no_limit ? 0 : 1));
        if (!run) return;
        least_ = run->amount;
        choice_->config = config;
    }

private:
    StageBench* bench_;
    StageChoice* choice_;
    uint64_t least_ = no_limit;
};

/// How often the stage has to run to meet enough failures.
uint32_t inferences_for(StageBench& bench, const std::vector<Candidate>& table) {
    uint64_t cycles = 0;
    for (const Candidate& row : table) {
        const auto run = bench.run(row.config, inferences_min, no_limit);
        if (run) cycles = cycles == 0 ? run->power_cycles : std::min(cycles, run->power_cycles);
    }
    if (cycles == 0) return inferences_min;
    const uint64_t wanted = cycles_wanted * inferences_min / cycles;
    return static_cast<uint32_t>(std::clamp<uint64_t>(wanted, inferences_min, inferences_max));
}

StageChoice choose_for(const compiler::ImageFile& file, uint32_t index, const sim::DeviceProfile& profile,
                       const std::string& supply, Measure measure) {
    const std::vector<Candidate> table = file.candidates(file.stage(index));
    StageBench bench(file, index, profile, supply, measure);
    StageChoice choice;
    choice.config = table[file.stage(index).least_need_row].config;
    choice.inferences = inferences_for(bench, table);
    Contest contest(bench, choice);
    // The table's rows first: they are good, so that most of the others need not be run.
    for (const Candidate& row : table) contest.enter(row.config);
    choice.tried = 0;
    const std::vector<Contestant> all = contestants_of(file, index, profile, measure);
    for (const Contestant& contestant : all) {
        if (contestant.least >= contest.least_total() / choice.inferences + 1) break;
        contest.enter(contestant.config);
    }
    choice.configs = all.size();
    const double unit = measure == Measure::energy ? 1e-15 : 1e-12;
    choice.cost = static_cast<double>(contest.least_total()) / choice.inferences * unit;
    return choice;
}

}  // namespace

std::vector<TileConfig> Oracle::configs() const {
    std::vector<TileConfig> all;
    for (const StageChoice& stage : stages) all.push_back(stage.config);
    return all;
}

Oracle find_oracle(const compiler::ImageFile& file, const sim::DeviceProfile& profile, const std::string& supply) {
    Oracle oracle;
    oracle.supply_limits = supply_limits(file, profile, supply);
    const Measure measure = oracle.supply_limits ? Measure::energy : Measure::time;
    for (uint32_t stage = 0; stage < file.header().stage_count; ++stage) {
        oracle.stages.push_back(choose_for(file, stage, profile, supply, measure));
    }
    return oracle;
}

}  // namespace dynbal::experiment
