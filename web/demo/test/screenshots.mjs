// Pictures of the demo, to look at: light, dark, phone; what is in sight at first, and the whole page after a race.
// Usage: node screenshots.mjs DEMO.html FOLDER
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Browser } from '../../test/browser.mjs';

const [, , demo, folder] = process.argv;
await mkdir(folder, { recursive: true });
const browser = await Browser.start();
try {
    for (const [name, look] of Object.entries({
        light: { width: 1280 }, dark: { width: 1280, dark: true }, phone: { width: 360, height: 740 }, 'phone-dark': { width: 360, height: 740, dark: true },
    })) {
        const page = await browser.page(look);
        await page.open(`file://${resolve(demo)}`);
        await page.until(`document.documentElement.dataset.ready === 'true'`);
        await new Promise((done) => setTimeout(done, 7000));
        await writeFile(join(folder, `${name}-first.png`), await page.screenshot({ x: 0, y: 0, width: look.width, height: look.height ?? 900 }));
        await page.evaluate(`document.querySelector('.choice input:last-of-type').click()`);
        await page.until(`document.documentElement.dataset.phase === 'ended'`);
        const height = await page.evaluate('document.documentElement.scrollHeight');
        await writeFile(join(folder, `${name}-whole.png`), await page.screenshot({ x: 0, y: 0, width: look.width, height }));
        for (const complaint of page.complaints) console.log(`${name}: ${complaint}`);
        await page.close();
    }
} finally {
    await browser.stop();
}
