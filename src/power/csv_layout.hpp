//! Columns found by their names, or by hand: column=, unit=, time=, time_unit=, step=.
#pragma once

#include "power/options.hpp"
#include "power/text_table.hpp"
#include "power/trace_layout.hpp"

namespace dynbal::power {

/// Throws InputError with the line, the columns there are and what to write.
TraceLayout csv_layout(const TextTable& table, Options& options);

}  // namespace dynbal::power
