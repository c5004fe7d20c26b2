//! Runs one stage of an image alone, uninterrupted, with a configuration of the test's choice.
//!
//! How: the image is patched so that this stage is its only one and the configuration the only row
//! of its table; then the engine runs as it always does. The stage's inputs are random.
#pragma once

#include <cstdint>
#include <vector>

#include "image/format.hpp"
#include "image_file/image_file.hpp"
#include "plugin/policy.hpp"
#include "ram_device.hpp"
#include "torture/random_tables.hpp"

namespace dynbal::test {

inline constexpr PolicyKind all_policies[] = {PolicyKind::fixed, PolicyKind::paper, PolicyKind::best};

struct StageRun {
    Traffic traffic;              ///< counted, of the classes that are priced
    std::vector<int16_t> output;  ///< 15-bit values [out_h, out_w, channels_out]
};

class StageRig {
public:
    /// Tensors hold random 15-bit values of at most `magnitude`, with random states.
    StageRig(const ImageFile& file, uint32_t stage_index, uint64_t seed, uint32_t magnitude = 16384);

    /// May be changed before run().
    StageDescriptor stage;
    ImageHeader header;

    LoopShape shape() const { return shape_of(header, stage); }
    /// Throws std::runtime_error if the engine refuses.
    StageRun run(const TileConfig& config);
    /// NVM as run() finds it, for reference computations.
    const std::vector<std::byte>& memory() const { return pristine_; }

private:
    void install(const TileConfig& config);

    std::vector<std::byte> pristine_;
    RamNvm nvm_;
    std::vector<std::byte> sram_;
};

/// A value in NVM, its state dropped.
int16_t value_at(const std::vector<std::byte>& memory, const TensorPlace& place, uint32_t pixel, uint32_t channel);

using torture::sampled;

/// For messages.
std::string text_of(const TileConfig& config);
std::string text_of(const LoopShape& shape);
std::string text_of(const Traffic& traffic);

/// Sanitized builds are about thirty times slower: they try fewer cases.
#ifdef __SANITIZE_ADDRESS__
inline constexpr size_t thoroughness_divisor = 10;
#else
inline constexpr size_t thoroughness_divisor = 1;
#endif

}  // namespace dynbal::test
