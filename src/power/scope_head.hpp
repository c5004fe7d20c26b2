//! Heads of oscilloscopes that are no line of names above rows.
#pragma once

#include <optional>

#include "power/trace_head.hpp"

namespace dynbal::power {

/// Nothing for other files. Throws InputError with what to do for those that are known, but not read. The result lives as long as
/// `table`.
std::optional<TraceHead> read_scope_head(const TextTable& table);

}  // namespace dynbal::power
