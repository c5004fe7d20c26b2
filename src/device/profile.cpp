#include "device/profile.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>
#include <string_view>

#include "base/error.hpp"
#include "device/parse_toml.hpp"
#include "device/profile_file.hpp"
#include "device/shipped_profiles.hpp"
#include "io/file.hpp"

namespace dynbal::device {
namespace {

/// us and nJ of a piece of work as whole ps and fJ.
Cost cost_of(double time_us, double energy_nj) {
    return {static_cast<uint64_t>(std::llround(time_us * 1e6)), static_cast<uint64_t>(std::llround(energy_nj * 1e6))};
}

/// Nothing is free: work without a price would go on for ever, and of two equal choices that with fewer transfers must win.
uint32_t sixteenths(double units) { return std::max(static_cast<uint32_t>(std::llround(16 * units)), 1U); }

DeviceProfile shipped_profile(const std::string& name) {
    for (const ShippedFile& file : shipped_files()) {
        if (name == file.name) return parse_profile(std::string(file.text), name + ".toml");
    }
    std::string names;
    for (const std::string& known : profile_names()) names += (names.empty() ? "" : ", ") + known;
    throw InputError("unknown device '" + name + "'; there are: " + names + "; or name a file FILE.toml");
}

/// An image keeps this text, but not the name of the file that may have given the profile its name.
std::string named(const std::string& text, const std::string& name) {
    if (parse_toml(text, name).contains("name")) return text;
    std::ostringstream line;
    line << toml::table{{"name", name}} << '\n';
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    return line.str() + text.substr(text.starts_with(mark) ? mark.size() : 0);
}

}  // namespace

Prices DeviceProfile::prices() const {
    if (stated_prices) return *stated_prices;
    const auto unit_fj = static_cast<double>(mac(Kernel::convolution).energy_fj);
    const auto units = [&](const Cost& cost) { return static_cast<double>(cost.energy_fj) / unit_fj; };
    return {1, units(byte(read)), units(byte(write)), (units(transfer(read)) + units(transfer(write))) / 2,
            units(job())};
}

double DeviceProfile::unit_j() const {
    return static_cast<double>(mac(Kernel::convolution).energy_fj) * 1e-15 / prices().mac;
}

CostModel DeviceProfile::cost_model() const {
    const Prices units = prices();
    return {.mac = sixteenths(units.mac),
            .read_byte = sixteenths(units.read_byte),
            .write_byte = sixteenths(units.write_byte),
            .transfer = sixteenths(units.transfer),
            .job = static_cast<uint32_t>(std::llround(16 * units.job))};
}

/// mW * us are nJ.
Cost DeviceProfile::cpu(double count) const {
    const double time_us = count / clock_mhz;
    return cost_of(time_us, time_us * run_mw);
}

Cost DeviceProfile::mac(Kernel kernel) const {
    switch (kernel) {
        case Kernel::convolution: return cpu(cycles.convolution_mac);
        case Kernel::depthwise: return cpu(cycles.depthwise_mac);
        case Kernel::dense: return cpu(cycles.dense_mac);
    }
    return {};
}

Cost DeviceProfile::transfer(const NvmAccess& access) const {
    const double time_us = cycles.transfer / clock_mhz + access.start_us;
    return cost_of(time_us, time_us * run_mw + access.start_nj);
}

Cost DeviceProfile::byte(const NvmAccess& access) const {
    const double time_us = cycles.byte / clock_mhz + access.byte_us;
    return cost_of(time_us, time_us * run_mw + access.byte_nj);
}

Cost DeviceProfile::boot() const { return cost_of(boot_ms * 1e3, boot_uj * 1e3); }

std::vector<std::string> profile_names() {
    std::vector<std::string> names;
    for (const ShippedFile& file : shipped_files()) names.emplace_back(file.name);
    return names;
}

DeviceProfile load_profile(const std::string& name_or_path) {
    const bool is_path = name_or_path.find('/') != std::string::npos || name_or_path.ends_with(".toml");
    if (!is_path) return shipped_profile(name_or_path);
    const std::string text = io::read_text(name_or_path);
    DeviceProfile profile = parse_profile(text, name_or_path);
    profile.text = named(text, profile.name);
    return profile;
}

const DeviceProfile& profile_by_name(const std::string& name) {
    static const std::map<std::string, DeviceProfile> profiles = [] {
        std::map<std::string, DeviceProfile> all;
        for (const std::string& known : profile_names()) all.emplace(known, shipped_profile(known));
        return all;
    }();
    const auto found = profiles.find(name);
    if (found != profiles.end()) return found->second;
    throw InputError("there is no profile of a device '" + name + "'; name one with --device: its name or FILE.toml");
}

const DeviceProfile& default_profile() {
    static const DeviceProfile& profile = profile_by_name(default_device);
    return profile;
}

const DeviceProfile& published_profile() {
    static const DeviceProfile& profile = profile_by_name("msp432p401r-published");
    return profile;
}

}  // namespace dynbal::device
