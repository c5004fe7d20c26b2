#include "experiment/merge.hpp"

#include <algorithm>
#include <map>

#include "base/error.hpp"

namespace dynbal::experiment {
namespace {

/// The folders of shards among these and in them, sorted.
std::vector<SweepFolder> shard_folders(const std::vector<std::string>& folders) {
    std::vector<std::filesystem::path> paths;
    for (const std::string& folder : folders) {
        std::error_code error;
        if (!std::filesystem::is_directory(folder, error)) throw InputError(folder + ": there is no such folder");
        const size_t before = paths.size();
        for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
            const bool is_shard = entry.path().filename().string().starts_with("shard-");
            if (is_shard && SweepFolder(entry.path()).holds_a_sweep()) paths.push_back(entry.path());
        }
        if (paths.size() == before && SweepFolder(folder).holds_a_sweep()) paths.emplace_back(folder);
        if (paths.size() == before) {
            throw InputError(folder + ": holds no shards of a sweep; `dynbal sweep GRID.toml --shard I/N` makes them");
        }
    }
    std::sort(paths.begin(), paths.end());
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
    return {paths.begin(), paths.end()};
}

void add_rows(const SweepFolder& folder, const SweepIdentity& identity, std::vector<bool>& done, Merge& merge) {
    const std::vector<bool> members = members_of(identity.shard, identity.cells);
    LostShard shard{.shard = identity.shard, .folder = folder.path().string()};
    const Journal journal(folder.journal_file());
    for (const Row& row : journal.rows()) {
        if (row.cell >= identity.cells || !members[row.cell]) {
            throw InputError(folder.journal_file() + ": cell " + std::to_string(row.cell) +
                             " does not belong to shard " + identity.shard.name() +
                             "; run the shard again with --restart");
        }
        if (done[row.cell]) {
            throw InputError(folder.journal_file() + ": cell " + std::to_string(row.cell) +
                             " stands twice; run the shard again with --restart");
        }
        merge.rows[row.cell] = row;
        done[row.cell] = true;
        ++shard.rows;
    }
    shard.missing = static_cast<uint32_t>(std::count(members.begin(), members.end(), true)) - shard.rows;
    if (shard.missing > 0) merge.lost.push_back(shard);
}

}  // namespace

Merge merge_shards(const std::vector<std::string>& folders) {
    Merge merge;
    std::map<uint32_t, std::string> found;
    std::vector<bool> done;
    for (const SweepFolder& folder : shard_folders(folders)) {
        const SweepIdentity identity = folder.identity();
        if (found.empty()) {
            merge.identity = identity;
            merge.shards = identity.shard.count;
            merge.rows.resize(identity.cells);
            done.resize(identity.cells, false);
        }
        if (!identity.same_sweep(merge.identity) || identity.shard.count != merge.shards) {
            throw InputError(folder.path().string() + " and " + found.begin()->second +
                             " are not of one sweep: the grid, a file it names, the program, or the number of shards "
                             "differs; all machines need the same program and the same files");
        }
        const auto [other, is_new] = found.emplace(identity.shard.index, folder.path().string());
        if (!is_new) {
            throw InputError(folder.path().string() + " and " + other->second + " are both shard " +
                             identity.shard.name() + "; name one of them");
        }
        add_rows(folder, identity, done, merge);
    }
    merge.identity.shard = {};
    for (uint32_t index = 1; index <= merge.shards; ++index) {
        if (found.contains(index)) continue;
        const Shard shard{index, merge.shards};
        const std::vector<bool> members = members_of(shard, merge.identity.cells);
        const auto missing = static_cast<uint32_t>(std::count(members.begin(), members.end(), true));
        if (missing > 0) merge.lost.push_back({.shard = shard, .folder = "", .rows = 0, .missing = missing});
    }
    std::sort(merge.lost.begin(), merge.lost.end(),
              [](const LostShard& a, const LostShard& b) { return a.shard.index < b.shard.index; });
    return merge;
}

void write_merged(const Merge& merge, const std::string& folder) {
    if (!merge.lost.empty()) {
        std::string text =
            std::to_string(merge.lost.size()) + " of " + std::to_string(merge.shards) + " shards are not complete:";
        for (const LostShard& lost : merge.lost) {
            text += "\n  shard " + lost.shard.name() + ": " + std::to_string(lost.missing) + " rows are missing, " +
                    (lost.folder.empty() ? "it has no folder" : std::to_string(lost.rows) + " are in " + lost.folder);
        }
        throw InputError(
            text +
            "\nrun each of them again, `dynbal sweep GRID.toml --shard I/N -o FOLDER` with the folder that it had: it "
            "goes on where it was");
    }
    const SweepFolder target{folder};
    target.create();
    Journal journal(target.journal_file(), true);
    target.claim(journal, merge.identity, true);
    journal.append(merge.rows);
    target.write_rows(merge.rows);
}

}  // namespace dynbal::experiment
