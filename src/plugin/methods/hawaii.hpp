//! Hawaii: a footprint behind the values of each job says how far the region is; after the method of HAWAII (Kang et al., 2020).
//!
//! A footprint is {epoch, values done, CRC}, in two slots in turn, so that a torn one leaves the one before. Recovery reads both and
//! looks at no value. A job that was cut begins again, and writes the same bytes again: what a power cycle needs at least is a whole
//! job. States of values are written, too, as they cost nothing: the input's tells whether it was loaded to its end.
#pragma once

#include "plugin/preservation.hpp"

namespace dynbal {

inline constexpr Preservation hawaii_facts{Kept::jobs, footprint_bytes, checkpoint_trailer_bytes, footprint_bytes};

}  // namespace dynbal
