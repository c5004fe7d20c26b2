#include "tiles.h"

/* Tile sizes of this engine: powers of two; all input channels at once; weights stay. */
static int for_each_config(int (*visit)(const dynbal_config*, void*), void* context) {
    for (uint32_t out = OUT_C; out >= 1; out /= 2) {
        for (uint32_t pixels = OUT_H * OUT_W; pixels >= OUT_W; pixels /= 2) {
            for (uint32_t run = OUT_W; run >= 1; run /= 2) {
                const dynbal_config config = {out, IN_C, pixels, run, DYNBAL_WEIGHTS_STAY};
                if (dynbal_is_valid(&stage, &config, SRAM_BYTES) && visit(&config, context)) return 1;
            }
        }
    }
    return 0;
}

typedef struct search {
    uint64_t energy, cost;
    dynbal_config best;
} search;

static int keep_cheaper(const dynbal_config* config, void* context) {
    search* found = context;
    uint64_t cost = UINT64_MAX;
    if (least_energy(config) > found->energy) return 0;
    if (dynbal_walk(&stage, config, &prices, SRAM_BYTES, found->energy, found->energy, &cost) == DYNBAL_OK && cost < found->cost) {
        found->cost = cost;
        found->best = *config;
    }
    return 0;
}

static int same(const dynbal_config* a, const dynbal_config* b) {
    return a->tile_out == b->tile_out && a->tile_pixels == b->tile_pixels && a->run_pixels == b->run_pixels;
}

int make_tile_table(tile_table* table) {
    search found = {UINT64_MAX, UINT64_MAX, {0, 0, 0, 0, 0}};
    for_each_config(keep_cheaper, &found);
    if (found.cost == UINT64_MAX) return 0;
    table->count = 0;
    /* From an energy that is enough for the whole stage downwards, until nothing makes progress any more. */
    for (uint64_t energy = found.cost * 2; table->count < DYNBAL_CANDIDATES_MAX; energy -= energy / 12) {
        found.energy = energy;
        found.cost = UINT64_MAX;
        for_each_config(keep_cheaper, &found);
        if (found.cost == UINT64_MAX) break;
        dynbal_candidate* last = &table->rows[table->count == 0 ? 0 : table->count - 1];
        if (table->count == 0 || !same(&last->config, &found.best)) {
            last = &table->rows[table->count++];
            if (dynbal_price(&stage, &found.best, &prices, SRAM_BYTES, energy, last) != DYNBAL_OK) return 0;
            last->need = least_energy(&found.best);
        }
        last->from = energy;
    }
    table->rows[table->count - 1].from = 0;
    return 1;
}
