//! The grid of the DynBal paper: three networks, five supplies, two clocks of the NVM.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiment/grid.hpp"

namespace dynbal::experiment {

struct PaperGridOptions {
    std::string rf, thermal;  ///< supplies in place of the paper's traces, which were never published
    bool oracle = true;
    uint32_t repetitions = 20;
};

/// The networks of the paper's authors, which are not ours to ship. Throws InputError if the folder lacks one.
std::vector<Model> paper_models(const std::string& folder);

/// Three of ours, from the zoo; their files are written into the folder. Throws InputError, also where other files of such names
/// are there, unless these are to be replaced.
std::vector<Model> own_models(const std::string& folder, bool replace);

/// The grid; timing only.
Grid paper_grid(std::vector<Model> models, const PaperGridOptions& options);

/// In place of the paper's RF trace: a recorded one of `traces_folder`, scaled to a mean of 4 mW; without a folder
/// power that comes and goes at random. The paper's RF cells are about as fast as its cells at 4 mW. Throws InputError if the folder
/// lacks it.
std::string rf_supply(const std::optional<std::string>& traces_folder);
/// In place of the paper's thermal trace: a slow random walk around 4 mW.
std::string thermal_supply();

}  // namespace dynbal::experiment
