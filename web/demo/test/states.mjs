// All that a visitor can do, in each order of two, from each state that a race can be in: the page stays in a state that
// makes sense. actions.js has the actions and what must hold.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drop, ended, opened, text, zoo } from './tools.mjs';

const here = dirname(fileURLToPath(import.meta.url));

async function visited(browser, look) {
    const page = await opened(browser, look);
    // In the order of names the input comes first, and fits no other network.
    const files = { net: ['z.dynbal', await zoo('har', 'har.dynbal')], input: ['a.npy', await zoo('har', 'inputs.npy')],
        wrong: ['wrong.npy', await zoo('fashion_mnist', 'labels.npy')], broken: ['broken.dynbal', 'AAAA'] };
    await page.evaluate(await readFile(join(here, 'actions.js'), 'utf8'));
    await page.evaluate(`window.visitor = makeVisitor(${JSON.stringify(files)}, (files) => {
        ${drop('FILES').replace('"FILES"', 'files')};
    })`);
    return page;
}

/** Several in a row; what is wrong is told with what led to it. */
async function does(page, ...names) {
    for (const [index, name] of names.entries()) {
        const wrong = await page.evaluate(`visitor.do('${name}')`).catch((error) => error.message);
        assert.equal(wrong, '', `after ${names.slice(0, index + 1).join(', ')}`);
    }
}

/** Back to a race that runs slowly. */
const fresh = ['network', 'slower', 'again'];

/** With much power a race is over soon, and nobody has stepped in. */
async function toItsEnd(page) {
    await does(page, ...fresh);
    await page.evaluate(`(() => {
        const sun = document.querySelector('#strength'), cover = document.querySelector('#cover');
        [sun.value, cover.value] = [100, 0];
        sun.dispatchEvent(new Event('input'));
    })()`);
    await page.evaluate(`visitor.now('again'); visitor.now('faster'); document.querySelector('.kill').focus()`);
    assert.ok(await page.until(ended, 60_000), 'no end');
    assert.equal(await page.evaluate(`document.activeElement.className`), 'main', 'a chip that ends takes the keyboard to the next race');
    assert.equal(await page.evaluate('visitor.settled()'), '', 'at the end');
}

/** What is there to see of a chip that is killed while nothing moves, and of a choice that is overtaken by another. */
async function checkMoments(page) {
    await does(page, ...fresh);
    assert.ok(await page.until(`document.querySelector('.pill').textContent === 'running'`, 20_000), 'no chip runs');
    await does(page, 'main');
    // It may have stopped by itself before the pause.
    for (let tries = 0; tries < 20 && await page.evaluate(`document.querySelector('.pill').textContent !== 'running'`); ++tries) {
        await does(page, 'main');
        await page.until(`document.querySelector('.pill').textContent === 'running'`, 20_000);
        await does(page, 'main');
    }
    await page.evaluate(`visitor.now('kill1')`);
    assert.equal(await page.evaluate(text('.pill')), 'no power', 'killed in a pause');
    // It charges again since the last thing that it could finish.
    const level = parseFloat(await page.evaluate(`document.querySelector('.tank i').style.height`));
    assert.ok(level < 15, `its capacitor is at ${level} %`);
    assert.equal(await page.evaluate('visitor.settled()'), '', 'after it was killed');

    await does(page, ...fresh);
    await page.evaluate(`(() => {
        const list = document.querySelector('select[aria-label=Network]');
        list.value = 'ecg';
        list.dispatchEvent(new Event('change'));
        visitor.now('broken');
    })()`);
    assert.equal(await page.evaluate('visitor.settled()'), '', 'a network was chosen, and a broken file came before it was opened');
}

export async function checkStates(browser) {
    const page = await visited(browser, { width: 1280 });
    const actions = await page.evaluate('visitor.actions');
    let pairs = 0;
    for (const first of actions) for (const second of actions) {
        await does(page, ...fresh, first, second);
        ++pairs;
    }
    for (const first of actions) await does(page, ...fresh, 'main', first, 'main', 'main');
    for (const first of actions) {
        await toItsEnd(page);
        await does(page, first, 'main');
    }
    await checkMoments(page);
    assert.deepEqual(page.complaints, []);
    await page.close();
    for (const first of process.env.DYNBAL_LONG ? actions : ['again', 'kill1', 'sun', 'policy', 'alone', 'wrong']) {
        const calm = await visited(browser, { width: 1280, calm: true });
        assert.equal(await calm.evaluate('visitor.settled()'), '');
        await does(calm, first, 'main', 'sun', 'main', 'kill1', 'again');
        assert.deepEqual(calm.complaints, []);
        await calm.close();
    }
    console.log(`${pairs} pairs of actions, each of them in a pause, after a race and before one: right`);
}
