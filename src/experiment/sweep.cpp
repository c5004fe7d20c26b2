#include "experiment/sweep.hpp"

#include <algorithm>
#include <filesystem>

#include "base/error.hpp"
#include "experiment/journal.hpp"
#include "experiment/model_store.hpp"
#include "experiment/run_cell.hpp"
#include "io/file.hpp"
#include "io/json_text.hpp"
#include "io/sha256.hpp"
#include "sim/parallel.hpp"

namespace dynbal::experiment {
namespace {

/// The files of a sweep's folder.
struct Folder {
    std::filesystem::path path;

    std::string identity() const { return (path / "sweep.json").string(); }
    std::string journal() const { return (path / "journal.jsonl").string(); }
    std::string csv() const { return (path / "rows.csv").string(); }
    std::string json_lines() const { return (path / "rows.jsonl").string(); }
};

/// What must be equal for rows to be comparable.
std::string identity_text(const Grid& grid) {
    static const std::string program = io::sha256_hex(io::read_file("/proc/self/exe"));
    const nlohmann::ordered_json json{{"grid_sha256", identity_of(grid)}, {"program_sha256", program}};
    return io::json_text(json, 2) + "\n";
}

void create(const Folder& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder.path, error);
    if (error) throw InputError(folder.path.string() + ": cannot create this folder: " + error.message());
}

/// Makes the folder this grid's, or finds that it is. `journal` is locked already.
void claim(const Folder& folder, const Journal& journal, const Grid& grid, bool restart) {
    const std::string identity = identity_text(grid);
    if (restart || !std::filesystem::exists(folder.identity())) {
        if (!journal.rows().empty()) {
            throw InputError(folder.path.string() +
                             ": holds rows, but no sweep.json that says of which grid; choose "
                             "another folder, or start anew with --restart");
        }
        std::error_code ignored;
        for (const std::string& file : {folder.csv(), folder.json_lines()}) std::filesystem::remove(file, ignored);
        io::write_file(folder.identity(), identity);
    }
    if (io::read_text(folder.identity()) != identity) {
        throw InputError(folder.identity() +
                         ": this folder holds rows of another grid, of other files, or made by "
                         "another build of the program; choose another folder, or start anew with --restart");
    }
}

/// Sorts finished rows to their cells; what does not belong there is damage.
std::vector<bool> place(const Folder& folder, const std::vector<Row>& finished, std::vector<Row>& rows) {
    std::vector<bool> done(rows.size(), false);
    for (const Row& row : finished) {
        if (row.cell >= rows.size()) {
            throw InputError(folder.journal() + ": there is no cell " + std::to_string(row.cell) +
                             " in the grid; start anew with --restart");
        }
        rows[row.cell] = row;
        done[row.cell] = true;
    }
    return done;
}

/// What is to be run, the longest first so that no core waits for the others in the end.
std::vector<Cell> unfinished(const std::vector<Cell>& cells, const std::vector<bool>& done) {
    std::vector<Cell> rest;
    for (const Cell& cell : cells) {
        if (!done[cell.index]) rest.push_back(cell);
    }
    std::stable_partition(rest.begin(), rest.end(), [](const Cell& cell) { return cell.strategy == Strategy::oracle; });
    return rest;
}

}  // namespace

SweepResult run_sweep(const Grid& grid, const SweepOptions& options) {
    check_size(grid);
    const Folder folder{options.folder};
    create(folder);
    Journal journal(folder.journal(), options.restart);
    claim(folder, journal, grid, options.restart);
    const std::vector<Cell> cells = cells_of(grid);
    SweepResult result;
    result.rows.resize(cells.size());
    const std::vector<Cell> rest = unfinished(cells, place(folder, journal.rows(), result.rows));
    result.done_before = cells.size() - rest.size();
    if (options.on_start) options.on_start(cells.size(), result.done_before);

    const ModelStore models(grid, rest, options.jobs);
    sim::WorkQueue queue(rest.size(), 1);
    sim::run_workers(queue, options.jobs, [&](sim::WorkQueue& work) {
        while (const auto piece = work.next()) {
            const Cell& cell = rest[piece->begin];
            double told = 0;
            Row row = run_cell(grid, cell, models.of(cell), [&](double share) {
                told += share;
                if (options.on_progress) options.on_progress(share);
            });
            journal.append(row);
            result.rows[cell.index] = std::move(row);
            if (options.on_progress) options.on_progress(1 - told);
        }
    });
    io::write_file(folder.csv(), csv_of(result.rows));
    io::write_file(folder.json_lines(), json_lines_of(result.rows));
    return result;
}

}  // namespace dynbal::experiment
