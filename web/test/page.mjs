// Opens reports in headless Chromium, wide and narrow, light and dark, and checks that people would see them whole.
// Usage: node page.mjs DYNBAL PAGE.html REPOSITORY FOLDER     (the program, the page without a document, where to work)
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Browser } from './browser.mjs';
import { insert, syntheticDocument } from './synthetic.mjs';

const [program, template, repository, folder] = process.argv.slice(2).map((path) => resolve(path));
if (!folder) {
    console.error('usage: node page.mjs DYNBAL PAGE.html REPOSITORY FOLDER');
    process.exit(2);
}
const chartsOfAll = ['chart-policies', 'chart-layers', 'chart-timeline', 'chart-tiles', 'chart-cycle', 'chart-speedup', 'chart-capacitors'];

/** An array of bytes in NumPy's format: pictures that look like nothing, but are always the same. */
function npy(shape) {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const header = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
    const padded = header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11) + '\n';
    const prefix = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, padded.length & 255, padded.length >> 8]);
    const values = Buffer.from(Array.from({ length: size }, (_, index) => (index * 37 + (index >> 5) * 11) % 256));
    return Buffer.concat([prefix, Buffer.from(padded), values]);
}

const dynbal = (...words) => execFileSync(program, words, { cwd: folder, encoding: 'utf8' });

/** Reports of the repository's own model, and made-up ones; name → charts that must be there. */
async function reports() {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'samples.npy'), npy([8, 1, 28, 28]));
    dynbal('compile', join(repository, 'models/fashion_mnist/fashion_mnist.onnx'), '-o', 'model.dynbal', '--calibrate', 'samples.npy',
        '--scale', '0.00392156862745098');
    const report = (name, supply, ...more) =>
        dynbal('report', 'model.dynbal', '--input', 'samples.npy@3', '--supply', supply, '-o', name, ...more);
    report('harvested.html', 'power:2mW', '--trace-out', 'harvested.json', '--preservations', 'stateful,none', '--repeat', '5', '--period', '1s');
    report('budget.html', 'budget:60000', '--no-sweep', '--policies', 'best');
    report('steady.html', 'none', '--no-sweep');
    const page = await readFile(template, 'utf8');
    await writeFile(join(folder, 'long.html'), insert(page, syntheticDocument(20_000)));
    await writeFile(join(folder, 'stuck.html'), insert(page, syntheticDocument(251)));
    const without = (...names) => chartsOfAll.filter((name) => !names.includes(name));
    return {
        'harvested.html': chartsOfAll, 'budget.html': without('chart-speedup', 'chart-capacitors'), 'steady.html': without('chart-speedup', 'chart-capacitors', 'chart-cycle'),
        'long.html': chartsOfAll, 'stuck.html': chartsOfAll,
    };
}

const drawn = `[...document.querySelectorAll('figure.chart')].map((chart) => [chart.id, Number(chart.dataset.drawn)])`;

/** Runs inside of the page: what is wrong with it for the eye, the keyboard or a screen reader. */
function findFaults(width) {
    const faults = [];
    const root = document.documentElement;
    // A phone widens its view to what does not fit: the screen's width counts, not the view's.
    if (root.scrollWidth > width) {
        const wide = [...document.querySelectorAll('main *, header *')].filter((element) => element.getBoundingClientRect().right > width + 1 &&
            !element.closest('.scroll, figure, .hidden'));
        faults.push(`wider than the screen: ${root.scrollWidth} > ${width}: ${wide.slice(0, 3).map((element) => element.outerHTML.slice(0, 80))}`);
    }
    for (const figure of document.querySelectorAll('figure')) if (!figure.getAttribute('aria-label')) faults.push(`${figure.id} has no name`);
    for (const control of document.querySelectorAll('button, select, input')) {
        const name = control.textContent || control.getAttribute('aria-label') || document.querySelector(`label[for="${control.id}"]`)?.textContent;
        if (!name?.trim()) faults.push(`a control without a name: ${control.outerHTML}`);
    }
    for (const mark of document.querySelectorAll('.facts b wbr')) {
        const part = document.createRange();
        part.selectNode(mark.previousSibling);
        const lines = part.getClientRects();
        const fits = [...lines].reduce((sum, line) => sum + line.width, 0) < mark.closest('dd').clientWidth;
        if (lines.length > 1 && fits) faults.push(`broken inside of ${mark.previousSibling.textContent}`);
    }
    const levels = [...document.querySelectorAll('h1, h2, h3')].map((heading) => Number(heading.tagName[1]));
    if (levels[0] !== 1 || levels.filter((level) => level === 1).length !== 1) faults.push('not one first heading');
    const channel = (value) => (value <= 10.31 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    const colour = (text) => text.match(/[\d.]+/g).map(Number);
    const luminance = ([red, green, blue]) => 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
    const background = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const value = colour(getComputedStyle(at).backgroundColor);
            if (value.length < 4 || value[3] > 0.99) return value;
        }
        return [255, 255, 255];
    };
    for (const element of document.querySelectorAll('h1, h2, h3, p, small, td, th, dt, dd, summary, button, label, code, .value, .against, footer')) {
        if (!element.textContent.trim() || element.closest('.hidden')) continue;
        const [high, low] = [luminance(colour(getComputedStyle(element).color)), luminance(background(element))].sort((a, b) => b - a);
        const contrast = (high + 0.05) / (low + 0.05);
        if (contrast < 4.5) faults.push(`contrast ${contrast.toFixed(2)}: ${element.outerHTML.slice(0, 100)}`);
    }
    return { faults: [...new Set(faults)].slice(0, 10), brightness: luminance(background(document.body)) };
}

async function check(browser, name, charts, look) {
    const where = `${name}, ${look.width} px, ${look.dark ? 'dark' : 'light'}`;
    const page = await browser.page(look);
    await page.open(pathToFileURL(resolve(folder, name)).href);
    const ready = await page.until(`document.documentElement.dataset.ready === 'true' && ${drawn}.every(([, count]) => count > 2)`);
    assert.deepEqual(page.complaints, [], `${where}: complaints`);
    assert.ok(ready, `${where}: not drawn: ${JSON.stringify(await page.evaluate(drawn))}`);
    assert.deepEqual((await page.evaluate(drawn)).map(([id]) => id), charts, `${where}: charts`);
    await checkNumbers(page, where);
    const { faults, brightness } = await page.evaluate(`(${findFaults})(${look.width})`);
    assert.deepEqual(faults, [], where);
    assert.equal(brightness < 0.2, Boolean(look.dark), `${where}: brightness ${brightness}`);
    await use(page, where);
    const outside = page.requests.filter((url) => !url.startsWith('file:') && !url.startsWith('data:'));
    assert.deepEqual(outside, [], `${where}: network`);
    assert.deepEqual(page.complaints, [], `${where}: complaints after use`);
    await page.close();
}

/** Many inferences stand where they were asked for, and only there; layers have their numbers. */
async function checkNumbers(page, where) {
    const [numbers, shown] = await page.evaluate(`[JSON.parse(document.querySelector('#document').textContent),
        [...document.querySelectorAll('#repeated tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent))]`);
    const wanted = numbers.runs.filter((run) => run.repeated !== null).map(({ policy, repeated: of }) =>
        [policy, ...[of.due, of.due - of.missed, of.late, of.left_out, of.never_ends].map(String)]);
    assert.deepEqual(shown.map((cells) => cells.slice(0, 6)), wanted, `${where}: many inferences`);
    const layers = await page.evaluate(`[...document.querySelectorAll('#tiles tbody th')].map((cell) => Number(cell.textContent.split(' ')[0]))`);
    assert.deepEqual(layers, numbers.stages.map((_, index) => index), `${where}: layers have the numbers of the terminal`);
    assert.equal(shown.length, numbers.repeated === null ? 0 : numbers.runs.length, `${where}: a row for each policy`);
}

/** Zooms with keys, and chooses everything that can be chosen. */
async function use(page, where) {
    const ticks = `document.querySelector('#chart-timeline svg').outerHTML.length + document.querySelector('#chart-timeline svg').textContent`;
    const before = await page.evaluate(ticks);
    await page.evaluate(`document.querySelector('#chart-timeline').focus();
        for (const key of ['+', '+', '+', 'ArrowRight']) document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))`);
    assert.ok(await page.until(`${ticks} !== ${JSON.stringify(before)}`, 5000), `${where}: the keys do not zoom`);
    await page.evaluate(`for (const input of document.querySelectorAll('.choice input')) input.click();
        for (const button of document.querySelectorAll('.legend button, .buttons button')) button.click();
        for (const list of document.querySelectorAll('select')) {
            list.selectedIndex = list.options.length - 1;
            list.dispatchEvent(new Event('change'));
        }
        for (const part of document.querySelectorAll('details')) part.open = true;`);
    // Two frames: charts draw in the next one.
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
}

const all = await reports();
const browser = await Browser.start();
try {
    for (const [index, [name, charts]] of Object.entries(all).entries()) {
        for (const width of [1280, 360]) for (const dark of [false, true]) {
            // Each page wide and narrow, light and dark; which with which takes turns. All four: ./dev test --long.
            const other = (width === 360) === dark;
            if (process.env.DYNBAL_LONG || other === (index % 2 === 0)) await check(browser, name, charts, { width, dark });
        }
        console.log(`${name}: right`);
    }
} finally {
    await browser.stop();
}
