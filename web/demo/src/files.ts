// Files as visitors choose or drop them: a network, inputs, or one of each.
import { InputError, type Named } from './engine';

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

async function read(file: File): Promise<Named> {
    try {
        return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
    } catch {
        throw new InputError(`${file.name} cannot be read: is it a folder, or has it changed meanwhile?`);
    }
}
