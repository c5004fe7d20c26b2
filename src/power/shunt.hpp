//! A current that an oscilloscope sees as the voltage over a resistor: shunt=.
#pragma once

#include "power/options.hpp"
#include "power/unit_names.hpp"

namespace dynbal::power {

/// Of anything but a product of two columns. Throws InputError where shunt= is given.
void refuse_shunt(const Options& options);

/// Over which the second of two voltages lies, in ohm; 0 where shunt= is not given. Throws InputError where these are no two voltages,
/// or another option makes something else of them.
double shunt_ohm_of(Options& options, const ColumnMeaning& first, const ColumnMeaning& second);

}  // namespace dynbal::power
