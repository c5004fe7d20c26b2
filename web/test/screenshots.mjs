// Pictures of a report, to look at: light, dark, phone; in pieces from top to bottom.
// Usage: node screenshots.mjs REPORT.html FOLDER
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Browser } from './browser.mjs';

const [, , report, folder] = process.argv;
await mkdir(folder, { recursive: true });
const browser = await Browser.start();
try {
    for (const [name, look] of Object.entries({
        light: { width: 1280 }, dark: { width: 1280, dark: true }, phone: { width: 360, height: 740 }, 'phone-dark': { width: 360, height: 740, dark: true },
    })) {
        const page = await browser.page(look);
        await page.open(`file://${resolve(report)}`);
        await page.until(`document.documentElement.dataset.ready === 'true' && [...document.querySelectorAll('figure.chart')].every((chart) => chart.dataset.drawn > 0)`, 5000);
        const height = await page.evaluate('document.documentElement.scrollHeight');
        await page.send('Emulation.setDeviceMetricsOverride', { width: look.width, height, deviceScaleFactor: 1, mobile: look.width < 600 });
        await new Promise((done) => setTimeout(done, 300));
        const piece = look.width < 600 ? 1500 : 1300;
        for (let y = 0, part = 0; y < height; y += piece, ++part) {
            const clip = { x: 0, y, width: look.width, height: Math.min(piece, height - y) };
            await writeFile(join(folder, `${name}-${part}.png`), await page.screenshot(clip));
        }
        for (const complaint of page.complaints) console.log(`${name}: ${complaint}`);
        await page.close();
    }
} finally {
    await browser.stop();
}
