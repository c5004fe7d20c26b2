#include "rig.hpp"

#include <algorithm>
#include <utility>

#include "graphs.hpp"
#include "sim/supply.hpp"

namespace dynbal::bench {

ImageFile compile_for(const Network& network, const device::DeviceProfile& profile) {
    compiler::CompileOptions options;
    options.weight_bytes = network.weight_bytes;
    options.model_name = network.name;
    options.device = compiler::limits_of(profile);
    options.device.nvm_bytes = 64U << 20U;
    return test::compile_graph(network.graph, options);
}

Rig::Rig(ImageFile file, const device::DeviceProfile& profile)
    : file_(std::move(file)),
      profile_(&profile),
      session_(file_, profile),
      formatted_(session_.nvm().memory().begin(), session_.nvm().memory().end()),
      input_(file_.header().input_values) {}

sim::RunResult Rig::run(PolicyKind policy, const std::string& supply, uint64_t cycles_max) {
    std::copy(formatted_.begin(), formatted_.end(), session_.nvm().memory().begin());
    sim::RunOptions options;
    options.policy = policy;
    options.timing_only = true;
    options.cycles_max = cycles_max;
    return session_.run_inference(input_, *sim::parse_supply(supply, *profile_), options);
}

}  // namespace dynbal::bench
