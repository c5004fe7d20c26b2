#include "demo/race_network.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "device/profile_file.hpp"
#include "io/npy.hpp"
#include "sim/session.hpp"
#include "sim/supply_kinds.hpp"

namespace dynbal::demo {
namespace {

device::DeviceProfile profile_of(const HostInfo& host) {
    if (host.device_text.empty()) return device::profile_by_name(host.device_name);
    return device::parse_profile(host.device_text, "the image's device " + host.device_name);
}

std::string times_text(const std::vector<int64_t>& shape) {
    std::string text;
    for (const int64_t extent : shape) text += (text.empty() ? "" : " x ") + std::to_string(extent);
    return text.empty() ? "one number" : text;
}

}  // namespace

Network::Network(std::span<const std::byte> bytes, const std::string& name)
    : file_(parse_image_file(bytes, name)), profile_(profile_of(file_.host)) {}

void Network::set_input(std::span<const std::byte> npy, const std::string& name, int64_t index) {
    std::vector<uint8_t> copy(npy.size());
    std::transform(npy.begin(), npy.end(), copy.begin(), [](std::byte byte) { return std::to_integer<uint8_t>(byte); });
    const io::NpyFile array(name, std::move(copy));
    const int64_t wanted = file_.header().input_values;
    if (array.size() == 0 || array.size() % wanted != 0) {
        throw InputError(name + ": holds " + times_text(array.shape()) + " values; this network takes samples of " +
                         times_text(file_.host.input_dims));
    }
    samples_ = array.size() / wanted;
    if (index < 0 || index >= samples_) {
        throw InputError(name + ": there is no sample " + std::to_string(index) + "; it holds " +
                         std::to_string(samples_) + ", counted from 0");
    }
    sample_ = array.values(index * wanted, wanted);
    std::vector<float> scaled = sample_;
    for (float& value : scaled) value *= static_cast<float>(file_.host.input_scale);
    outside_ = file_.count_outside(scaled);
    input_ = file_.quantise_input(scaled);

    sim::SteadySupply steady;
    const sim::RunResult result = sim::Session(file_, profile_).run_inference(input_, steady, {});
    if (!result.completed()) throw InputError(name + ": " + result.message);
    expected_ = result.output;
    steady_units_ = result.cost_units();
}

}  // namespace dynbal::demo
