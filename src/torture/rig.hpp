//! A device on which one scenario is run: an application that knows what must be answered, and holds the engine to it.
//!
//! Checked are: the status of each call; each answer, bit for bit, also later; that power cycles get on; that what the engine
//! believes of the supply is not more than it brings; that the engine counts what is really moved; that it writes nothing
//! below its records.
#pragma once

#include <string>
#include <vector>

#include "torture/places.hpp"
#include "torture/scenario.hpp"

namespace dynbal::torture {

/// An image with the answers it must give, from runs without failures.
struct Subject {
    explicit Subject(ImageFile image);

    static constexpr uint32_t input_count = 3;
    ImageFile file;
    std::vector<std::vector<int16_t>> inputs, answers;
    uint64_t least_units = 0;  ///< energy of a power cycle that surely gets on
};

/// Empty if all is right, else what is not and at which call.
std::string run_scenario(const Scenario& scenario, const Subject& subject, Places& places);

}  // namespace dynbal::torture
