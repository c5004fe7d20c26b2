//! What a user sees of a run that waits for a better time of its supply, and is told when it has waited for nothing.
#pragma once

#include <functional>
#include <string>

#include "sim/harvest_supply.hpp"

namespace dynbal::cli {

/// For sim::RunOptions::on_waiting: a progress bar where waiting takes long enough to be noticed.
std::function<void(double)> waiting_bar();

/// A supply that changes, under which a run was stuck.
struct StuckRun {
    std::string image, input, supply, device;
    const sim::HarvestPlan* plan = nullptr;
};
/// Behind an advice, which is enough: how the least is found, unless the advice names that itself; else "".
std::string least_text(const StuckRun& run, const std::string& advice);

}  // namespace dynbal::cli
