#include "experiment/model_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/random.hpp"
#include "compiler/samples.hpp"
#include "device/profile.hpp"
#include "from_onnx/lower.hpp"
#include "image_file/method_names.hpp"
#include "input/sample_set.hpp"
#include "sim/session.hpp"

namespace dynbal::experiment {
namespace {

size_t size_of(const std::vector<int64_t>& dims) {
    size_t size = 1;
    for (const int64_t extent : dims) size *= static_cast<size_t>(extent);
    return size;
}

/// Values in [-1, 1): they give every tensor a range, which is all that a run without arithmetic needs.
std::vector<float> pseudo_random_sample(size_t size) {
    std::vector<float> values(size);
    for (size_t i = 0; i < size; ++i) {
        values[i] = static_cast<float>(in_range(random64(1, i), 0, 1999)) / 1000.0F - 1.0F;
    }
    return values;
}

uint8_t method_of(const Model& model) {
    return model.preservation.empty() ? uint8_t{0} : method_by_name(model.preservation);
}

int64_t calibration_samples(const compiler::SampleFile& samples) {
    return std::min(samples.count(), compiler::calibration_samples_max);
}

ImageFile compile_model(const Model& model, const sim::DeviceProfile& profile) {
    compiler::Graph graph = compiler::read_graph(model.onnx);
    compiler::CompileOptions options;
    options.weight_bytes = model.weight_bytes;
    options.input_scale = static_cast<float>(model.scale);
    options.device = compiler::limits_of(profile);
    options.model_name = model.name;
    options.method = method_of(model);
    if (model.calibrate.empty()) {
        const std::vector<float> sample = pseudo_random_sample(size_of(graph.input_dims));
        return compiler::compile(
            std::move(graph), [&](const auto& visit) { visit(sample); }, options);
    }
    const compiler::SampleFile samples(model.calibrate, graph.input_dims, "");
    return compiler::compile(std::move(graph),
                             compiler::spread_samples(samples, calibration_samples(samples), options.input_scale),
                             options);
}

PreparedModel prepare(const Model& model, const std::string& device) {
    PreparedModel prepared;
    prepared.profile = device::load_profile(device);
    prepared.file = model.image.empty() ? compile_model(model, prepared.profile) : read_image_file(model.image);
    sim::check_rooms(prepared.file, prepared.profile);
    if (model.input.empty()) {
        prepared.input.assign(prepared.file.header().input_values, 0);
    } else {
        const auto scale = static_cast<float>(prepared.file.host.input_scale);
        prepared.input = compiler::read_input(prepared.file, model.input, scale);
    }
    return prepared;
}

/// All that compiling reads.
void check_network(const Model& model) {
    const compiler::Graph graph = compiler::read_graph(model.onnx);
    const auto scale = static_cast<float>(model.scale);
    if (!model.calibrate.empty()) {
        const compiler::SampleFile samples(model.calibrate, graph.input_dims, "");
        compiler::spread_samples(samples, calibration_samples(samples), scale)([](const auto& /*unused*/) {});
    }
    if (!model.input.empty()) (void)compiler::read_sample(model.input, graph.input_dims, "", scale);
}

}  // namespace

ModelStore::Key ModelStore::key_of(const Grid& grid, const Cell& cell) {
    const Model& model = grid.models[cell.model];
    return {fmt::format("{}\n{}\n{}\n{}\n{} {} {}", model.onnx, model.image, model.calibrate, model.input, model.scale,
                        model.weight_bytes, method_of(model)),
            grid.devices[cell.device]};
}

void ModelStore::check(const Grid& grid, const std::vector<Cell>& cells) const {
    std::set<Key> seen;
    std::set<std::string> networks;
    for (const Cell& cell : cells) {
        const Key key = key_of(grid, cell);
        if (has(grid, cell) || !seen.insert(key).second) continue;
        const Model& model = grid.models[cell.model];
        if (model.onnx.empty()) {
            (void)prepare(model, key.second);
        } else {
            (void)device::load_profile(key.second);
            if (networks.insert(key.first).second) check_network(model);
        }
    }
}

void ModelStore::add(const Grid& grid, const Cell& cell) {
    PreparedModel made = prepare(grid.models[cell.model], grid.devices[cell.device]);
    const std::lock_guard lock(mutex_);
    models_.emplace(key_of(grid, cell), std::move(made));
}

bool ModelStore::has(const Grid& grid, const Cell& cell) const {
    const std::lock_guard lock(mutex_);
    return models_.contains(key_of(grid, cell));
}

const PreparedModel& ModelStore::of(const Grid& grid, const Cell& cell) const {
    const std::lock_guard lock(mutex_);
    return models_.at(key_of(grid, cell));
}

}  // namespace dynbal::experiment
