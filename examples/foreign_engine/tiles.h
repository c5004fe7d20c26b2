/* The table of tile sizes that the plugin chooses from; made once, as a compiler would. */
#pragma once

#include "engine.h"

typedef struct tile_table {
    dynbal_candidate rows[DYNBAL_CANDIDATES_MAX]; /* by falling energy of a power cycle; [0] is cheapest without failures */
    uint32_t count;
} tile_table;

/* 0 if there is no tile that fits. */
int make_tile_table(tile_table* table);
