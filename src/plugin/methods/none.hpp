//! None: nothing is kept inside a stage. A power failure makes it begin again, so a power cycle has to last for the largest of
//! them: for steady power, and to show what the other methods cost and bring.
//!
//! Stages are kept: each begins with a record whatever the method, and what it reads is not overwritten before it ends.
#pragma once

#include "plugin/preservation.hpp"

namespace dynbal {

inline constexpr Preservation none_facts{Kept::stages, 0, 0, 0};

}  // namespace dynbal
