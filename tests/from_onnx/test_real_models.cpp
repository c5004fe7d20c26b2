// Float accuracy must be the one measured with other inference software: of our networks on the inputs
// that come with them, and of published networks on published data. The latter are not part of the
// repository; DYNBAL_SHARED names the folder that holds them (data/models, data/datasets).
// DYNBAL_ALL_SAMPLES=1 runs whole test sets.
#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "from_onnx/lower.hpp"
#include "graph/float_run.hpp"
#include "io/npy.hpp"
#include "model_builder.hpp"
#include "temporary_folder.hpp"
#include "zoo/network_folder.hpp"

namespace dynbal::compiler {
namespace {

namespace fs = std::filesystem;

fs::path data_folder() {
    const char* shared = std::getenv("DYNBAL_SHARED");
    return fs::path(shared != nullptr ? shared : DYNBAL_SHARED_DEFAULT) / "data";
}

/// A network, its test set, how samples become inputs: (value + offset) * scale, how many
/// samples there are and how many it must classify rightly, and the same for the first few.
struct Case {
    const char* name;
    const char* model;
    const char* samples;
    const char* labels;
    float offset, scale;
    int64_t count, right, few, right_of_few;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

constexpr float pixel = 1.0F / 255.0F;

const Case cases[] = {
    {"HarCnn", "dynbal/HAR-CNN", "uci_har/x_test_standardised", "uci_har/y_test", 0, 1, 950, 862, 500, 420},
    {"KwsDnn", "dynbal/KWS-DNN_S", "speech_commands_v2_test/x_mfcc_25x10", "speech_commands_v2_test/y", 0, 1, 4890,
     3834, 500, 381},
    {"Squeezenet", "dynbal/squeezenet_cifar10", "cifar10/x_test", "cifar10/y_test", 0, pixel, 10000, 7706, 100, 80},
    {"Cifar10Cnn", "dynbal/cifar10-cnn", "cifar10/x_test", "cifar10/y_test", 0, pixel, 10000, 7095, 100, 77},
    {"Mnist", "onnx_zoo/mnist-8", "mnist/x_test", "mnist/y_test", 0, 1, 10000, 9891, 500, 493},
    {"Resnet8", "mlperf_tiny/ic01_resnet8_from_h5", "cifar10/x_test", "cifar10/y_test", 0, 1, 2000, 1740, 100, 90},
    {"DsCnn", "mlperf_tiny_results/alibaba_kws", "mlperf_tiny_kws01/x_int8", "mlperf_tiny_kws01/y", -83,
     0.5847029089927673F, 1000, 908, 500, 458},
};

/// How many of the first `count` samples are classified rightly.
int64_t right_of(const Graph& graph, const std::string& samples_path, const std::string& labels_path, int64_t count,
                 float offset, float scale) {
    const io::NpySamples samples(samples_path);
    const io::Array labels = io::read_npy(labels_path);
    FloatRunner runner(graph);
    int64_t right = 0;
    for (int64_t i = 0; i < count; ++i) {
        std::vector<float> sample = samples.sample(i);
        for (float& value : sample) value = (value + offset) * scale;
        runner.run(sample);
        const auto output = runner.output_onnx_order();
        const auto best = std::max_element(output.begin(), output.end()) - output.begin();
        if (best == static_cast<int64_t>(labels.values[static_cast<size_t>(i)])) ++right;
    }
    return right;
}

class RealModels : public testing::TestWithParam<Case> {};

TEST_P(RealModels, FloatAccuracy) {
    const Case& c = GetParam();
    const fs::path model = data_folder() / "models" / (std::string(c.model) + ".onnx");
    if (!fs::exists(model)) GTEST_SKIP() << model << " is absent; set DYNBAL_SHARED";
    const Graph graph = lower(read_onnx(model.string()));
    expect_valid(graph);

    const std::string sets = (data_folder() / "datasets").string() + "/";
    const bool all = std::getenv("DYNBAL_ALL_SAMPLES") != nullptr;
    EXPECT_EQ(
        right_of(graph, sets + c.samples + ".npy", sets + c.labels + ".npy", all ? c.count : c.few, c.offset, c.scale),
        all ? c.right : c.right_of_few);
}

INSTANTIATE_TEST_SUITE_P(Accuracy, RealModels, testing::ValuesIn(cases),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(OwnModels, FloatAccuracyOnTheInputsThatComeWithThem) {
    for (const zoo::Network& network : zoo::networks()) {
        SCOPED_TRACE(network.name);
        const io::TemporaryFolder folder;
        zoo::write_folder(network, folder.path(""));
        const Graph graph = lower(read_onnx(folder.path(network.name + ".onnx")));
        expect_valid(graph);
        const int64_t count = io::read_npy(folder.path("labels.npy")).size();
        EXPECT_EQ(right_of(graph, folder.path("inputs.npy"), folder.path("labels.npy"), count, 0,
                           static_cast<float>(network.scale)),
                  network.inputs_right);
    }
}

TEST(RealModels, MobileNetLowers) {
    const fs::path model = data_folder() / "models/mlperf_tiny_results/vww_96_float.onnx";
    if (!fs::exists(model)) GTEST_SKIP() << model << " is absent; set DYNBAL_SHARED";
    const Graph graph = lower(read_onnx(model.string()));
    expect_valid(graph);
    EXPECT_EQ(graph.stages.size(), 30U);
    EXPECT_EQ(graph.output_dims, (Shape{1, 2}));
}

}  // namespace
}  // namespace dynbal::compiler
