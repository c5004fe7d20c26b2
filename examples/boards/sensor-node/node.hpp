//! A node that samples a sensor, classifies the sample, and reports the class: each sample exactly once, whenever power fails.
//!
//! Invariants:
//!  1. sample n is inference n: the engine's record counts, and there is no other counter that could disagree with it;
//!  2. report n is a function of inference n alone, at a place of its own in NVM: writing it again, because power failed before
//!     it was known to be there, changes nothing. So there is one, whole, before sample n + 1 is taken.
#pragma once

#include <span>

#include "common/console.hpp"
#include "engine/engine.hpp"

namespace example {

/// Where the sensor's values come from: 15-bit values as the image wants them (dynbal inspect says which).
class Sensor {
public:
    virtual void sample(uint32_t number, std::span<int16_t> values) = 0;

protected:
    ~Sensor() = default;
};

struct Report {
    uint32_t number = 0;   ///< from 1
    uint32_t largest = 0;  ///< the class
    uint32_t check = 0;    ///< ~(number ^ largest), written last: tells a whole report from a part of one
};

struct Node {
    dynbal::Nvm* nvm = nullptr;
    uint32_t reports_offset = 0;  ///< behind the image's own NVM
    dynbal::Engine* engine = nullptr;
    Sensor* sensor = nullptr;
    dynbal::board::Console* console = nullptr;
    std::span<int16_t> values;  ///< room for an input, and for an output
};

/// Works until so many samples have been reported.
dynbal::Status run_node(const Node& node, uint32_t samples);

}  // namespace example
