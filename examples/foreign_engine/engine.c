#include "engine.h"

#include <setjmp.h>
#include <string.h>

enum { IN_H = OUT_H + KERNEL - 1, IN_W = OUT_W + KERNEL - 1, TAPS = KERNEL * KERNEL * IN_C, IDLE_CYCLES_MAX = 50 };

const dynbal_shape stage = {.out_h = OUT_H, .out_w = OUT_W, .channels_out = OUT_C,
                            .in_h = IN_H, .in_w = IN_W, .channels_in = IN_C,
                            .kernel_h = KERNEL, .kernel_w = KERNEL, .stride_h = 1, .stride_w = 1,
                            .dilation_h = 1, .dilation_w = 1,
                            .pool_h = 1, .pool_w = 1, .pool_stride_h = 1, .pool_stride_w = 1,
                            .groups = 1, .operands = 1, .weight_bytes = 2, .counts_macs = 1,
                            .input_packed = 1, .output_packed = 1};

/* What a step costs beside its MACs and its values is its record: 8 bytes and a transfer. */
const dynbal_cost_model prices = {.mac = 16, .read_byte = 100, .write_byte = 120, .transfer = 60,
                                  .job = 60 + 8 * 120, .boot = 8000};

/* What survives a power failure. */
static struct {
    int16_t input[IN_H][IN_W][IN_C];
    int16_t weights[OUT_C][KERNEL][KERNEL][IN_C];
    int32_t output[OUT_H * OUT_W][OUT_C];
    struct { uint16_t channel, pixel, channels, pixels, run, finished; } loop; /* where the loops stand, and how wide */
    dynbal_bounds supply;
    uint64_t spent_at_step, next_step; /* in the running cycle: when a step was last noted, and what the one after needs */
} nvm;

/* What does not. */
static struct {
    int16_t weights[OUT_C][KERNEL][KERNEL][IN_C];
    int16_t window[IN_H][IN_W][IN_C];
} sram;

static uint64_t energy_left, energy_of_cycle, spent;
static jmp_buf power_failure;

static void pay(uint64_t cost) {
    if (cost > energy_left) {
        spent += energy_left;
        longjmp(power_failure, 1);
    }
    energy_left -= cost;
    spent += cost;
}

static uint64_t read_cost(uint64_t bytes) { return prices.transfer + bytes * prices.read_byte; }
static uint64_t write_cost(uint64_t bytes) { return prices.transfer + bytes * prices.write_byte; }

static void fetch_weights(void) {
    const uint32_t bytes = nvm.loop.channels * (uint32_t)sizeof(sram.weights[0]);
    pay(read_cost(bytes));
    memcpy(sram.weights, nvm.weights[nvm.loop.channel], bytes);
}

/* Input rows behind a tile of pixels; whole rows, as this engine has it. */
static uint64_t window_cost(uint32_t pixels) {
    const uint32_t rows = (pixels + OUT_W - 1) / OUT_W + KERNEL - 1;
    return read_cost(rows * sizeof(sram.window[0]));
}

static void fetch_window(uint32_t pixel, uint32_t pixels) {
    pay(window_cost(pixels));
    const uint32_t first = pixel / OUT_W;
    const uint32_t last = (pixel + pixels - 1) / OUT_W + KERNEL;
    memcpy(sram.window[first], nvm.input[first], (last - first) * sizeof(sram.window[0]));
}

static int32_t value_of(uint32_t pixel, uint32_t channel) {
    int32_t sum = 0;
    for (uint32_t y = 0; y < KERNEL; ++y) {
        for (uint32_t x = 0; x < KERNEL; ++x) {
            for (uint32_t c = 0; c < IN_C; ++c) {
                sum += sram.weights[channel][y][x][c] * sram.window[pixel / OUT_W + y][pixel % OUT_W + x][c];
            }
        }
    }
    return sum;
}

static uint64_t step_cost(uint32_t pixels, uint32_t channels) {
    const uint64_t values = (uint64_t)pixels * channels;
    return values * TAPS * prices.mac + write_cost(values * 2) + prices.job;
}

/* What has to be fetched and done before the first record of a power cycle. */
static uint64_t first_step_cost(uint32_t channels, uint32_t pixels, uint32_t run) {
    return read_cost(channels * sizeof(sram.weights[0])) + window_cost(pixels) + step_cost(run, channels);
}

uint64_t least_energy(const dynbal_config* config) {
    return prices.boot + prices.job + first_step_cost(config->tile_out, config->tile_pixels, config->run_pixels);
}

/* One step: `pixels` values of each channel of the block, then the record that they are done. */
static void step(uint32_t pixels) {
    pay(step_cost(pixels, nvm.loop.channels) - prices.job);
    for (uint32_t pixel = nvm.loop.pixel; pixel < nvm.loop.pixel + pixels; ++pixel) {
        for (uint32_t channel = 0; channel < nvm.loop.channels; ++channel) {
            nvm.output[pixel][nvm.loop.channel + channel] = value_of(pixel, channel);
        }
    }
    pay(prices.job);
    nvm.loop.pixel = (uint16_t)(nvm.loop.pixel + pixels);
    nvm.spent_at_step = energy_of_cycle - energy_left;
    nvm.next_step = step_cost(nvm.loop.run, nvm.loop.channels);
}

static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

/* A block of channels begins, with new tile sizes. Its record is written as a whole. */
static void begin_block(dynbal_config config) {
    pay(prices.job);
    nvm.loop.pixel = 0;
    nvm.loop.channels = (uint16_t)least(config.tile_out, (uint32_t)OUT_C - nvm.loop.channel);
    nvm.loop.pixels = (uint16_t)config.tile_pixels;
    nvm.loop.run = (uint16_t)config.run_pixels;
}

static void power_cycle(choose_tiles choose, int progress) {
    pay(prices.boot);
    nvm.spent_at_step = prices.boot;
    /* A block that has not moved is begun anew with other tiles: its values are written again, the same ones. */
    if (nvm.loop.channels == 0 || !progress) begin_block(choose(nvm.supply));
    while (nvm.loop.channel < OUT_C) {
        nvm.next_step = first_step_cost(nvm.loop.channels, nvm.loop.pixels, nvm.loop.run);
        fetch_weights();
        while (nvm.loop.pixel < OUT_H * OUT_W) {
            const uint32_t end = least((nvm.loop.pixel / nvm.loop.pixels + 1U) * nvm.loop.pixels, OUT_H * OUT_W);
            fetch_window(nvm.loop.pixel, end - nvm.loop.pixel);
            while (nvm.loop.pixel < end) step(least(nvm.loop.run, end - nvm.loop.pixel));
        }
        nvm.loop.channel = (uint16_t)(nvm.loop.channel + nvm.loop.channels);
        if (nvm.loop.channel < OUT_C) begin_block(choose(nvm.supply));
    }
}

static void make_network(void) {
    uint32_t state = 1;
    memset(&nvm, 0, sizeof(nvm));
    for (size_t i = 0; i < sizeof(nvm.input) / 2; ++i) {
        state = state * 1664525U + 1013904223U;
        (&nvm.input[0][0][0])[i] = (int16_t)((state >> 20U) % 2001U) - 1000;
    }
    for (size_t i = 0; i < sizeof(nvm.weights) / 2; ++i) {
        state = state * 1664525U + 1013904223U;
        (&nvm.weights[0][0][0][0])[i] = (int16_t)((state >> 20U) % 401U) - 200;
    }
    nvm.supply.high = UINT64_MAX;
}

run_result run_engine(uint64_t energy, choose_tiles choose) {
    run_result result = {0, 0, 0, 0};
    static uint32_t idle, pixel, channel; /* static: they outlive longjmp() */
    make_network();
    idle = 0;
    spent = 0;
    energy_of_cycle = energy;
    static volatile uint32_t cycles;
    cycles = 0;
    do {
        pixel = nvm.loop.pixel;
        channel = nvm.loop.channel;
        ++cycles;
        energy_left = energy;
        memset(&sram, 0xAA, sizeof(sram));
        if (setjmp(power_failure) == 0) {
            power_cycle(choose, idle == 0);
            result.ended = 1;
            break;
        }
        const int progress = nvm.loop.pixel != pixel || nvm.loop.channel != channel;
        idle = progress ? 0 : idle + 1;
        const dynbal_bounds cycle = {nvm.spent_at_step, nvm.spent_at_step + nvm.next_step};
        nvm.supply = dynbal_learn(nvm.supply, cycle);
    } while (idle < IDLE_CYCLES_MAX);
    result.spent = spent;
    result.power_cycles = cycles;
    for (size_t i = 0; i < OUT_H * OUT_W * OUT_C; ++i) {
        result.checksum = result.checksum * 31U + (uint32_t)(&nvm.output[0][0])[i];
    }
    return result;
}
