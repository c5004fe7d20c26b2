#include "experiment/oracle.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "compiler/price_tiles.hpp"
#include "compiler/tile_configs.hpp"
#include "experiment/stage_bench.hpp"
#include "nvm/boot_cost.hpp"
#include "sim/parallel.hpp"

namespace dynbal::experiment {
namespace {

constexpr uint64_t no_limit = std::numeric_limits<uint64_t>::max();
/// Failures fall on any place of a stage: so many power cycles show their mean.
constexpr uint64_t cycles_wanted = 30;
constexpr uint64_t inferences_max = 60;

/// Does the device ever wait for energy after the first charge?
bool supply_limits(const ImageFile& file, const sim::DeviceProfile& profile, const std::string& text) {
    sim::Session session(file, profile);
    const auto supply = sim::parse_supply(text, profile);
    sim::RunOptions options;
    options.timing_only = true;
    const std::vector<int16_t> input(file.header().input_values);
    const sim::RunResult result = session.run_inference(input, *supply, options);
    return result.power_cycles > 1 && result.charging_s > 0;
}

/// A configuration, what it draws at least, and what walking it lets expect.
struct Contestant {
    TileConfig config;
    uint64_t least = 0;
    double promise = 0;
};

/// The contest of one stage. A winner is known at all times once one has come to its end.
class Contest {
public:
    Contest(const ImageFile& file, uint32_t index, const sim::DeviceProfile& profile, const std::string& supply,
            Measure measure, uint64_t payments_max)
        : file_(&file),
          index_(index),
          profile_(&profile),
          measure_(measure),
          payments_max_(payments_max),
          shape_(shape_of(file.header(), file.stage(index))),
          bench_(file, index, profile, supply, measure),
          table_(file.candidates(file.stage(index))) {}

    StageChoice run(const std::function<void(double share)>& on_progress, double share) {
        choice_.config = table_[file_->stage(index_).least_need_row].config;
        const std::vector<Contestant> all = contestants(first_guess());
        choice_.configs = all.size();
        // The table's rows first: they are good, so that most of the others are soon stopped, or not run at all.
        for (const Candidate& row : table_) {
            if (!spent()) enter(row.config);
        }
        choice_.tried = 0;
        double told = 0;
        for (size_t i = 0; i < all.size() && choice_.complete; ++i) {
            if (all[i].least >= least_total_ / choice_.inferences + 1) continue;
            choice_.complete = !spent();
            if (choice_.complete) enter(all[i].config);
            const double spent = static_cast<double>(bench_.payments()) / static_cast<double>(payments_max_);
            const double passed = static_cast<double>(i) / static_cast<double>(all.size());
            const double done = std::clamp(std::max(spent, passed), told, 1.0);
            if (on_progress) on_progress(share * (done - told));
            told = done;
        }
        if (on_progress) on_progress(share * (1 - told));
        const double unit = measure_ == Measure::energy ? 1e-15 : 1e-12;
        if (least_total_ != no_limit) choice_.cost = static_cast<double>(least_total_) / choice_.inferences * unit;
        return choice_;
    }

private:
    uint64_t cost_of_traffic(const TileConfig& config) const {
        return cost_of(file_->header().cost_model, stage_traffic(shape_, config, file_->header().arena_bytes));
    }
    uint64_t least_of(const TileConfig& config) const {
        return amount_of(least_cost(*file_, index_, config, *profile_), measure_);
    }

    void enter(const TileConfig& config) {
        ++choice_.tried;
        const uint64_t amount = least_total_ == no_limit ? no_limit : least_total_ - 1;
        const auto run = bench_.run(config, choice_.inferences, {amount, payments_max_});
        if (!run) return;
        least_total_ = run->amount;
        choice_.config = config;
    }
    bool spent() const { return bench_.payments() >= payments_max_; }

    /// The best of the table in one run; decides how often the stage has to run to meet enough failures. Returns what a
    /// power cycle brings in 1/16 units: they are to its amount as the stage's cost is to its least.
    uint64_t first_guess() {
        std::optional<BenchRun> best;
        uint64_t cycle_cost = never;
        for (const Candidate& row : table_) {
            if (spent()) break;
            const auto run = bench_.run(row.config, 1, {best ? best->amount - 1 : no_limit, payments_max_ / 4});
            if (!run) continue;
            best = run;
            choice_.config = row.config;
            if (run->power_cycles == 1) continue;  // nothing is known but that it suffices
            const double amount = static_cast<double>(run->amount) / static_cast<double>(run->power_cycles);
            const auto least = static_cast<double>(std::max(uint64_t{1}, least_of(row.config)));
            cycle_cost = static_cast<uint64_t>(amount / least * static_cast<double>(cost_of_traffic(row.config)));
        }
        const uint64_t cycles = best ? best->power_cycles : cycles_wanted;
        choice_.inferences =
            static_cast<uint32_t>(std::clamp<uint64_t>((cycles_wanted + cycles - 1) / cycles, 1, inferences_max));
        return cycle_cost;
    }

    /// The most promising first.
    std::vector<Contestant> contestants(uint64_t cycle_cost) const {
        constexpr uint32_t walks = 3;
        const ImageHeader& header = file_->header();
        WalkedStage stage{&shape_, {}, header.arena_bytes, header.cost_model, 0};
        stage.boot = cost_of(stage.prices, boot_traffic(1));
        std::vector<Contestant> all;
        for (const TileConfig& config : compiler::sampled_configs(shape_, header.arena_bytes)) {
            stage.config = config;
            const double promise = compiler::walked_cost(stage, cost_of_traffic(config), cycle_cost, walks);
            all.push_back({config, least_of(config), promise});
        }
        std::stable_sort(all.begin(), all.end(), [](const Contestant& a, const Contestant& b) {
            return std::pair(a.promise, a.least) < std::pair(b.promise, b.least);
        });
        return all;
    }

    const ImageFile* file_;
    uint32_t index_;
    const sim::DeviceProfile* profile_;
    Measure measure_;
    uint64_t payments_max_;
    LoopShape shape_;
    StageBench bench_;
    std::vector<Candidate> table_;
    StageChoice choice_;
    uint64_t least_total_ = no_limit;
};

}  // namespace

std::vector<TileConfig> Oracle::configs() const {
    std::vector<TileConfig> all;
    for (const StageChoice& stage : stages) all.push_back(stage.config);
    return all;
}

Oracle find_oracle(const ImageFile& file, const sim::DeviceProfile& profile, const std::string& supply,
                   const OracleOptions& options) {
    Oracle oracle;
    oracle.supply_limits = supply_limits(file, profile, supply);
    oracle.stages.resize(file.header().stage_count);
    const Measure measure = oracle.supply_limits ? Measure::energy : Measure::time;
    sim::WorkQueue queue(oracle.stages.size(), 1);
    sim::run_items(queue, options.jobs, [&](uint64_t index) {
        const auto stage = static_cast<uint32_t>(index);
        oracle.stages[stage] = Contest(file, stage, profile, supply, measure, options.payments_max)
                                   .run(options.on_progress, 1.0 / file.header().stage_count);
    });
    return oracle;
}

}  // namespace dynbal::experiment
