#include "real_networks.hpp"

#include <cstdlib>
#include <stdexcept>

#include "zoo/zoo_network.hpp"

namespace dynbal::test {

std::filesystem::path shared_folder() {
    const char* const named = std::getenv("DYNBAL_SHARED");
    return named != nullptr ? named : DYNBAL_REPOSITORY "/../shared";
}

std::vector<RealNetwork> own_networks() {
    std::vector<RealNetwork> networks;
    for (const zoo::Network& network : zoo::networks()) {
        for (const auto& folder : std::filesystem::directory_iterator(DYNBAL_REPOSITORY "/models")) {
            const std::filesystem::path path = folder.path() / (network.name + ".onnx");
            if (std::filesystem::exists(path)) networks.push_back({network.name, path});
        }
    }
    const RealNetwork first = networks.front();
    networks.push_back({first.name + "_int8", first.path, 1});
    return networks;
}

RealNetwork own_network(const std::string& name) {
    for (const RealNetwork& network : own_networks()) {
        if (network.name == name) return network;
    }
    throw std::out_of_range(name);
}

std::vector<RealNetwork> real_networks() {
    const std::filesystem::path models = shared_folder() / "data/models";
    std::vector<RealNetwork> networks = own_networks();
    const std::vector<RealNetwork> published{{"published_har", models / "dynbal/HAR-CNN.onnx"},
                                             {"published_kws", models / "dynbal/KWS-DNN_S.onnx"},
                                             {"published_kws_int8", models / "dynbal/KWS-DNN_S.onnx", 1},
                                             {"published_squeezenet", models / "dynbal/squeezenet_cifar10.onnx"},
                                             {"published_cifar10", models / "dynbal/cifar10-cnn.onnx"},
                                             {"published_mnist8", models / "onnx_zoo/mnist-8.onnx"}};
    networks.insert(networks.end(), published.begin(), published.end());
    return networks;
}

compiler::Graph load_graph(const RealNetwork& network) {
    return compiler::lower(compiler::read_onnx(network.path.string()));
}

}  // namespace dynbal::test
