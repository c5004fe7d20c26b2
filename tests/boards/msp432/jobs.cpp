#include "jobs.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "base/crc32.hpp"
#include "base/random.hpp"
#include "compiler/compile.hpp"
#include "device/profile.hpp"
#include "firmware/firmware.hpp"
#include "fram_model.hpp"
#include "from_onnx/lower.hpp"
#include "from_onnx/read_onnx.hpp"
#include "io/npy.hpp"
#include "real_networks.hpp"
#include "sim/campaign.hpp"
#include "sim/session.hpp"
#include "sim/supply_kinds.hpp"
#include "temporary_folder.hpp"
#include "tiny_model.hpp"
#include "zoo/network_folder.hpp"

namespace dynbal::test {
namespace fs = std::filesystem;
namespace {

constexpr const char* board_name = "msp432p401r";

using Samples = std::vector<std::vector<float>>;

ImageFile compile_model(const std::string& name, const fs::path& onnx, const Samples& samples) {
    compiler::CompileOptions options;
    options.device = compiler::device_by_name(board_name);
    options.model_name = name;
    const auto visit_all = [&](const std::function<void(const std::vector<float>&)>& visit) {
        for (const std::vector<float>& sample : samples) visit(sample);
    };
    return compiler::compile(compiler::lower(compiler::read_onnx(onnx.string())), visit_all, options);
}

float noise(uint64_t seed, uint64_t index) {
    return static_cast<float>(random64(seed, index) >> 40U) / 8388608.0F - 1.0F;
}

std::vector<float> noises(uint64_t seed, uint64_t count) {
    std::vector<float> values;
    for (uint64_t i = 0; i < count; ++i) values.push_back(noise(seed, i));
    return values;
}

compiler::Tensor tensor(const char* name, int size, int channels) {
    compiler::Tensor result;
    result.name = name;
    result.h = result.w = size;
    result.c = channels;
    return result;
}

compiler::Stage matrix(const char* name, int input, int output, int kernel, int pad, uint64_t weights,
                       uint64_t outputs) {
    compiler::Stage stage;
    stage.name = name;
    stage.inputs = {input};
    stage.output = output;
    stage.window.kernel_h = stage.window.kernel_w = kernel;
    stage.window.pad_top = stage.window.pad_left = stage.window.pad_bottom = stage.window.pad_right = pad;
    stage.weights = noises(static_cast<uint64_t>(output), weights);
    stage.bias = noises(static_cast<uint64_t>(100 + output), outputs);
    return stage;
}

constexpr uint32_t micro_inputs = 4 * 4 * 2;

/// Gives the graph its ends (the first and the last tensor) and compiles it for so much SRAM, calibrated with noise.
ImageFile compile_graph(compiler::Graph graph, uint32_t sram_bytes) {
    const compiler::Tensor& input = graph.tensors.front();
    const compiler::Tensor& output = graph.tensors.back();
    const auto inputs = static_cast<uint32_t>(input.h * input.w * input.c);
    graph.input = 0;
    graph.output = static_cast<compiler::TensorId>(graph.tensors.size() - 1);
    graph.input_dims = {1, input.h, input.w, input.c};
    graph.output_dims = {1, output.h, output.w, output.c};
    for (uint32_t i = 0; i < inputs; ++i) graph.input_order.push_back(i);
    for (int i = 0; i < output.h * output.w * output.c; ++i) graph.output_order.push_back(static_cast<uint32_t>(i));
    compiler::CompileOptions options;
    options.device = compiler::device_by_name(board_name);
    options.device.sram_bytes = options.device.sram_reserved_bytes + sram_bytes;
    options.model_name = "test";
    const auto samples = [&](const std::function<void(const std::vector<float>&)>& visit) {
        for (uint64_t seed = 0; seed < 4; ++seed) visit(noises(1000 + seed, inputs));
    };
    return compiler::compile(std::move(graph), samples, options);
}

ImageFile micro_image() {
    compiler::Graph graph;
    graph.tensors = {tensor("input", 4, 2), tensor("features", 4, 3), tensor("logits", 1, 3)};
    graph.stages = {matrix("features", 0, 1, 3, 1, 3 * 3 * 3 * 2, 3), matrix("logits", 1, 2, 4, 0, 3 * 4 * 4 * 3, 3)};
    return compile_graph(std::move(graph), 4 * 1024);
}

ImageFile wide_image() {
    compiler::Graph graph;
    graph.tensors = {tensor("input", 40, 1), tensor("wide", 40, 32), tensor("narrow", 4, 3)};
    graph.stages = {matrix("wide", 0, 1, 1, 0, 32, 32), matrix("narrow", 1, 2, 10, 0, 3 * 10 * 10 * 32, 3)};
    graph.stages[1].window.stride_h = graph.stages[1].window.stride_w = 10;
    return compile_graph(std::move(graph), 24 * 1024);
}

std::vector<int16_t> micro_input(const ImageFile& file) { return file.quantise_input(noises(2000, micro_inputs)); }

/// Something like a piece of clothing: bright in the middle, dark around, with a grain.
std::vector<float> made_up_picture(uint64_t seed) {
    std::vector<float> picture;
    for (int row = 0; row < 28; ++row) {
        for (int col = 0; col < 28; ++col) {
            const bool inside = row >= 3 && row < 26 && col >= 7 && col < 21;
            const uint64_t grain = random64(seed, static_cast<uint64_t>(row * 28 + col)) % 80;
            picture.push_back(inside ? static_cast<float>(150 + grain) / 255.0F : 0.0F);
        }
    }
    return picture;
}

}  // namespace

bool has_board() {
    const std::vector<std::string> names = firmware::board_names();
    return std::find(names.begin(), names.end(), board_name) != names.end();
}

std::vector<uint8_t> flash_with(const std::vector<uint8_t>& payload) {
    firmware::ElfProgram program = firmware::board_program(board_name);
    program.set_payload(payload);
    return firmware::flat_image(program.segments());
}

namespace {

double simulated_s(const ImageFile& file, const std::vector<int16_t>& input, PolicyKind policy) {
    const device::DeviceProfile profile = device::default_profile();
    sim::Session session(file, profile);
    sim::SteadySupply steady;
    sim::RunOptions options;
    options.policy = policy;
    return session.run_inference(input, steady, options).latency_s - profile.boot_ms * 1e-3;
}

}  // namespace

Job432 make_job(const std::string& name, const ImageFile& file, const std::vector<int16_t>& input, uint32_t inferences,
                PolicyKind policy) {
    Job432 job;
    job.name = name;
    job.payload = firmware::make_payload(file, input, {policy, inferences});
    job.image = file.header();
    ImageFile installed = file;
    installed.image = firmware::installed_image(file, input);
    sim::Session session(installed);
    job.formatted.assign(FramModel::memory_bytes, 0xA5);
    const std::span<const std::byte> memory = session.nvm().memory();
    std::memcpy(job.formatted.data(), memory.data(), memory.size());
    sim::SteadySupply steady;
    const sim::RunResult result = session.run_inference(input, steady, {});
    if (!result.completed()) throw std::runtime_error(result.message);
    job.output = result.output;
    job.macs = result.traffic.macs;
    job.nominal_macs = file.host.ideal_macs;
    job.simulated_s = simulated_s(file, input, policy);
    return job;
}

std::string answer_line(uint32_t inference, const std::vector<int16_t>& output) {
    const auto largest = std::max_element(output.begin(), output.end()) - output.begin();
    std::string line = "inference " + std::to_string(inference) + " class " + std::to_string(largest) + " output ";
    for (const int16_t value : output) {
        char word[5];
        std::snprintf(word, sizeof(word), "%04x", static_cast<unsigned>(static_cast<uint16_t>(value)));
        line += word;
    }
    return line + "\n";
}

Job432 micro_job(uint32_t inferences, PolicyKind policy) {
    const ImageFile file = micro_image();
    return make_job("micro", file, micro_input(file), inferences, policy);
}

Job432 micro_job_of_other_input() {
    const ImageFile file = micro_image();
    return make_job("micro, other input", file, sim::other_input(micro_input(file)));
}

Job432 other_micro_job() {
    ImageFile file = micro_image();
    file.image[file.stage(1).weights_offset] ^= std::byte{0x7F};
    ImageHeader header = file.header();
    header.body_crc = crc32(std::span<const std::byte>(file.image).subspan(sizeof(header)));
    header.header_crc = header_crc(header);
    std::memcpy(file.image.data(), &header, sizeof(header));
    return make_job("other micro", file, micro_input(file));
}

Job432 tiny_job() {
    const ImageFile file = sim::tiny_image();
    return make_job("tiny", file, sim::tiny_input(file));
}

Job432 wide_job() {
    const ImageFile file = wide_image();
    return make_job("wide", file, file.quantise_input(noises(2000, 40 * 40)));
}

Job432 fashion_job(uint32_t inferences, PolicyKind policy) {
    const Samples samples{made_up_picture(1), made_up_picture(2), made_up_picture(3)};
    const auto file = compile_model("fashion_mnist", own_network("fashion_mnist").path, samples);
    return make_job("fashion_mnist", file, file.quantise_input(samples[0]), inferences, policy);
}

Job432 shared_job(const std::string& name, const std::string& samples, float scale, uint32_t inferences,
                  PolicyKind policy) {
    const fs::path onnx = shared_folder() / "data/models/dynbal" / (name + ".onnx");
    const fs::path inputs = shared_folder() / "data/datasets" / samples;
    if (!fs::exists(onnx) || !fs::exists(inputs)) return {};
    const io::NpySamples set(inputs.string());
    Samples scaled;
    for (int64_t i = 0; i < 16; ++i) {
        scaled.push_back(set.sample(i));
        for (float& value : scaled.back()) value *= scale;
    }
    const auto file = compile_model(name, onnx, scaled);
    return make_job(name, file, file.quantise_input(scaled[0]), inferences, policy);
}

Job432 zoo_job(const std::string& name, uint32_t inferences, PolicyKind policy) {
    const zoo::Network network = zoo::network(name);
    const io::TemporaryFolder folder;
    zoo::write_folder(network, folder.path());
    const io::NpySamples set(folder.path("inputs.npy"));
    Samples scaled;
    for (int64_t i = 0; i < set.count(); ++i) {
        scaled.push_back(set.sample(i));
        for (float& value : scaled.back()) value *= static_cast<float>(network.scale);
    }
    const auto file = compile_model(name, folder.path(name + ".onnx"), scaled);
    return make_job(name, file, file.quantise_input(scaled[0]), inferences, policy);
}

}  // namespace dynbal::test
