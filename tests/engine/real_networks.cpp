#include "real_networks.hpp"

#include <cstdlib>

namespace dynbal::test {

std::filesystem::path shared_folder() {
    const char* const named = std::getenv("DYNBAL_SHARED");
    return named != nullptr ? named : DYNBAL_REPOSITORY "/../shared";
}

std::vector<RealNetwork> real_networks() {
    const std::filesystem::path models = shared_folder() / "data/models";
    return {{"fashion_mnist", DYNBAL_REPOSITORY "/models/fashion_mnist/fashion_mnist.onnx"},
            {"fashion_mnist_int8", DYNBAL_REPOSITORY "/models/fashion_mnist/fashion_mnist.onnx", 1},
            {"har", models / "dynbal/HAR-CNN.onnx"},
            {"kws", models / "dynbal/KWS-DNN_S.onnx"},
            {"kws_int8", models / "dynbal/KWS-DNN_S.onnx", 1},
            {"squeezenet", models / "dynbal/squeezenet_cifar10.onnx"},
            {"cifar10", models / "dynbal/cifar10-cnn.onnx"},
            {"mnist8", models / "onnx_zoo/mnist-8.onnx"}};
}

compiler::Graph load_graph(const RealNetwork& network) {
    return compiler::lower(compiler::read_onnx(network.path.string()));
}

}  // namespace dynbal::test
