// Opens the demo in headless Chromium, wide and narrow, light and dark: races end, what visitors do works, nothing complains,
// and axe finds nothing.
// Usage: node page.mjs FOLDER DYNBAL      (FOLDER: as tools/web.sh filled it)
import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { Browser } from '../../test/browser.mjs';
import { checkCommands } from './commands.mjs';
import { npy } from './npy.mjs';
import { checkStates } from './states.mjs';
import { choose, click, drop, ended, file, opened, press, text, zoo } from './tools.mjs';

const program = resolve(process.argv[3] ?? '');
const mebibytes = (await stat(file)).size / 2 ** 20;
assert.ok(mebibytes < 1.43, `the page weighs ${mebibytes.toFixed(2)} MiB, more than 1.5 MB`);
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe says, in a line each. */
const findFaults = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.flatMap(({ id, help, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + help + ': ' + html.slice(0, 120) + ' ' + failureSummary)))`;

async function checkLook(browser, look) {
    const where = `${look.width} px, ${look.dark ? 'dark' : 'light'}${look.calm ? ', little motion' : ''}`;
    const page = await opened(browser, look);
    const running = await page.evaluate(text('button.main'));
    assert.equal(running, look.calm ? 'Start' : 'Pause', `${where}: does it run by itself?`);
    if (look.calm) await page.evaluate(press('Start'));
    assert.ok(await page.until(`[...document.querySelectorAll('.pill')].some((pill) => pill.textContent === 'running')`, 20_000), `${where}: no chip ever runs`);
    await page.evaluate(press('Pause'));
    const root = await page.evaluate('document.documentElement.scrollWidth');
    assert.ok(root <= look.width, `${where}: wider than the screen: ${root}`);
    const cut = `[...document.querySelectorAll('.task span')].filter((line) => line.scrollWidth > line.clientWidth).map((line) => line.textContent)`;
    assert.deepEqual(await page.evaluate(cut), [], `${where}: cut off`);
    await page.evaluate(axe);
    assert.deepEqual(await page.evaluate(findFaults), [], `${where}: axe`);
    await page.evaluate(press('Go on'));
    await page.evaluate(`document.querySelector('.choice input:last-of-type').click()`);
    assert.ok(await page.until(ended, 60_000), `${where}: the race does not end`);
    assert.match(await page.evaluate(text('.verdict')), /Both say/, where);
    assert.deepEqual(await page.evaluate(`[...document.querySelectorAll('.pill')].map((pill) => pill.textContent)`), ['answered', 'answered'], where);
    assert.match(await page.evaluate(text('.answer')), /^Bit for bit the answer/, where);
    assert.deepEqual(await page.evaluate(findFaults), [], `${where}: axe after the race`);
    assert.deepEqual(page.complaints, [], `${where}: complaints`);
    const outside = page.requests.filter((url) => !/^(file|data|blob):/.test(url));
    assert.deepEqual(outside, [], `${where}: network`);
    await page.close();
    console.log(`${where}: right`);
}

/** Shapes that the program refuses: told in its words, and the race stays what it was. Those that it takes begin another. */
async function checkShapes(page) {
    const before = await page.evaluate(text('.example'));
    for (const [shape, words] of [[[5, 14, 2, 28], 'into that order'], [[3920], 'its samples have the shape'], [[140, 28], 'its samples have the shape']]) {
        await page.evaluate(drop([['shaped.npy', npy(shape).toString('base64')]]));
        const told = `${text('[role=alert]')}.includes('${words}') && ${text('[role=alert]')}.startsWith('shaped.npy: ')`;
        assert.ok(await page.until(told), `${shape}: ${await page.evaluate(text('[role=alert]'))}`);
        assert.equal(await page.evaluate(text('.example')), before, `${shape}: another race`);
        await page.evaluate(drop([['net.onnx', 'AAAA']]));
        assert.ok(await page.until(`/compiled first/.test(${text('[role=alert]')})`));
    }
    for (const shape of [[1, 28, 28], [5, 1, 28, 28]]) {
        const name = `fits${shape.length}.npy`;
        await page.evaluate(drop([[name, npy(shape).toString('base64')]]));
        assert.ok(await page.until(`${text('.example')}.includes('Sample 1 of ${shape.length === 4 ? 5 : 1} in ${name}')`), `${shape}: ${await page.evaluate(text('[role=alert]'))}`);
    }
}

/** A long name without blanks, in each place that shows it, on a phone. */
async function checkLongName(browser) {
    const page = await opened(browser, { width: 360 });
    const name = 'n'.repeat(160);
    const fits = async (where) => {
        const width = await page.evaluate('document.documentElement.scrollWidth');
        assert.ok(width <= 360, `${where}: the page is ${width} px wide`);
        const cut = await page.evaluate(`[...document.querySelectorAll('main p')].filter((p) => p.scrollWidth > p.clientWidth + 1 && !p.closest('.hidden, .board')).map((p) => p.textContent.slice(0, 60))`);
        assert.deepEqual(cut, [], `${where}: wider than their place`);
    };
    await page.evaluate(drop([[`${name}.dynbal`, await zoo('har', 'har.dynbal')]]));
    assert.ok(await page.until(`/needs an input now/.test(${text('.waits')})`));
    await fits('a network waits for its input');
    await page.evaluate(drop([[`${name}.npy`, await zoo('har', 'inputs.npy')]]));
    assert.ok(await page.until(`/Sample 1 of/.test(${text('.example')})`), await page.evaluate(text('[role=alert]')));
    await fits('a race of own files');
    await page.evaluate(drop([[`${name}.npy`, await zoo('fashion_mnist', 'labels.npy')]]));
    assert.ok(await page.until(`!document.querySelector('[role=alert]').hidden`));
    await fits('a file is refused');
    await page.close();
    console.log('a long name: right');
}

/** What is too large is not read; what the browser does not want to read, for its size, is told so; all else is read. */
async function checkLargeFile(page) {
    const drops = async (mebibytes, words) => {
        await page.evaluate(`(() => {
            const data = new DataTransfer(), piece = new Uint8Array(2 ** 20);
            data.items.add(new File(new Array(${mebibytes}).fill(piece), 'of${mebibytes}.npy'));
            document.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
        })()`);
        const said = text('[role=alert]');
        assert.ok(await page.until(`/^of${mebibytes}.npy${words}/.test(${said})`, 30_000), `${mebibytes} MiB: ${await page.evaluate(said)}`);
    };
    await drops(257, ' is too large for this page: 257 MiB');
    await drops(32, ': ');
    await page.evaluate(`window.readFile = File.prototype.arrayBuffer; File.prototype.arrayBuffer = () => Promise.reject(new DOMException('', 'NotReadableError'))`);
    await drops(33, ' cannot be read: its 33 MiB are too large for this browser');
    await drops(1, ' cannot be read: is it a folder');
    await page.evaluate('File.prototype.arrayBuffer = window.readFile');
}

async function checkUse(browser) {
    const page = await opened(browser, { width: 1280 });
    const power = () => page.evaluate(text('output.power'));
    const before = await power();
    // As a finger or a mouse does it: the cloud to the sun.
    const { x, y, to } = await page.evaluate(`(() => {
        const cloud = document.querySelector('.cloud').getBoundingClientRect(), sun = document.querySelector('.sun').getBoundingClientRect();
        return { x: cloud.x + cloud.width / 2, y: cloud.y + cloud.height / 2, to: sun.x };
    })()`);
    const mouse = (type, at) => page.send('Input.dispatchMouseEvent', { type, x: at, y, button: 'left', buttons: 1, clickCount: 1 });
    await mouse('mousePressed', x);
    for (const share of [0.3, 0.6, 1]) await mouse('mouseMoved', x + (to - x) * share);
    await mouse('mouseReleased', to);
    assert.notEqual(await power(), before, 'the cloud takes nothing');
    const shade = parseFloat(await power());
    assert.ok(shade < 0.3 * parseFloat(before) || (await power()).includes('µ'), `under the cloud: ${await power()}`);
    // As a keyboard does it: the cloud away again.
    await page.evaluate(`document.querySelector('#cover').focus()`);
    await page.send('Input.dispatchKeyEvent', { type: 'keyDown', key: 'Home', code: 'Home', windowsVirtualKeyCode: 36 });
    assert.equal(await power(), before, 'the Home key does not move the cloud away');
    await page.evaluate(click('.kill'));
    assert.match(await page.evaluate(text('[role=status]')), /Chip 1 is killed/);
    assert.match(await page.evaluate(text('.example')), /before you stepped in/);

    await page.evaluate(drop([['wrong.npy', await zoo('fashion_mnist', 'labels.npy')]]));
    assert.ok(await page.until(`/^wrong.npy: its samples have the shape/.test(${text('[role=alert]')})`), await page.evaluate(text('[role=alert]')));
    await checkShapes(page);
    await checkLargeFile(page);
    await page.evaluate(drop([['net.onnx', 'AAAA']]));
    assert.ok(await page.until(`/compiled first/.test(${text('[role=alert]')})`));
    await page.evaluate(drop([['broken.dynbal', 'AAAA']]));
    assert.ok(await page.until(`/^broken.dynbal: /.test(${text('[role=alert]')})`));
    await page.evaluate(drop([['mine.npy', await zoo('har', 'inputs.npy')], ['mine.dynbal', await zoo('har', 'har.dynbal')]]));
    assert.ok(await page.until(`/mine.npy/.test(${text('.example')}) && document.querySelector('[role=alert]').hidden`), await page.evaluate(text('[role=alert]')));
    await page.evaluate(`document.querySelector('.choice input:last-of-type').click()`);
    assert.ok(await page.until(`/Both say “class [0-9]”/.test(${text('.verdict')})`, 60_000), await page.evaluate(text('.verdict')));

    // Each network of the zoo, each policy.
    const names = await page.evaluate(`[...document.querySelector('select[aria-label=Network]').options].map(({ value }) => value).filter((name) => name !== '')`);
    assert.equal(await page.evaluate(`document.querySelector('select[aria-label=Network]').selectedOptions[0].textContent`), 'mine.dynbal: yours');
    for (const name of names) {
        await page.evaluate(choose('select[aria-label=Network]', name));
        assert.ok(await page.until(`${text('.example pre')}.includes('dynbal zoo ${name} ')`), `${name} is not opened`);
        await page.evaluate(choose('.board select', 'paper'));
        assert.ok(await page.until(ended, 60_000), `${name}: the race does not end`);
        assert.match(await page.evaluate(text('.verdict')), /paper/, name);
    }
    assert.deepEqual(page.complaints, []);
    await page.close();
    console.log(`cloud, keys, kill, own files, ${names.join(', ')}: right`);
}

const browser = await Browser.start();
try {
    for (const width of [1280, 360]) for (const dark of [false, true]) {
        // Wide and light, narrow and dark; the other two: ./dev test --long.
        if (process.env.DYNBAL_LONG || (width === 360) === dark) await checkLook(browser, { width, dark });
    }
    await checkLook(browser, { width: 360, calm: true });
    await checkUse(browser);
    await checkLongName(browser);
    await checkCommands(browser, program);
    await checkStates(browser);
} finally {
    await browser.stop();
}
console.log(`${mebibytes.toFixed(2)} MiB`);
