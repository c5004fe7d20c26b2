/**
 * The DynBal plugin for hosts in C: which tile configuration a stage should run with, under power that fails.
 *
 * An engine describes its loop nest (shape), its prices (cost model) and what one power cycle has done (bounds);
 * the plugin answers with a configuration. It keeps no state, allocates nothing and touches no NVM: the host stores
 * a dynbal_bounds among its own records. Costs are in 1/16 units of the cost model; those of rows have 11 valid bits.
 *
 * Invariants:
 *  1. every function is pure: the same arguments give the same answer;
 *  2. functions that return dynbal_status check their arguments and, unless it is DYNBAL_OK, write nothing.
 *
 * C99. C++ has plugin/policy.hpp; to use this header there, include it inside `extern "C" { }`.
 */
#pragma once

#include <stdint.h>

/* NOLINTBEGIN(readability-identifier-naming): the names are those of C */

/** Changes whenever a struct or the meaning of a function does. */
#define DYNBAL_PLUGIN_VERSION 2u

/** Most candidates that dynbal_choose() takes: they are converted on the stack. */
#define DYNBAL_CANDIDATES_MAX 64u

/** Geometry of one stage, as LoopShape in plugin/loop_nest.hpp. All sizes in values unless named otherwise. */
typedef struct dynbal_shape {
    uint32_t out_h, out_w, channels_out;
    uint32_t in_h, in_w, channels_in;
    uint32_t kernel_h, kernel_w, stride_h, stride_w;
    uint32_t dilation_h, dilation_w;
    uint32_t pad_top, pad_left;
    uint32_t pool_h, pool_w, pool_stride_h, pool_stride_w;
    uint32_t groups;
    uint32_t operands;
    uint32_t header_bytes; /**< fetched per output channel beside the weights */
    uint32_t weight_bytes; /**< of one weight; 0: no weights */
    uint32_t counts_macs;  /**< 1: one MAC per weight and position */
    uint32_t input_packed; /**< 1: pixels follow each other in NVM */
    uint32_t output_packed;
    uint32_t sums_area_bytes; /**< NVM of one of two areas for partial sums; 0: sums never move */
} dynbal_shape;

/** Which operand stays while the others move. */
enum { DYNBAL_WEIGHTS_STAY = 0, DYNBAL_INPUTS_STAY = 1, DYNBAL_SUMS_MOVE = 2 };

/** Tile sizes and loop order, as TileConfig. */
typedef struct dynbal_config {
    uint32_t tile_out;    /**< output channels a block */
    uint32_t tile_in;     /**< input channels a pass */
    uint32_t tile_pixels; /**< output pixels a tile: less than a row, or whole rows */
    uint32_t run_pixels;  /**< output pixels a job */
    uint32_t order;       /**< DYNBAL_WEIGHTS_STAY, ... */
} dynbal_config;

/** A row of a table: a configuration, for which energies it is taken, and its price. */
typedef struct dynbal_candidate {
    dynbal_config config;
    uint64_t from;  /**< taken for cycles of this energy and more, up to the `from` of the row before; the last: 0 */
    uint64_t need;  /**< a cycle with less may make no progress, boot included */
    uint64_t reuse; /**< the whole stage without failures */
    uint64_t lost;  /**< what a cycle loses on average, boot included */
} dynbal_candidate;

/** Prices in 1/16 units. */
typedef struct dynbal_cost_model {
    uint32_t mac;
    uint32_t read_byte;
    uint32_t write_byte;
    uint32_t transfer; /**< start-up of one NVM transfer */
    uint32_t job;      /**< preparing one job, or one pass of it */
    uint32_t boot;     /**< spent at each boot before the first job */
} dynbal_cost_model;

/** Bounds of the energy of a power cycle: at least `low`, less than `high`; {0, UINT64_MAX}: nothing is known. */
typedef struct dynbal_bounds {
    uint64_t low;
    uint64_t high;
} dynbal_bounds;

enum { DYNBAL_FIXED = 0, DYNBAL_PAPER = 1, DYNBAL_BEST = 2 };

typedef enum dynbal_status {
    DYNBAL_OK = 0,
    DYNBAL_BAD_SHAPE = 1,  /**< a size is 0, or groups do not divide the channels */
    DYNBAL_BAD_CONFIG = 2, /**< a configuration does not fit the shape or the arena */
    DYNBAL_BAD_POLICY = 3,
    DYNBAL_BAD_COUNT = 4, /**< no candidates, or more than DYNBAL_CANDIDATES_MAX */
    DYNBAL_NULL = 5       /**< a pointer is null */
} dynbal_status;

/** 1 if the configuration fits the shape and its buffers fit `arena_bytes` of SRAM; 0 if not or if one is bad. */
int dynbal_is_valid(const dynbal_shape* shape, const dynbal_config* config, uint32_t arena_bytes);

/**
 * Prices one configuration by walking its plans with power cycles of `energy` (UINT64_MAX: no failures): need, reuse and
 * lost; `from` becomes 0. The walk is that of this project's loop nest and of progress kept in the output values: of
 * another engine's it is as good an estimate as that engine is like it.
 */
dynbal_status dynbal_price(const dynbal_shape* shape, const dynbal_config* config,
                           const dynbal_cost_model* model, uint32_t arena_bytes, uint64_t energy,
                           dynbal_candidate* priced);

/**
 * Cost of the whole stage if the cycle in which it begins has `first` left and each further one brings `energy`;
 * UINT64_MAX if it does not end.
 */
dynbal_status dynbal_walk(const dynbal_shape* shape, const dynbal_config* config,
                          const dynbal_cost_model* model, uint32_t arena_bytes, uint64_t first,
                          uint64_t energy, uint64_t* cost);

/**
 * Chooses among `count` rows by falling `from`; [0] is cheapest without failures, and taken while nothing is known
 * of the supply. DYNBAL_PAPER may answer with a configuration that is not among them.
 */
dynbal_status dynbal_choose(uint32_t policy, const dynbal_shape* shape,
                            const dynbal_candidate* candidates, uint32_t count,
                            const dynbal_cost_model* model, uint32_t arena_bytes,
                            dynbal_bounds supply, dynbal_candidate* chosen);

/**
 * What is known of the supply after one more power cycle, which brought at least what was certainly paid in it, and less
 * than the next thing that it did not finish would have needed.
 */
dynbal_bounds dynbal_learn(dynbal_bounds supply, dynbal_bounds cycle);
/* NOLINTEND(readability-identifier-naming) */
