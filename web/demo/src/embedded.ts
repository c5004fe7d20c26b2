// What the page brings along: the simulator and the networks of the zoo, packed.

/** A network of `dynbal zoo`, compiled, with its inputs. */
export interface ZooNetwork {
    name: string; title: string; data: string; inputs: string; classes: string[];
    /** classes of the inputs */
    labels: number[];
    /** the command that made the image, beside the folder of `dynbal zoo NAME -o NAME` */
    compile: string;
    /** base64 of gzip: of the file that `dynbal compile` wrote, and of inputs.npy */
    image: string;
    samples: string;
}

export function zoo(): ZooNetwork[] {
    return JSON.parse(document.getElementById('networks')!.textContent!) as ZooNetwork[];
}

export async function unpack(base64: string): Promise<Uint8Array<ArrayBuffer>> {
    const packed = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(plain).arrayBuffer());
}

export const simulator = (): Promise<Uint8Array<ArrayBuffer>> => unpack(document.getElementById('simulator')!.textContent!.trim());
