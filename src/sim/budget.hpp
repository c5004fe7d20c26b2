//! The unit of `--supply budget:E` and of cost_units, the reference's: 1 a MAC, 14.5 an NVM byte, whatever the device.
#pragma once

#include "plugin/usage_span.hpp"

namespace dynbal::sim {

/// In 1/16 units, as all prices.
constexpr CostModel budget_prices{16, 232, 232, 0, 0};

}  // namespace dynbal::sim
