//! The grid of the DynBal paper: three networks, five supplies, two clocks of the NVM.
#pragma once

#include <string>

#include "experiment/grid.hpp"

namespace dynbal::experiment {

struct PaperGridOptions {
    std::string models_folder;  ///< holds the networks of the paper's authors, which are not ours to ship
    std::string rf, thermal;    ///< supplies in place of the paper's traces, which were never published
    bool oracle = true;
    uint32_t repetitions = 20;
};

/// Are the paper's three networks in this folder?
bool has_paper_models(const std::string& folder);

/// The grid; timing only. Throws InputError if a network is missing.
Grid paper_grid(const PaperGridOptions& options);

/// The same with one network: `onnx`.
Grid paper_grid_for(const std::string& onnx, const PaperGridOptions& options);

/// In place of the paper's RF trace: a recorded one of `traces_folder`, scaled to a mean of 4 mW, if it is there; else
/// power that comes and goes at random. The paper's RF cells are about as fast as its cells at 4 mW.
std::string rf_supply(const std::string& traces_folder);
/// In place of the paper's thermal trace: a slow random walk around 4 mW.
std::string thermal_supply();

}  // namespace dynbal::experiment
