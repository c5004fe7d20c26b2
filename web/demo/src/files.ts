// Files as visitors choose or drop them: a network, inputs, or one of each.
import { InputError, type Named } from './engine';

/** The simulator holds a file twice, in the 2 GiB that it may have; the program takes more. */
const bytesMax = 256 * 2 ** 20;

export interface OwnFiles { network: Named | null; samples: Named | null }

/** At least one of both is there. Throws InputError. */
export async function readFiles(files: File[]): Promise<OwnFiles> {
    const kinds = { network: /\.dynbal$/i, samples: /\.npy$/i };
    if (files.some(({ name }) => /\.onnx$/i.test(name))) {
        throw new InputError('An ONNX file has to be compiled first: dynbal compile yours.onnx -o yours.dynbal --calibrate samples.npy');
    }
    const strange = files.find(({ name }) => !kinds.network.test(name) && !kinds.samples.test(name));
    if (strange !== undefined) throw new InputError(`${strange.name}: only .dynbal and .npy files can be opened here`);
    const only = async (kind: RegExp): Promise<Named | null> => {
        const [file, another] = files.filter(({ name }) => kind.test(name));
        if (another !== undefined) throw new InputError(`${file!.name} and ${another.name}: only one of a kind can be opened at a time`);
        return file === undefined ? null : read(file);
    };
    return { network: await only(kinds.network), samples: await only(kinds.samples) };
}

const mebibytes = ({ size }: File): number => Math.ceil(size / 2 ** 20);

async function read(file: File): Promise<Named> {
    if (file.size > bytesMax) {
        throw new InputError(`${file.name} is too large for this page: ${mebibytes(file)} MiB, and it takes ${bytesMax / 2 ** 20} MiB at most; ` +
            'give it fewer samples, or use the program, which takes files of 2 GiB');
    }
    try {
        return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
    } catch {
        // Folders are named with no such size.
        throw new InputError(`${file.name} cannot be read: ${file.size < 2 ** 24 ? 'is it a folder, or has it changed meanwhile?' :
            `its ${mebibytes(file)} MiB are too large for this browser now, or it has changed meanwhile; give it fewer samples`}`);
    }
}
