#include "demo/race_network.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "device/profile_file.hpp"
#include "input/kinds.hpp"
#include "sim/session.hpp"
#include "sim/supply_kinds.hpp"

namespace dynbal::demo {
namespace {

device::DeviceProfile profile_of(const HostInfo& host) {
    if (host.device_text.empty()) return device::profile_by_name(host.device_name);
    return device::parse_profile(host.device_text, "the image's device " + host.device_name);
}

}  // namespace

Network::Network(std::span<const std::byte> bytes, const std::string& name)
    : file_(parse_image_file(bytes, name)), profile_(profile_of(file_.host)) {}

void Network::set_input(std::span<const std::byte> npy, const std::string& name, int64_t index) {
    std::vector<uint8_t> copy(npy.size());
    std::transform(npy.begin(), npy.end(), copy.begin(), [](std::byte byte) { return std::to_integer<uint8_t>(byte); });
    // The program's own reading: what it refuses is refused here, in the same words.
    const input::Spec spec{.path = name, .resize = "", .columns = "", .dims = file_.host.input_dims, .sound = ""};
    const input::SampleSetPointer samples = input::open_npy(spec, std::move(copy));
    sample_ = samples->sample(index);
    samples_ = samples->count();
    note_ = samples->note();
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
