// What the tests of the page share: opening it, and doing what visitors do.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** As tools/web.sh filled it. */
export const folder = resolve(process.argv[2] ?? '');
export const file = join(folder, 'demo.html');

export const text = (selector) => `(document.querySelector('${selector}')?.textContent ?? '')`;
export const click = (selector) => `document.querySelector('${selector}').click()`;
export const press = (words) => `[...document.querySelectorAll('button')].find((button) => button.textContent.startsWith('${words}')).click()`;
export const choose = (selector, value) => `(() => {
    const list = document.querySelector('${selector}');
    list.value = '${value}';
    list.dispatchEvent(new Event('change'));
})()`;
export const ended = `document.documentElement.dataset.phase === 'ended'`;

/** Drops files on the page: name, and bytes in base64. */
export const drop = (files) => `(() => {
    const data = new DataTransfer();
    for (const [name, base64] of ${JSON.stringify(files)}) {
        data.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name));
    }
    document.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
})()`;

/** A file of the zoo, in base64. */
export const zoo = async (name, rest) => (await readFile(join(folder, 'zoo', name, rest))).toString('base64');

export async function opened(browser, look) {
    const page = await browser.page(look);
    await page.send('Emulation.setEmulatedMedia', { features: [
        { name: 'prefers-color-scheme', value: look.dark ? 'dark' : 'light' },
        { name: 'prefers-reduced-motion', value: look.calm ? 'reduce' : 'no-preference' }] });
    await page.open(pathToFileURL(file).href);
    assert.ok(await page.until(`document.documentElement.dataset.ready === 'true'`), `not ready: ${page.complaints}`);
    return page;
}
