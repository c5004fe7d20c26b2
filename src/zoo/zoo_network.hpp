//! The networks that were trained here: what each is for, what it reaches and needs, and its files.
//!
//! Invariants:
//!  1. no figure stands in the code: accuracies and sizes are those that tools/zoo.py measured with this program;
//!  2. inputs are real only where the licence of their data set allows it; else they are made up, and said to be.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dynbal::zoo {

/// With weights of one width, compiled for the device that `compile` takes by default.
struct Figures {
    double accuracy = 0;  ///< of the whole test set, in percent, through the engine
    uint64_t image_bytes = 0, nvm_bytes = 0, sram_bytes = 0;
};

/// One network: its card models/*/NAME.toml and its figures.
struct Network {
    std::string name, title;
    std::string input;   ///< what goes in, in words
    std::string data;    ///< what it was trained on, and under which licence
    std::string inputs;  ///< where the inputs that come with it are from
    double scale = 1;    ///< what raw inputs are multiplied with
    std::vector<std::string> classes;
    double accuracy = 0;   ///< in floating point, of the whole test set, in percent
    int inputs_right = 0;  ///< of the inputs that come with it, in floating point
    uint64_t macs = 0;
    Figures int16, int8;
};

/// All, by name.
std::vector<Network> networks();
/// Throws InputError, with the names that there are.
Network network(std::string_view name);

/// A file of a network, as it is in models/: "onnx", "calibrate.npy", "inputs.npy", "labels.npy".
std::span<const uint8_t> file_of(const Network& network, std::string_view kind);

}  // namespace dynbal::zoo
