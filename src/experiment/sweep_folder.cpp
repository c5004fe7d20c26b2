#include "experiment/sweep_folder.hpp"

#include "base/error.hpp"
#include "io/file.hpp"
#include "io/json_text.hpp"
#include "io/sha256.hpp"

namespace dynbal::experiment {

bool SweepIdentity::same_sweep(const SweepIdentity& other) const {
    return grid_sha256 == other.grid_sha256 && program_sha256 == other.program_sha256 && cells == other.cells;
}

std::string SweepIdentity::text() const {
    nlohmann::ordered_json json{{"grid_sha256", grid_sha256}, {"program_sha256", program_sha256}, {"cells", cells}};
    if (!shard.is_whole()) json["shard"] = shard.name();
    return io::json_text(json, 2) + "\n";
}

SweepIdentity identity_of(const Grid& grid, uint32_t cells, const Shard& shard) {
    static const std::string program = io::sha256_hex(io::read_file("/proc/self/exe"));
    return {.grid_sha256 = identity_of(grid), .program_sha256 = program, .cells = cells, .shard = shard};
}

void SweepFolder::create() const {
    std::error_code error;
    if (std::filesystem::exists(path_, error) && !std::filesystem::is_directory(path_, error)) {
        throw InputError(path_.string() + ": is a file; -o names a folder");
    }
    std::filesystem::create_directories(path_, error);
    if (error) throw InputError(path_.string() + ": cannot create this folder: " + error.message());
    check();
}

void SweepFolder::check() const {
    const std::vector<std::string> names{"sweep.json", "journal.jsonl", "rows.csv", "rows.jsonl"};
    io::check_targets(path_, names);
    if (holds_a_sweep()) {
        (void)identity();
    } else {
        check_not_there(names);
    }
}

void SweepFolder::check_not_there(const std::vector<std::string>& names) const {
    for (const std::string& name : names) {
        const std::filesystem::path file = path_ / name;
        std::error_code error;
        if (!std::filesystem::exists(file, error)) continue;
        // A sweep that was ended before its sweep.json was written leaves an empty journal.
        if (file == journal_file() && std::filesystem::file_size(file, error) == 0) continue;
        throw InputError(file.string() +
                         ": a file of this name is there and is not this sweep's: choose a folder of its own");
    }
}

void SweepFolder::claim(const Journal& journal, const SweepIdentity& identity, bool restart) const {
    const std::string text = identity.text();
    // An empty journal, as a run leaves that was ended at once, holds nothing that another sweep could spoil.
    const bool is_empty =
        journal.rows().empty() && !std::filesystem::exists(csv_file()) && !std::filesystem::exists(json_lines_file());
    if (restart || is_empty || !holds_a_sweep()) {
        std::error_code ignored;
        for (const std::string& file : {csv_file(), json_lines_file()}) std::filesystem::remove(file, ignored);
        io::write_file(identity_file(), text);
    }
    if (io::read_text(identity_file()) != text) {
        throw InputError(identity_file() +
                         ": this folder holds rows of another grid, of other files, or made by "
                         "another build of the program; choose another folder, or start anew with --restart");
    }
}

SweepIdentity SweepFolder::identity() const {
    try {
        const auto json = nlohmann::json::parse(io::read_text(identity_file()));
        SweepIdentity identity;
        json.at("grid_sha256").get_to(identity.grid_sha256);
        json.at("program_sha256").get_to(identity.program_sha256);
        json.at("cells").get_to(identity.cells);
        if (json.contains("shard")) identity.shard = parse_shard(json.at("shard").get<std::string>());
        return identity;
    } catch (const nlohmann::json::exception& error) {
        throw InputError(identity_file() + ": is not what a sweep writes (" + error.what() +
                         "): choose a folder of its own");
    }
}

void SweepFolder::write_rows(const std::vector<Row>& rows) const {
    io::write_file(csv_file(), csv_of(rows));
    io::write_file(json_lines_file(), json_lines_of(rows));
}

}  // namespace dynbal::experiment
