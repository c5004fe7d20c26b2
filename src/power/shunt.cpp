#include "power/shunt.hpp"

namespace dynbal::power {

void refuse_shunt(const Options& options) {
    if (!options.has("shunt")) return;
    options.refuse("shunt= is for two voltages, the harvester's and the one over the shunt: column=A*B,shunt=10Ohm");
}

double shunt_ohm_of(Options& options, const ColumnMeaning& first, const ColumnMeaning& second) {
    if (!options.has("shunt")) return 0;
    if (options.has("resistance")) {
        options.refuse(
            "shunt= and resistance= exclude each other: shunt= makes a current of the second voltage of column=A*B, "
            "resistance= makes power of one voltage alone");
    }
    if (first.quantity != Quantity::voltage || second.quantity != Quantity::voltage) {
        options.refuse(
            "column=A*B,shunt=R is the harvester's voltage times the voltage over the shunt, and here they are no two "
            "voltages");
    }
    return options.required("shunt", Unit::ohm, 1e-6, 1e9);
}

}  // namespace dynbal::power
