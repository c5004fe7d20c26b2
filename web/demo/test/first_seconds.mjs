// What a first visitor sees without touching anything: how long until the page moves, and how often each board loses its power
// within ten seconds. A measurement: it depends on the machine, so that nothing passes or fails.
// Usage: node first_seconds.mjs DEMO.html
import { resolve } from 'node:path';
import { Browser } from '../../test/browser.mjs';

const [, , demo] = process.argv;
const seconds = 10;
const browser = await Browser.start();
try {
    const page = await browser.page({ width: 1280 });
    const begin = Date.now();
    const passed = () => (Date.now() - begin) / 1000;
    await page.open(`file://${resolve(demo)}`);
    await page.until(`document.documentElement.dataset.ready === 'true'`);
    console.log(`ready after ${passed().toFixed(1)} s`);
    let before = [];
    const losses = [];
    while (passed() < seconds) {
        const states = await page.evaluate(`[...document.querySelectorAll('.pill')].map(({ textContent }) => textContent)`);
        states.forEach((state, board) => {
            if (state === 'no power' && before[board] === 'running') (losses[board] ??= []).push(passed().toFixed(1));
        });
        before = states;
        await new Promise((done) => setTimeout(done, 50));
    }
    losses.forEach((times, board) => console.log(`board ${board} loses power ${times.length} times, at ${times.join(', ')} s`));
} finally {
    await browser.stop();
}
