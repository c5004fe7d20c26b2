// Builds the page once: one HTML file with its script and style inside and a place for the document.
// Usage: node build.mjs OUTPUT.html
import { build } from 'esbuild';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2];
if (!target) {
    console.error('usage: node build.mjs OUTPUT.html');
    process.exit(2);
}

const options = { bundle: true, minify: true, write: false, legalComments: 'none', logLevel: 'warning' };

/** The bundled text of one entry file. */
async function bundled(entry, more) {
    const result = await build({ ...options, ...more, entryPoints: [join(here, 'src', entry)] });
    return result.outputFiles[0].text;
}

const script = await bundled('main.ts', { format: 'iife', target: 'es2022' });
const style = await bundled('page.css', {});
const notice = await readFile(join(here, 'node_modules/echarts/NOTICE'), 'utf8');
let page = await readFile(join(here, 'src/page.html'), 'utf8');
// Functions as replacements: a string would give `$&` in the library a meaning. An end tag inside a script would
// end it.
page = page.replace('/*STYLE*/', () => style);
page = page.replace('/*NOTICE*/', () => notice.trim().replaceAll('--', '- -'));
page = page.replace('/*SCRIPT*/', () => script.replaceAll('</script', '<\\/script'));
await writeFile(target, page);
