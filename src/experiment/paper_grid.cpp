#include "experiment/paper_grid.hpp"

#include <array>
#include <filesystem>
#include <utility>

#include "base/error.hpp"

namespace dynbal::experiment {
namespace {

constexpr std::array<std::pair<const char*, const char*>, 3> networks{
    {{"HAR", "HAR-CNN.onnx"}, {"KWS", "KWS-DNN_S.onnx"}, {"SQN", "squeezenet_cifar10.onnx"}}};

std::string path_of(const std::string& folder, const char* file) {
    return (std::filesystem::path(folder) / file).string();
}

Grid empty_grid(const PaperGridOptions& options) {
    Grid grid;
    grid.policies = {Strategy::fixed, Strategy::paper, Strategy::best};
    if (options.oracle) grid.policies.push_back(Strategy::oracle);
    grid.devices = {"msp432p401r-published", "msp432p401r-6mhz"};
    grid.supplies = {"power:2mW", "power:4mW", "power:12mW", options.rf, options.thermal};
    grid.repetitions = options.repetitions;
    return grid;
}

Model model_of(const char* name, const std::string& onnx) {
    Model model;
    model.name = name;
    model.onnx = onnx;
    return model;
}

}  // namespace

bool has_paper_models(const std::string& folder) {
    for (const auto& [name, file] : networks) {
        if (!std::filesystem::is_regular_file(path_of(folder, file))) return false;
    }
    return true;
}

Grid paper_grid(const PaperGridOptions& options) {
    Grid grid = empty_grid(options);
    for (const auto& [name, file] : networks) {
        const std::string path = path_of(options.models_folder, file);
        if (!std::filesystem::is_regular_file(path)) {
            throw InputError(path + ": there is no such file; --models names the folder of the paper's networks");
        }
        grid.models.push_back(model_of(name, path));
    }
    return grid;
}

Grid paper_grid_for(const std::string& onnx, const PaperGridOptions& options) {
    Grid grid = empty_grid(options);
    grid.models.push_back(model_of(std::filesystem::path(onnx).stem().c_str(), onnx));
    return grid;
}

std::string rf_supply(const std::string& traces_folder) {
    // REACT's cart trace (ASPLOS 2024) has a mean of 2.12 mW.
    const auto recorded = std::filesystem::path(traces_folder) / "react_rf_asplos24/traces/rf-cart.trace";
    if (std::filesystem::is_regular_file(recorded)) return "trace:" + recorded.string() + ",scale=1.887";
    return "markov:power=10mW,on=0.2s,off=0.3s,seed=1";
}

std::string thermal_supply() { return "walk:low=3mW,high=5mW,step=0.1mW,every=1s,seed=1"; }

}  // namespace dynbal::experiment
