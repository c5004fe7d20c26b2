#include "experiment/sweep.hpp"

#include <algorithm>
#include <atomic>

#include "base/error.hpp"
#include "experiment/cell_queue.hpp"
#include "experiment/journal.hpp"
#include "experiment/model_store.hpp"
#include "experiment/run_cell.hpp"
#include "experiment/sweep_folder.hpp"
#include "sim/parallel.hpp"

namespace dynbal::experiment {
namespace {

/// Sorts finished rows to their cells; what does not belong there is damage.
std::vector<bool> place(const SweepFolder& folder, const std::vector<Row>& finished, const std::vector<bool>& members,
                        std::vector<Row>& rows) {
    std::vector<bool> done(rows.size(), false);
    for (const Row& row : finished) {
        if (row.cell >= rows.size() || !members[row.cell]) {
            throw InputError(folder.journal_file() + ": there is no cell " + std::to_string(row.cell) +
                             " in the grid; start anew with --restart");
        }
        rows[row.cell] = row;
        done[row.cell] = true;
    }
    return done;
}

/// What is to be run, the longest first so that no core waits for the others in the end.
std::vector<Cell> unfinished(const std::vector<Cell>& cells, const std::vector<bool>& members,
                             const std::vector<bool>& done) {
    std::vector<Cell> rest;
    for (const Cell& cell : cells) {
        if (members[cell.index] && !done[cell.index]) rest.push_back(cell);
    }
    std::stable_partition(rest.begin(), rest.end(), [](const Cell& cell) { return cell.strategy == Strategy::oracle; });
    return rest;
}

/// All of them on all cores; `keep` gets each row as soon as it is there.
void run_cells(const Grid& grid, const std::vector<Cell>& cells, ModelStore& models, const SweepOptions& options,
               const std::function<void(const Row&)>& keep) {
    std::vector<std::atomic_flag> begun(grid.models.size());
    const auto run_one = [&](const Cell& cell) {
        double told = 0;
        keep(run_cell(grid, cell, models.of(grid, cell), [&](double share) {
            told += share;
            if (options.on_progress) options.on_progress(share);
        }));
        if (options.on_progress) options.on_progress(1 - told);
    };
    CellQueue work(grid, cells, models);
    const auto worker = [&](sim::WorkQueue& /*unused*/) {
        try {
            while (const auto next = work.next()) {
                const uint32_t model = next->cell->model;
                if (options.on_model && !begun[model].test_and_set()) options.on_model(grid.models[model].name);
                if (!next->adds_model) {
                    run_one(*next->cell);
                    continue;
                }
                models.add(grid, *next->cell);
                work.model_added(*next);
            }
        } catch (...) {
            work.stop();  // nobody waits for a model that will not come
            throw;
        }
    };
    sim::WorkQueue all(cells.size(), 1);
    sim::run_workers(all, options.jobs, worker);
}

}  // namespace

SweepResult run_sweep(const Grid& grid, const SweepOptions& options) {
    check_size(grid);
    const std::vector<Cell> cells = cells_of(grid);
    const auto count = static_cast<uint32_t>(cells.size());
    SweepIdentity identity = identity_of(grid, count, options.shard);  // reads the files: before anything is written
    if (!options.program_sha256.empty()) identity.program_sha256 = options.program_sha256;
    const std::vector<bool> members = members_of(options.shard, count);
    ModelStore own;
    ModelStore& models = options.models != nullptr ? *options.models : own;
    models.check(grid, unfinished(cells, members, std::vector<bool>(count, false)));  // before old rows are forgotten
    const SweepFolder folder{options.folder};
    folder.create();
    Journal journal(folder.journal_file(), options.restart);
    folder.claim(journal, identity, options.restart);
    SweepResult result;
    result.rows.resize(count);
    const std::vector<Cell> rest = unfinished(cells, members, place(folder, journal.rows(), members, result.rows));
    const auto mine = static_cast<uint64_t>(std::count(members.begin(), members.end(), true));
    result.done_before = mine - rest.size();
    if (options.on_start) options.on_start(mine, result.done_before);
    run_cells(grid, rest, models, options, [&](const Row& row) {
        journal.append(row);
        result.rows[row.cell] = row;
    });
    if (options.shard.is_whole()) {
        folder.write_rows(result.rows);
    } else {
        std::erase_if(result.rows, [&](const Row& row) { return !members[row.cell] || row.outcome.empty(); });
    }
    return result;
}

}  // namespace dynbal::experiment
