/* The plugin's header is C99, and C can host it. */
#include "plugin/dynbal_plugin.h"

#include <stddef.h>

int dynbal_test_from_c(void);

/* 0 if all is as it should be, else the number of the check that failed. */
int dynbal_test_from_c(void) {
    const dynbal_shape shape = {.out_h = 1, .out_w = 1, .channels_out = 8,
                                .in_h = 1, .in_w = 1, .channels_in = 30,
                                .kernel_h = 1, .kernel_w = 1, .stride_h = 1, .stride_w = 1,
                                .dilation_h = 1, .dilation_w = 1,
                                .pool_h = 1, .pool_w = 1, .pool_stride_h = 1, .pool_stride_w = 1,
                                .groups = 1, .operands = 1, .weight_bytes = 2, .counts_macs = 1,
                                .input_packed = 1, .output_packed = 1};
    const dynbal_cost_model model = {16, 232, 232, 256, 0, 1000};
    dynbal_config config = {8, 30, 1, 1, DYNBAL_WEIGHTS_STAY};
    dynbal_candidate rows[2];
    dynbal_candidate chosen;
    dynbal_bounds supply = {0, UINT64_MAX};
    dynbal_bounds cycle = {0, 0};
    uint64_t cost = 0;

    if (!dynbal_is_valid(&shape, &config, 4096)) return 1;
    if (dynbal_is_valid(&shape, &config, 100)) return 2;
    if (dynbal_is_valid(NULL, &config, 4096)) return 3;
    if (dynbal_price(&shape, &config, &model, 4096, UINT64_MAX, &rows[0]) != DYNBAL_OK) return 4;
    config.tile_out = 1;
    if (dynbal_price(&shape, &config, &model, 4096, UINT64_MAX, &rows[1]) != DYNBAL_OK) return 5;
    rows[0].from = rows[0].need;
    if (rows[0].reuse > rows[1].reuse || rows[0].need <= rows[1].need) return 6;
    if (dynbal_choose(DYNBAL_FIXED, &shape, rows, 2, &model, 4096, supply, &chosen)) return 7;
    if (chosen.config.tile_out != 8) return 8;
    cycle.high = rows[0].need;
    supply = dynbal_learn(supply, cycle);
    if (supply.low != 0 || supply.high != rows[0].need) return 9;
    if (dynbal_choose(DYNBAL_BEST, &shape, rows, 2, &model, 4096, supply, &chosen)) return 10;
    if (chosen.config.tile_out != 1) return 11;
    if (dynbal_choose(3, &shape, rows, 2, &model, 4096, supply, &chosen) != DYNBAL_BAD_POLICY) return 12;
    if (dynbal_choose(DYNBAL_BEST, &shape, rows, 0, &model, 4096, supply, &chosen) != DYNBAL_BAD_COUNT) return 13;
    if (dynbal_choose(DYNBAL_BEST, &shape, NULL, 2, &model, 4096, supply, &chosen) != DYNBAL_NULL) return 14;
    if (dynbal_walk(&shape, &config, &model, 4096, UINT64_MAX, UINT64_MAX, &cost) != DYNBAL_OK) return 17;
    if (cost < rows[1].reuse) return 18;
    config.tile_out = 9;
    if (dynbal_price(&shape, &config, &model, 4096, 0, &rows[1]) != DYNBAL_BAD_CONFIG) return 15;
    return 0;
}
