//! The tiles that the published system chose, from its authors' logs, against those that policy `paper` chooses here.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "plugin/loop_nest.hpp"

namespace dynbal::fidelity {

/// Input and output channels of a tile.
struct Tiles {
    uint32_t in = 0, out = 0;
};

/// What a layer's log says most often. SPI at 8 MHz, policy dynbal.
struct PublishedChoice {
    const char* model = nullptr;
    const char* layer = nullptr;
    LoopShape shape;
    Tiles tiles;
};

/// Of the convolutions of SQN and HAR, in the order of their ONNX files.
const std::array<PublishedChoice, 14>& published_choices();

/// The energy of a power cycle, in MACs, at which the published choices are compared: all of them fit one of about this size.
inline constexpr uint64_t choice_cycle_macs = 100'000;

/// What policy `paper` chooses for the layer.
Tiles paper_choice(const LoopShape& shape, uint64_t cycle_macs = choice_cycle_macs);

/// Do both cut the layer into as many parts? 11 and 12 of 64 channels both give six; the search knows only the smaller.
bool same_parts(const LoopShape& shape, const Tiles& a, const Tiles& b);

/// The table of all of them, in Markdown.
std::string choices_table();

}  // namespace dynbal::fidelity
