#include "experiment/run_cell.hpp"

#include "base/error.hpp"
#include "experiment/oracle.hpp"
#include "experiment/stage_image.hpp"
#include "sim/session.hpp"
#include "sim/supply.hpp"

namespace dynbal::experiment {
namespace {

void add(Row& row, const sim::RunResult& result) {
    row.power_cycles += result.power_cycles;
    row.reconfigurations += result.activity.reconfigurations;
    row.shrinks += result.activity.shrinks;
    row.read_bytes += result.traffic.read_bytes;
    row.write_bytes += result.traffic.write_bytes;
    row.transfers += result.traffic.transfers;
    row.macs += result.traffic.macs;
    row.cost_units += result.cost_units();
    row.latency_s += result.latency_s;
    row.charging_s += result.charging_s;
    row.energy_j += result.energy_j;
    row.outcome = sim::name_of(result.outcome);
    row.message = result.message;
}

void run_inferences(const Grid& grid, const Cell& cell, const ImageFile& file, const PreparedModel& model, Row& row,
                    const std::function<void(double share)>& on_progress) {
    sim::RunOptions options;
    options.policy = policy_of(cell.strategy);
    options.timing_only = grid.timing_only;
    sim::Session session(file, model.profile);
    const auto supply = sim::parse_supply(cell.supply, model.profile);
    while (row.completed < grid.repetitions) {
        const sim::RunResult result = session.run_inference(model.input, *supply, options);
        add(row, result);
        if (!result.completed()) return;
        ++row.completed;
        if (on_progress) on_progress(1.0 / grid.repetitions);
    }
}

}  // namespace

Row run_cell(const Grid& grid, const Cell& cell, const PreparedModel& model,
             const std::function<void(double share)>& on_progress) {
    Row row;
    row.cell = cell.index;
    row.model = grid.models[cell.model].name;
    row.device = grid.devices[cell.device];
    row.supply = cell.supply;
    row.policy = name_of(cell.strategy);
    row.repetitions = grid.repetitions;
    try {
        if (cell.strategy == Strategy::oracle) {
            OracleOptions options;
            options.on_progress = on_progress;
            const Oracle oracle = find_oracle(model.file, model.profile, cell.supply, options);
            run_inferences(grid, cell, with_choices(model.file, oracle.configs()), model, row, {});
        } else {
            run_inferences(grid, cell, model.file, model, row, on_progress);
        }
    } catch (const InputError& error) {
        // Known only while it runs: a supply that never charges the capacitor, for example.
        row.outcome = sim::name_of(sim::Outcome::refused);
        row.message = error.what();
    }
    return row;
}

}  // namespace dynbal::experiment
