// The page's simulator against the program: the same networks, inputs, supplies and policies, the same numbers.
// Usage: node native.mjs DYNBAL FOLDER      (FOLDER: as tools/web.sh filled it)
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { npy } from './npy.mjs';

const [program, folder] = process.argv.slice(2).map((path) => resolve(path));
if (!folder) {
    console.error('usage: node native.mjs DYNBAL FOLDER');
    process.exit(2);
}
const here = dirname(fileURLToPath(import.meta.url));

/** The class Engine of the page itself. */
async function engineOfPage() {
    const { outputFiles } = await build({ entryPoints: [join(here, '../src/engine.ts')], bundle: true, write: false, format: 'esm' });
    return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
}

const sha256 = (values) => createHash('sha256').update(new Uint8Array(Int16Array.from(values).buffer)).digest('hex');
const close = (a, b) => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));

const { Engine } = await engineOfPage();
const engine = await Engine.load(await readFile(join(folder, 'simulator/dynbal_demo.wasm')));
const policies = engine.program().policies.map(({ name }) => name);
let compared = 0;
for (const network of await readdir(join(folder, 'zoo'))) {
    const file = (name) => join(folder, 'zoo', network, name);
    const image = { name: network, bytes: await readFile(file(`${network}.dynbal`)) };
    const samples = { name: 'inputs.npy', bytes: await readFile(file('inputs.npy')) };
    for (const [index, milliwatts, microfarads] of [[0, 1, 0], [1, 4, 330], [0, 16, 150]]) {
        engine.open(image, samples, index);
        for (let first = 0; first < policies.length; first += 2) {
            const pair = [policies[first], policies[first + 1] ?? policies[0]];
            const watts = milliwatts / 1000;
            let state = engine.start(...pair, watts, microfarads * 1e-6);
            for (let step = 0; step < 100_000 && !state.ended; ++step) state = engine.advance(0.37, 0.1);
            for (const board of state.boards) {
                const native = JSON.parse(execFileSync(program, ['simulate', file(`${network}.dynbal`), '--input', `${file('inputs.npy')}@${index}`,
                    '--supply', `power:${milliwatts}mW${microfarads > 0 ? `,capacitance=${microfarads}uF` : ''}`, '--policy', board.policy, '--json'], { encoding: 'utf8' }));
                const where = `${network}, ${milliwatts} mW, capacitor ${microfarads || "of the board"}, ${board.policy}`;
                assert.ok(board.ended && native.completed, where);
                assert.equal(sha256(board.answer.output), native.output_sha256, `${where}: output`);
                assert.equal(board.answer.class, native.argmax, `${where}: class`);
                assert.equal(board.power_cycles, native.power_cycles, `${where}: power cycles`);
                assert.equal(board.cost_units, native.cost_units, `${where}: cost`);
                assert.ok(close(board.time_s, native.latency_s), `${where}: ${board.time_s} s, natively ${native.latency_s}`);
                assert.ok(close(board.energy_j, native.energy_j), `${where}: ${board.energy_j} J, natively ${native.energy_j}`);
                console.log(`${where}: ${native.power_cycles} power cycles, ${native.cost_units} units, ${native.latency_s.toFixed(3)} s: the same`);
                ++compared;
            }
        }
    }
}
assert.ok(compared > 0, 'nothing was compared');

/** What `dynbal run` says of mine.npy@0: a refusal, or the answer. */
function runNatively(image, bytes) {
    const place = mkdtempSync(join(tmpdir(), 'dynbal-'));
    try {
        writeFileSync(join(place, 'mine.npy'), bytes);
        const { status, stdout, stderr } = spawnSync(program, ['run', image, '--input', 'mine.npy@0', '--json'], { cwd: place, encoding: 'utf8' });
        return status === 0 ? { output: JSON.parse(stdout).output_sha256, told: stderr } : { refusal: stderr };
    } finally {
        rmSync(place, { recursive: true });
    }
}

// Shapes: what the program takes is taken, with the same answer, and what it refuses is refused in its words.
for (const network of await readdir(join(folder, 'zoo'))) {
    const path = join(folder, 'zoo', network, `${network}.dynbal`);
    const image = { name: `${network}.dynbal`, bytes: await readFile(path) };
    const dims = engine.network(image).input_dims;
    const size = dims.reduce((all, extent) => all * extent, 1);
    const shapes = [dims, [1, ...dims], [5, ...dims], [size], [5, size], [5 * size], [5, ...dims.toReversed()], [5 * dims.at(-2), size / dims.at(-2)], [size + 1]];
    let taken = 0;
    for (const shape of shapes) {
        const bytes = npy(shape);
        const native = runNatively(path, bytes);
        const where = `${network}, mine.npy of shape ${shape}`;
        let refusal = '';
        try {
            const { input } = engine.open(image, { name: 'mine.npy', bytes }, 0);
            assert.ok((native.told ?? '').includes(input.note), `${where}: the page notes ${input.note}, the program: ${native.told}`);
            let state = engine.start('fixed', 'best', 16e-3, 0);
            for (let step = 0; step < 100_000 && !state.ended; ++step) state = engine.advance(0.37, 0.1);
            for (const { answer } of state.boards) assert.equal(sha256(answer.output), native.output, `${where}: output`);
            ++taken;
        } catch (error) {
            if (error.constructor.name !== 'InputError') throw error;
            refusal = error.message;
        }
        assert.equal(refusal === '', native.refusal === undefined, `${where}: the page: ${refusal || 'taken'}; the program: ${native.refusal ?? 'taken'}`);
        if (refusal !== '') assert.ok(native.refusal.includes(refusal), `${where}: the page: ${refusal}; the program: ${native.refusal}`);
    }
    assert.ok(taken >= 5 && taken < shapes.length, `${network}: ${taken} of ${shapes.length} shapes are taken`);
    console.log(`${network}: ${taken} of ${shapes.length} shapes are taken, as by the program`);
}
