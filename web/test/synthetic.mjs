// A made-up document, of any size: what the page has to cope with, whatever the simulator says today.
// Usage: node synthetic.mjs PAGE.html OUTPUT.html [POWER_CYCLES]
import { readFile, writeFile } from 'node:fs/promises';

const categories = ['compute', 'reuse', 'refetch', 'preservation', 'recovery', 'boot', 'charging', 'idle'];
const kinds = ['charging', 'boot', 'idle', 'weights', 'inputs', 'outputs', 'checkpoints', 'recovery', 'control', 'compute'];
const layers = ['conv1', 'conv2 <b>', 'a layer with quite a long name, as exporters like to make them', 'pool', 'dense', 'softmax'];
const shares = [0.18, 0.34, 0.3, 0.04, 0.12, 0.02];

function run(policy, factor, cycles) {
    const on = 12_000, off = 55_000 * factor;
    const power = [], steps = [], millivolts = [];
    for (let cycle = 0; cycle < cycles; ++cycle) {
        const charge = Math.round(cycle === 0 ? 3 * off : off * (1 + 0.3 * Math.sin(cycle / 7)));
        power.push(charge, on);
        steps.push(cycle === 0 ? 0 : 1, Math.round(charge / 2), charge - Math.round(charge / 2), on);
        millivolts.push(cycle === 0 ? 0 : 1880, 2500, 3000, 1880);
    }
    const total = power.reduce((sum, value) => sum + value, 0) / 1e6;
    let at = 0;
    const stages = shares.map((share, index) => [index, at, at += share * total]);
    const split = (share) => categories.map((name, index) =>
        share * total * [0.05, 0.04, policy === 'best' ? 0.01 : 0.04, 0.02, 0.008, 0.012, 0.83, 0][index]);
    const tile = (out, pixels, order = 'weights_stay') => ({ tile_out: out, tile_in: 16, tile_pixels: pixels, run_pixels: 4, order });
    const tiles = stages.flatMap(([stage, begin, end]) => [
        { time_s: begin, stage, reason: 'chosen', config: tile(32, 112) },
        ...(policy === 'fixed' ? [] : [{ time_s: begin + (end - begin) / 3, stage, reason: stage % 2 ? 'shrunk' : 'reconfigured', config: tile(8, 28, 'sums_move') }])]);
    const buckets = 1000;
    const permille = Array.from({ length: buckets }, (_, index) => {
        const busy = 150 + Math.round(50 * Math.sin(index / 20));
        return [1000 - busy, 20, 0, Math.round(busy * 0.3), Math.round(busy * 0.2), Math.round(busy * 0.1), 0, 10, 5, busy - 35 - Math.round(busy * 0.6)];
    });
    const spans = [[1, 0, 1200, 900], [7, 1200, 500, 300], [3, 1700, 2100, 2500], [4, 3800, 900, 1000],
        ...Array.from({ length: 18 }, (_, index) => [index % 3 === 2 ? 5 : 9, 4700 + index * 400, index % 3 === 2 ? 400 : 380, 300])];
    return {
        policy, completed: true, message: '', latency_s: total, charging_s: total * 0.83, energy_j: 0.02 * factor * cycles / 250,
        power_cycles: cycles, nvm_read_bytes: 400_000 * factor, nvm_write_bytes: 90_000, macs: 1_200_000,
        reconfigurations: policy === 'fixed' ? 0 : 3, shrinks: policy === 'fixed' ? 0 : 3,
        time_s: shares.map(split), energy_by_stage_j: shares.map((share) => split(share / 60).map((value, index) => (index === 6 ? 0 : value))), tiles,
        // One is left out for each that is late, and with an odd number of power cycles none ends.
        repeated: cycles % 2 ? { due: 100, ended: 0, missed: 100, late: 0, left_out: 0, never_ends: 100, duration_s: 3000, per_minute: 0, mean_s: 0, median_s: 0, p90_s: 0, worst_s: 0, stuck: 'stuck in stage 2 (pool)' } :
            { due: 100, ended: 90, missed: 20, late: 10, left_out: 10, never_ends: 0, duration_s: 3000, per_minute: 1.8, mean_s: 21, median_s: 20, p90_s: 34, worst_s: 41 },
        timeline: {
            duration_s: total, power_us: power, cycles_per_entry: 1, voltage: { step_us: steps, millivolts }, stages,
            activity: { bucket_s: total / buckets, permille },
            magnified: [{ stage: 1, cycle: 5, begin_s: 0.4, duration_s: 0.012, spans }],
        },
    };
}

/** As of a layer that has no channels to choose from, and that never ends at the least energy. */
function usage(layer) {
    const energies = Array.from({ length: 9 }, (_, index) => Math.round(20_000 * 2 ** index));
    const tile = { tile_out: 16, tile_in: 16, tile_pixels: 28, run_pixels: 4, order: 'weights_stay' };
    const winners = energies.map((energy, index) => ({ cost: index === 0 ? null : 9_000_000 / (1 + index), ...tile }));
    const sizes = Array.from({ length: 24 }, (_, index) => index + 1);
    const cost = (size) => winners.map((winner, index) => (winner.cost === null || size > 3 * index + 4 ? null : winner.cost * (1 + size / 8)));
    return { search_space: 1200 + layer, energies, winners, dimensions: [
        { dimension: 'tile_out', importance: 3.5, sizes, cost: sizes.map(cost) },
        { dimension: 'tile_in', importance: 1, sizes: [16], cost: [cost(1)] },
        { dimension: 'tile_pixels', importance: 12.25, sizes, cost: sizes.map(cost) },
    ] };
}

export function syntheticDocument(cycles) {
    const powers = [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016];
    const never = { ...run('paper', 1.2, cycles), completed: false, message: 'stuck in stage 2 (pool): 200 power cycles in a row made no progress' };
    return {
        schema: 'dynbal-report/1', program: 'dynbal 0.0.0', trace_file: 'run.perfetto.json',
        command: "dynbal report shirt.dynbal --input data/x_test.npy@0 --supply power:4mW -o 'a report.html'",
        model: { name: 'fashion_mnist', ideal_macs: 1_234_567, nvm_bytes: 90_000, sram_bytes: 60_000, weight_bytes: 44_000 },
        device: { name: 'msp432p401r', facts: [['CPU', '48 MHz']] },
        supply: { text: 'power:4mW,capacitance=100uF,on_voltage=3.00V,off_voltage=1.88V', capacitor_uf: 100, on_v: 3, off_v: 1.88 }, input: 'data/x_test.npy@0',
        answer: { class: 9, top: [[9, 12.34], [7, 5.6], [5, 1.2]], same: true, sha256: 'ab'.repeat(32) },
        categories, kinds,
        stages: layers.map((name, index) => ({ name, operator: 'Conv + Relu', output: [28, 28, 16], ideal_macs: 200_000, weight_bytes: 7_000, usage: usage(index) })),
        repeated: { heading: 'One inference every 30 s, in time within 30 s' },
        runs: [run('fixed', 1.6, cycles), cycles % 2 ? never : run('paper', 1.3, cycles), run('best', 1, cycles)],
        preservations: ['stateful', 'hawaii', 'none'].map((preservation, index) => ({
            preservation, title: 'a footprint behind each job says how far its stage is', completed: index < 2, latency_s: 4.2 + index,
            energy_j: 0.012, power_cycles: cycles, nvm_read_bytes: 300_000, nvm_write_bytes: 40_000 + index,
        })),
        sweep: {
            power_w: powers, own_power_w: 0.004,
            latency_s: {
                fixed: powers.map((power, index) => (index === 0 ? null : 0.05 / power + 4)), paper: powers.map((power) => 0.045 / power + 4),
                best: powers.map((power) => 0.025 / power + 4),
            },
        },
        capacitors: { capacitance_f: [2.2e-5, 4.7e-5, 1e-4, 2.2e-4, 4.7e-4], own_capacitance_f: 1e-4,
            latency_s: { fixed: [null, 20, 9, 7, 6], paper: [null, 18, 9, 7, 6], best: [30, 12, 8, 7, 6] } },
    };
}

/** The page with a document in it, as the program writes it. */
export function insert(page, content) {
    return page.replace('/*DOCUMENT*/', () => JSON.stringify(content).replaceAll('<', '\\u003c'));
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
    const [, , page, target, cycles] = process.argv;
    await writeFile(target, insert(await readFile(page, 'utf8'), syntheticDocument(Number(cycles ?? 250))));
}
