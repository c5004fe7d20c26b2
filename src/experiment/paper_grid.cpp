#include "experiment/paper_grid.hpp"

#include <array>
#include <filesystem>
#include <utility>

#include "base/error.hpp"
#include "zoo/network_folder.hpp"

namespace dynbal::experiment {
namespace {

struct Named {
    const char *name, *network;
};

constexpr std::array<Named, 3> published{{{"HAR", "HAR-CNN"}, {"KWS", "KWS-DNN_S"}, {"SQN", "squeezenet_cifar10"}}};
constexpr std::array<Named, 3> own{{{"HAR", "har"}, {"KWS", "kws_dnn"}, {"SQN", "cifar10"}}};

std::string path_of(const std::string& folder, const std::string& network) {
    return (std::filesystem::path(folder) / (network + ".onnx")).string();
}

Model model_of(const char* name, const std::string& onnx) {
    Model model;
    model.name = name;
    model.onnx = onnx;
    return model;
}

}  // namespace

std::vector<Model> paper_models(const std::string& folder) {
    std::vector<Model> models;
    for (const auto& [name, network] : published) {
        const std::string path = path_of(folder, network);
        if (!std::filesystem::is_regular_file(path)) {
            throw InputError(path + ": there is no such file; --models names the folder of the paper's networks");
        }
        models.push_back(model_of(name, path));
    }
    return models;
}

std::vector<Model> own_models(const std::string& folder, bool replace) {
    if (!replace) {
        for (const auto& [name, network] : own) zoo::check_onnx(zoo::network(network), folder);
    }
    std::vector<Model> models;
    models.reserve(own.size());
    for (const auto& [name, network] : own) {
        models.push_back(model_of(name, zoo::write_onnx(zoo::network(network), folder)));
    }
    return models;
}

Grid paper_grid(std::vector<Model> models, const PaperGridOptions& options) {
    Grid grid;
    grid.models = std::move(models);
    grid.policies = {Strategy::fixed, Strategy::paper, Strategy::best};
    if (options.oracle) grid.policies.push_back(Strategy::oracle);
    grid.devices = {"msp432p401r-published", "msp432p401r-6mhz"};
    grid.supplies = {"power:2mW", "power:4mW", "power:12mW", options.rf, options.thermal};
    grid.repetitions = options.repetitions;
    return grid;
}

std::string rf_supply(const std::optional<std::string>& traces_folder) {
    if (!traces_folder) return "markov:power=10mW,on=0.2s,off=0.3s,seed=1";
    // REACT's cart trace (ASPLOS 2024) has a mean of 2.12 mW.
    const auto recorded = std::filesystem::path(*traces_folder) / "react_rf_asplos24/traces/rf-cart.trace";
    if (!std::filesystem::is_regular_file(recorded)) {
        throw InputError(recorded.string() + ": there is no such file; --traces names the folder of recorded traces");
    }
    return "trace:" + recorded.string() + ",scale=1.887";
}

std::string thermal_supply() { return "walk:low=3mW,high=5mW,step=0.1mW,every=1s,seed=1"; }

}  // namespace dynbal::experiment
