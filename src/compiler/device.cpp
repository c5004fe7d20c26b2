#include "compiler/compile.hpp"
#include "device/profile.hpp"
#include "nvm/boot_cost.hpp"

namespace dynbal::compiler {

DeviceLimits limits_of(const device::DeviceProfile& profile) {
    const auto bytes = [](double kib) { return static_cast<uint32_t>(kib * 1024); };
    DeviceLimits limits;
    limits.name = profile.name;
    limits.text = profile.text;
    limits.sram_bytes = bytes(profile.limits.sram_kib);
    limits.sram_reserved_bytes = bytes(profile.limits.sram_reserved_kib);
    limits.nvm_bytes = bytes(profile.limits.nvm_kib);
    limits.nvm_class = profile.nvm.nvm_class;
    limits.cost_model = profile.cost_model();
    limits.cost_model.boot = boot_cost(limits.cost_model);
    return limits;
}

StagePrices DeviceLimits::prices() const { return {cost_model, cost_of(cost_model, boot_traffic(1))}; }

DeviceLimits device_by_name(const std::string& name) { return limits_of(device::load_profile(name)); }

}  // namespace dynbal::compiler
