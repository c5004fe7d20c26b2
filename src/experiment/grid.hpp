//! A grid of experiments: every model with every device, supply, seed and policy.
//!
//! Invariants:
//!  1. a grid and the files it names determine every row of its sweep, to the byte;
//!  2. cells_of() is the order of the rows: models outermost, policies innermost.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plugin/policy.hpp"

namespace dynbal::experiment {

/// The policies, and the best choice for each stage by somebody who knows the supply (oracle.hpp).
enum class Strategy : uint8_t { fixed, paper, best, oracle };
const char* name_of(Strategy strategy);
/// Throws InputError with the list.
Strategy parse_strategy(const std::string& name);
/// The policy that the engine runs; the oracle leaves it one configuration a stage.
PolicyKind policy_of(Strategy strategy);

/// A network to compile, or an image.
struct Model {
    std::string name;
    std::string onnx;
    std::string image;      ///< instead of onnx
    std::string calibrate;  ///< .npy; empty: one pseudo-random sample, which does for timing only
    std::string input;      ///< FILE.npy or `FILE.npy@INDEX`; empty: zeros, which do for timing only
    double scale = 1.0;
    uint32_t weight_bytes = 2;
    std::string preservation;  ///< what outlives a power failure; empty: the first of plugin/methods.hpp
};

struct Grid {
    std::vector<Model> models;
    std::vector<Strategy> policies;
    std::vector<std::string> devices;
    std::vector<std::string> supplies;  ///< "{seed}" stands for each of the seeds
    std::vector<uint64_t> seeds;
    uint32_t repetitions = 1;  ///< inferences in a row on the same NVM and supply
    bool timing_only = true;
};

struct Cell {
    uint32_t index = 0;
    uint32_t model = 0;   ///< index in Grid::models
    uint32_t device = 0;  ///< index in Grid::devices
    std::string supply;   ///< complete, as parse_supply() takes it
    Strategy strategy = Strategy::best;
};

/// All cells. A supply without "{seed}" appears once, whatever the seeds.
std::vector<Cell> cells_of(const Grid& grid);

/// Throws InputError if there are more cells than anybody waits for, with how many there are and why.
void check_size(const Grid& grid);

/// Throws InputError for a supply that is none, on one of the devices.
void check_supplies(const Grid& grid);

/// SHA-256 over all that determines the rows: the grid, and the content of the files it names.
/// Throws InputError if one cannot be read.
std::string identity_of(const Grid& grid);

}  // namespace dynbal::experiment
