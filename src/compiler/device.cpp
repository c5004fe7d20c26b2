#include "base/error.hpp"
#include "compiler/compile.hpp"

namespace dynbal::compiler {
namespace {

/// One MAC is the unit; a byte on the FRAM's SPI bus costs 14.5 (a 16-bit read 29), as in the reference. The
/// start-up of a transfer is opcode and address, 4 bytes, less what overlaps with computing. Boot: two records,
/// header and stage descriptor, probes, one record: about 6,700 units.
constexpr CostModel serial_fram{.mac = 16, .read_byte = 232, .write_byte = 232, .transfer = 256, .boot = 6700 * 16};

DeviceLimits make(const char* name, uint32_t sram_kib, uint32_t nvm_kib) {
    DeviceLimits device;
    device.name = name;
    device.sram_bytes = sram_kib * 1024;
    device.nvm_bytes = nvm_kib * 1024;
    device.cost_model = serial_fram;
    return device;
}

}  // namespace

const std::vector<DeviceLimits>& devices() {
    // MSP432P401R: 64 KB SRAM, with a CY15B104Q serial FRAM of 512 KB.
    // cortex-m4: a generic one with 256 KB SRAM and 16 MB of the same kind of memory, as on mps2-an386.
    static const std::vector<DeviceLimits> all{make("msp432p401r", 64, 512), make("cortex-m4", 256, 16 * 1024)};
    return all;
}

DeviceLimits device_by_name(const std::string& name) {
    std::string names;
    for (const DeviceLimits& device : devices()) {
        if (device.name == name) {
            return device;
        }
        names += (names.empty() ? "" : ", ") + device.name;
    }
    throw InputError("unknown device '" + name + "'; there are: " + names);
}

}  // namespace dynbal::compiler
