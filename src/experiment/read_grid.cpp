#include "experiment/read_grid.hpp"

#include <cmath>
#include <filesystem>
#include <set>

#include "base/error.hpp"
#include "device/profile.hpp"
#include "device/toml_table.hpp"
#include "experiment/supply_files.hpp"
#include "image_file/method_names.hpp"
#include "input/sample_set.hpp"
#include "sim/session.hpp"
#include "sim/supply.hpp"

namespace dynbal::experiment {
namespace {

using device::read_toml;
using device::TomlTable;

constexpr uint64_t repetitions_max = 1'000'000;

/// A path of the grid as this process can open it; empty stays empty.
std::string resolved(const std::string& grid_path, const std::optional<std::string>& path) {
    if (!path) return "";
    return (std::filesystem::path(grid_path).parent_path() / *path).lexically_normal().string();
}

/// The files of a supply are named relative to the grid, too.
std::string resolved_supply(const std::string& grid_path, const std::string& supply) {
    const auto folder = std::filesystem::path(grid_path).parent_path();
    return with_files(
        supply, [&](const std::string& name) { return resolved(grid_path, name); }, folder);
}

/// A list of a grid holds each thing once: rows are told apart by these words.
void check_no_repetition(const TomlTable& table, const std::string& key, const std::vector<std::string>& words) {
    std::set<std::string> seen;
    for (const std::string& word : words) {
        if (!seen.insert(word).second) table.refuse(key, "names '" + word + "' twice");
    }
}

void check_file(const TomlTable& table, const std::string& key, const std::string& path) {
    std::error_code error;
    if (path.empty() || std::filesystem::exists(input::file_of(path), error)) return;
    table.refuse(key, "there is no file '" + path + "' (paths are relative to the grid's folder)");
}

/// Calls `check` and gives its error file, line and key.
template <typename Check>
void checked(const TomlTable& table, const std::string& key, Check check) {
    try {
        check();
    } catch (const InputError& error) {
        table.refuse(key, error.what());
    }
}

Model read_model(const std::string& grid_path, TomlTable table, bool timing_only) {
    Model model;
    model.onnx = resolved(grid_path, table.text("onnx"));
    model.image = resolved(grid_path, table.text("image"));
    model.calibrate = resolved(grid_path, table.text("calibrate"));
    model.input = resolved(grid_path, table.text("input"));
    const std::string& file = model.onnx.empty() ? model.image : model.onnx;
    model.name = table.text("name").value_or(std::filesystem::path(file).stem().string());
    model.scale = table.number("scale").value_or(1.0);
    if (!std::isfinite(model.scale) || model.scale == 0.0) table.refuse("scale", "must be finite and not zero");
    const std::string weights = table.text("weights").value_or("int16");
    if (weights != "int8" && weights != "int16") table.refuse("weights", "allowed are: int8, int16");
    model.weight_bytes = weights == "int8" ? 1 : 2;
    model.preservation = table.text("preservation").value_or("");
    checked(table, "preservation", [&] {
        if (!model.preservation.empty()) (void)method_by_name(model.preservation);
    });
    table.finish();
    if (model.onnx.empty() == model.image.empty()) table.refuse("model", "needs either onnx or image");
    for (const char* key : {"calibrate", "scale", "weights", "preservation"}) {
        if (!model.image.empty() && table.has(key)) table.refuse(key, "an image is compiled already");
    }
    if (!timing_only && model.input.empty()) table.refuse("model", "needs an input, as timing_only is false");
    if (!timing_only && !model.onnx.empty() && model.calibrate.empty()) {
        table.refuse("model", "needs calibrate, as timing_only is false");
    }
    check_file(table, "onnx", model.onnx);
    check_file(table, "image", model.image);
    check_file(table, "calibrate", model.calibrate);
    check_file(table, "input", model.input);
    checked(table, "input", [&] {
        std::string without_index = model.input;
        (void)input::take_index(without_index);
    });
    return model;
}

}  // namespace

Grid read_grid(const std::string& path) {
    const toml::table file = read_toml(path);
    TomlTable table(path, file);
    Grid grid;
    grid.timing_only = table.flag("timing_only").value_or(true);
    grid.repetitions = static_cast<uint32_t>(table.count("repetitions", 1, repetitions_max).value_or(1));
    grid.seeds = table.counts("seeds").value_or(std::vector<uint64_t>{1});
    grid.devices = table.texts("devices").value_or(std::vector<std::string>{sim::default_profile().name});
    const auto policies = table.texts("policies").value_or(sim::policy_names());
    const auto supplies = table.texts("supplies");
    const std::vector<TomlTable> models = table.tables("model");
    // A misspelt key first: it may be the one that is missing.
    table.finish();
    if (!supplies) table.refuse("supplies", "is missing; see `dynbal help supplies`");
    for (const std::string& supply : *supplies) grid.supplies.push_back(resolved_supply(path, supply));
    for (std::string& device : grid.devices) {
        const bool is_file = device.find('/') != std::string::npos || device.ends_with(".toml");
        if (is_file) device = std::filesystem::absolute(resolved(path, device)).string();
    }
    std::set<std::string> names;
    for (const TomlTable& model : models) {
        grid.models.push_back(read_model(path, model, grid.timing_only));
        const std::string& name = grid.models.back().name;
        if (!names.insert(name).second) model.refuse("name", "there are two models '" + name + "'");
    }
    if (grid.models.empty()) table.refuse("model", "is missing; each model is a table headed [[model]]");
    checked(table, "policies", [&] {
        for (const std::string& name : policies) grid.policies.push_back(parse_strategy(name));
    });
    checked(table, "devices", [&] {
        for (const std::string& name : grid.devices) device::load_profile(name);
    });
    check_no_repetition(table, "policies", policies);
    check_no_repetition(table, "devices", grid.devices);
    check_no_repetition(table, "supplies", grid.supplies);
    checked(table, "supplies", [&] {
        check_size(grid);
        check_supplies(grid);
    });
    return grid;
}

const char* grid_help() {
    return R"(A grid is a TOML file. Every model is run with every device, supply, seed and policy; each such cell
is one row of the result. Paths are relative to the grid's folder.

  policies    = ["fixed", "paper", "best", "oracle"]   # default: the first three
  devices     = ["msp432p401r"]                        # default: this one
  supplies    = ["power:4mW", "random:{seed},500,9000"]  # {seed} stands for each of the seeds
  seeds       = [1, 2, 3]                              # default: [1]
  repetitions = 20      # inferences in a row on the same NVM and supply; default 1
  timing_only = true    # no arithmetic, the same counts; default true

  [[model]]
  name      = "shirt"                                  # default: the file's name
  onnx      = "../models/fashion_mnist/fashion_mnist.onnx"   # or: image = "shirt.dynbal"
  calibrate = "calibrate.npy"   # as for `dynbal compile`; optional with timing_only
  scale     = 0.00392156862745098
  weights   = "int16"           # or "int8"
  preservation = "stateful"     # or "hawaii", "none"
  input     = "x_test.npy@0"    # optional with timing_only

`oracle` knows the supply: for each stage it takes the tile sizes that are cheapest under it, found by
running all valid ones. The rows are sums over the inferences of a cell; one that does not end is a
row, too, with its outcome. `dynbal sweep GRID.toml -o DIR` writes DIR/rows.csv and DIR/rows.jsonl; while it runs,
finished rows are in DIR/journal.jsonl. A sweep that was killed goes on where it was when it is called again.

On many machines: `dynbal sweep GRID.toml -o DIR --shard I/N` on each (I from 1 to N), then `dynbal sweep --merge DIR`; the rows are
those of one machine, to the byte, and shards that are lost are named. On a Slurm cluster: `dynbal sweep GRID.toml -o DIR --slurm`.
)";
}

}  // namespace dynbal::experiment
