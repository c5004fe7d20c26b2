/* What the plugin's tile sizes are worth to an engine that is not DynBal's: energy of one inference, over supplies. Ends
   with 1 if an answer differs, or the plugin's choice is worse than it should be. */
#include <stdio.h>

#include "tiles.h"

static tile_table table;

static dynbal_config largest(dynbal_bounds supply) {
    (void)supply;
    return table.rows[0].config;
}

static dynbal_config smallest(dynbal_bounds supply) {
    (void)supply;
    return table.rows[table.count - 1].config;
}

static dynbal_config plugin(dynbal_bounds supply) {
    dynbal_candidate chosen = table.rows[table.count - 1];
    (void)dynbal_choose(DYNBAL_BEST, &stage, table.rows, table.count, &prices, SRAM_BYTES, supply, &chosen);
    return chosen.config;
}

static void print_cost(run_result result) {
    if (result.ended) {
        printf(" %9.0f (%4u)", (double)result.spent / 16e3, (unsigned)result.power_cycles);
    } else {
        printf(" %16s", "never ends");
    }
}

int main(void) {
    /* It does not know the supply before it fails: that is the price of the first rows. */
    static const uint64_t energies[] = {3000000, 1000000, 300000, 100000, 60000, 40000, 25000, 15000};
    if (!make_tile_table(&table)) return puts("no tile fits"), 1;
    const run_result steady = run_engine(UINT64_MAX / 4, largest);
    int faults = 0, gains = 0;
    printf("thousand units of energy an inference takes (power cycles); %u rows of tile sizes\n", (unsigned)table.count);
    printf("%10s %16s %16s %16s\n", "supply", "largest tile", "smallest tile", "plugin");
    for (size_t i = 0; i < sizeof(energies) / sizeof(energies[0]); ++i) {
        const run_result results[] = {run_engine(energies[i] * 16, largest), run_engine(energies[i] * 16, smallest),
                                      run_engine(energies[i] * 16, plugin)};
        printf("%10lu", (unsigned long)energies[i]);
        for (int k = 0; k < 3; ++k) {
            print_cost(results[k]);
            faults += results[k].ended && results[k].checksum != steady.checksum;
        }
        puts("");
        faults += !results[2].ended;
        for (int k = 0; k < 2; ++k) {
            gains += !results[k].ended || results[2].spent < results[k].spent;
            faults += results[k].ended && (double)results[2].spent > 1.25 * (double)results[k].spent;
        }
    }
    printf("answers: %s; plugin cheaper in %d of 16\n", faults ? "WRONG or too dear" : "all the same bits", gains);
    return faults != 0 || gains < 12;
}
