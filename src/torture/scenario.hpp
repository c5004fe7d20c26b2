//! One run of the torture: everything that decides it, as a text that replays it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "image_file/image_file.hpp"
#include "platform/nvm.hpp"
#include "plugin/policy.hpp"
#include "sim/device_profile.hpp"

namespace dynbal::torture {

/// What an application asks of the engine. Each may come at any time: what must be answered follows from what came before.
/// f format · l, m load the input 0, 1 · p try to load input 2 in one power cycle · s start · r run to the end ·
/// i run in one power cycle · a give up · o read the answer · x calls that must be refused
inline constexpr std::string_view all_calls = "flmpsriaox";

struct Scenario {
    uint64_t graph = 1;   ///< seed of the network
    uint32_t stages = 1;  ///< how many were drawn
    uint32_t scale = 1;   ///< of its maps: large ones are left in many regions when tiles change
    uint32_t weight_bytes = 2;
    uint32_t sram_bytes = 8192;
    bool shared = false;  ///< tensors share memory
    uint32_t rows = 0;    ///< of tile tables at random; 0: those of the compiler
    uint8_t method = 0;   ///< of preservation
    NvmClass nvm;
    PolicyKind policy = PolicyKind::best;
    std::vector<uint64_t> cuts;  ///< bytes that each power cycle may write; then steady power
    uint32_t percent = 0;        ///< if not 0: cycles of so many percent of the least energy instead, after setting up
    std::string calls = "flsro";
};

/// The `run`-th scenario of a seed. Some in a row have the same image.
Scenario draw_scenario(uint64_t seed, uint64_t run);
/// So many in a row have the same image.
inline constexpr uint64_t runs_an_image = 16;

/// `graph=7 stages=3 ... power=300/20 calls=flsro`.
std::string text_of(const Scenario& scenario);
/// Throws InputError.
Scenario parse_scenario(std::string_view text);

/// Do these have the same image?
bool same_image(const Scenario& a, const Scenario& b);
ImageFile image_of(const Scenario& scenario);

}  // namespace dynbal::torture
