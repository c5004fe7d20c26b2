//! Tells whether power cycles bring an inference further, from the progress records they leave in NVM.
//!
//! A run can write NVM for ever without getting anywhere, so what changes in NVM says little. Further means: a later
//! inference, phase or stage, fewer values left of the stage, or more of its region done. A change of regions or
//! configuration alone (a new epoch) starts a new count of what is done, and is no progress.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "nvm/record.hpp"

namespace dynbal::sim {

/// The newest progress record as it lies in NVM, read without cost.
std::optional<Record> newest_record(std::span<const std::byte> memory, const ImageHeader& header);

class ProgressWatch {
public:
    /// Told the newest record, if there is one, before the first power cycle and after each. Returns whether it is
    /// further than all before.
    bool note(const std::optional<Record>& record);

private:
    std::optional<Record> furthest_;
};

}  // namespace dynbal::sim
