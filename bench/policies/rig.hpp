//! One network on one device, run again and again from the same NVM without computing.
//!
//! Invariant: a run depends on the policy and the supply alone, not on what was run before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "image_file/image_file.hpp"
#include "networks.hpp"
#include "sim/session.hpp"

namespace dynbal::bench {

/// Compiles for a device with as much NVM as it takes. Throws InputError where the compiler refuses.
ImageFile compile_for(const Network& network, const device::DeviceProfile& profile);

class Rig {
public:
    /// `profile` must outlive this object.
    Rig(ImageFile file, const device::DeviceProfile& profile);
    Rig(const Rig&) = delete;
    Rig& operator=(const Rig&) = delete;

    const ImageFile& file() const { return file_; }
    const device::DeviceProfile& profile() const { return *profile_; }
    /// What takes more power cycles than `cycles_max` counts as one that never ends.
    sim::RunResult run(PolicyKind policy, const std::string& supply, uint64_t cycles_max = 300'000);

private:
    ImageFile file_;
    const device::DeviceProfile* profile_;
    sim::Session session_;
    std::vector<std::byte> formatted_;  ///< NVM before the first inference
    std::vector<int16_t> input_;
};

}  // namespace dynbal::bench
