// Builds the demo: one HTML file with simulator, networks, script and style inside.
// Usage: node build.mjs SIMULATOR.wasm ZOO OUTPUT.html      (ZOO: one folder a network, as tools/web.sh fills it)
import { build } from 'esbuild';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const [simulator, zoo, target] = process.argv.slice(2);
if (!target) {
    console.error('usage: node build.mjs SIMULATOR.wasm ZOO OUTPUT.html');
    process.exit(2);
}

const options = { bundle: true, minify: true, write: false, legalComments: 'none', logLevel: 'warning' };

/** The bundled text of one entry file. */
async function bundled(entry, more) {
    const result = await build({ ...options, ...more, entryPoints: [join(here, 'src', entry)] });
    return result.outputFiles[0].text;
}

const packed = async (path) => gzipSync(await readFile(path), { level: 9 }).toString('base64');

/** The integers of a .npy file, of 8 bytes each. */
function labelsOf(bytes) {
    const begin = 10 + bytes.readUInt16LE(8);
    const header = bytes.toString('latin1', 10, begin);
    const size = Number(/'descr': '[<|][iu](\d)'/.exec(header)?.[1]);
    if (!size) throw new Error(`labels are expected as integers: ${header}`);
    return Array.from({ length: (bytes.length - begin) / size }, (_, index) => bytes.readUIntLE(begin + index * size, Math.min(size, 6)));
}

async function network(name) {
    const file = (rest) => join(zoo, name, rest);
    const { title, data, inputs, classes, scale } = JSON.parse(await readFile(file('card.json'), 'utf8'));
    return {
        name, title, data, inputs, classes,
        compile: `dynbal compile ${name}/${name}.onnx -o ${name}/${name}.dynbal --calibrate ${name}/calibrate.npy --scale ${scale} --weights int8`,
        labels: labelsOf(await readFile(file('labels.npy'))),
        image: await packed(file(`${name}.dynbal`)), samples: await packed(file('inputs.npy')),
    };
}

// What can be seen at first sight comes first.
const first = 'fashion_mnist';
const names = (await readdir(zoo)).sort((a, b) => Number(b === first) - Number(a === first) || a.localeCompare(b));
const networks = await Promise.all(names.map(network));
const script = await bundled('main.ts', { format: 'iife', target: 'es2022' });
const style = await bundled('page.css', {});
const data = await packed(simulator);
let page = await readFile(join(here, 'src/page.html'), 'utf8');
// Functions as replacements: a string would give `$&` a meaning. An end tag inside a script would end it.
page = page.replace('/*STYLE*/', () => style);
page = page.replace('/*NETWORKS*/', () => JSON.stringify(networks).replaceAll('<', '\\u003c'));
page = page.replace('/*SIMULATOR*/', () => data);
page = page.replace('/*SCRIPT*/', () => script.replaceAll('</script', '<\\/script'));
await writeFile(target, page);
console.log(`${target}: ${Math.round(page.length / 1024)} KiB; simulator ${Math.round(data.length / 1024)}, networks ${Math.round(JSON.stringify(networks).length / 1024)}, script ${Math.round(script.length / 1024)}`);
