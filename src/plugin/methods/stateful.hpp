//! Stateful: a bit of each value says that it is finished, in the byte that is written last. Nothing else is written for it.
//!
//! Every place of a tensor's storage is written once when the tensor is produced, so the state of a finished value follows from
//! how often its place has been written before (fixed by the compiler) and from the parity of the inference. Values are
//! written in the order of jobs, so a few looks at single values find the first that is not finished; each value counts.
//! Sums that are no values yet can carry no state: those of a job in passes are checkpoints, those of a pass of all jobs lie in an
//! area of NVM, a footprint behind them.
#pragma once

#include "plugin/preservation.hpp"

namespace dynbal {

inline constexpr Preservation stateful_facts{Kept::values, 0, checkpoint_trailer_bytes, footprint_bytes};

}  // namespace dynbal
