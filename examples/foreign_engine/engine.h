/* A small engine for one convolution, with loops and progress records of its own, in the manner of SONIC: loops are
   idempotent, and where they stand is written to NVM after each of their steps ("loop continuation"), so that the step is
   all that a power failure costs, beside what has to be fetched into SRAM again.

   DynBal's plugin is asked for one thing only: how large the steps are to be. */
#pragma once

#include "plugin/dynbal_plugin.h"

enum { OUT_H = 16, OUT_W = 16, OUT_C = 32, IN_C = 16, KERNEL = 3, SRAM_BYTES = 8192 };

extern const dynbal_shape stage;
extern const dynbal_cost_model prices; /* in 1/16 units: a MAC is one unit */

/* What a power cycle needs at least with this configuration: this engine knows that better than the plugin, whose walk is
   that of DynBal's own loops. */
uint64_t least_energy(const dynbal_config* config);

/* Which configuration comes next, for a supply of which so much is known. */
typedef dynbal_config (*choose_tiles)(dynbal_bounds supply);

typedef struct run_result {
    int ended;            /* 0: many power cycles brought no progress */
    uint64_t spent;       /* in 1/16 units, lost work included */
    uint32_t power_cycles;
    uint32_t checksum;    /* of the output */
} run_result;

/* One inference on new NVM, on a supply that fails whenever `energy` was spent. */
run_result run_engine(uint64_t energy, choose_tiles choose);
