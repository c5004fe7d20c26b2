// The commands that the page shows, run by a shell beside the visitor's files: whatever these are called, the numbers are the page's.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { click, drop, ended, opened, text, zoo } from './tools.mjs';

async function checkCommand(page, program, files) {
    const place = await mkdtemp(join(tmpdir(), 'dynbal-demo-'));
    try {
        for (const [name, base64] of files) await writeFile(join(place, name), Buffer.from(base64, 'base64'));
        assert.ok(await page.until(ended, 60_000), 'the race does not end');
        const commands = await page.evaluate(text('.example pre'));
        const shown = await page.evaluate(`[...document.querySelectorAll('.figures div:first-child dd')].map((cycles) => cycles.textContent)`);
        const output = execFileSync('bash', ['-euc', commands], { cwd: place, encoding: 'utf8', stdio: 'pipe',
            env: { ...process.env, PATH: `${dirname(program)}${delimiter}${process.env.PATH}` } });
        const counted = [...output.matchAll(/power cycles +([\d,]+)/g)].map(([, cycles]) => cycles);
        assert.deepEqual(counted, shown, `${commands}\n${output}`);
        return commands;
    } finally {
        await rm(place, { recursive: true, force: true });
    }
}

export async function checkCommands(browser, program) {
    const page = await opened(browser, { width: 1280 });
    await page.evaluate(click('.choice input:last-of-type'));
    await checkCommand(page, program, []);
    // An input of one's own for a network of the zoo; then both, with names that a shell takes apart.
    const strange = [['it\'s $(my) "x".npy', await zoo('fashion_mnist', 'inputs.npy')], ['-net\'s;1.dynbal', await zoo('har', 'har.dynbal')], ['-a b@2.npy', await zoo('har', 'inputs.npy')]];
    for (const files of [strange.slice(0, 1), strange.slice(1)]) {
        await page.evaluate(drop(files));
        assert.ok(await page.until(`${text('.example .small')}.includes(${JSON.stringify(files.at(-1)[0])}) && !(${ended})`), 'the files are not opened');
        const commands = await checkCommand(page, program, files);
        assert.match(await page.evaluate(text('.example')), /in the folder of your files/, commands);
    }
    assert.deepEqual(page.complaints, []);
    await page.close();
    console.log('commands: right');
}
