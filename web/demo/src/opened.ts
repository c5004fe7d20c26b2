// What is raced: a network with an input, both of the zoo or a visitor's own. There is none without the other.
import { quantity } from '../../src/format';
import { unpack, type ZooNetwork } from './embedded';
import type { Engine, InputInfo, Named, NetworkInfo } from './engine';

export class Opened {
    /** `zoo`: where the network comes from, if it is not the visitor's; `ownSamples`: whether the input is. Throws InputError. */
    static with(engine: Engine, image: Named, samples: Named, zoo: ZooNetwork | null, ownSamples: boolean, index = 0): Opened {
        const { network, input } = engine.open(image, samples, index);
        return new Opened(image, samples, zoo, ownSamples, index, network, input);
    }

    static async zoo(engine: Engine, zoo: ZooNetwork, isWanted: () => boolean = () => true): Promise<Opened | null> {
        const [image, samples] = await Promise.all([unpack(zoo.image), unpack(zoo.samples)]);
        if (!isWanted()) return null;
        return Opened.with(engine, { name: `${zoo.name}.dynbal`, bytes: image }, { name: 'inputs.npy', bytes: samples }, zoo, false);
    }

    private constructor(readonly image: Named, readonly samples: Named, readonly zoo: ZooNetwork | null, private readonly ownSamples: boolean,
                        private readonly index: number, readonly network: NetworkInfo, readonly input: InputInfo) {}

    /** The same network with inputs of the visitor. */
    withSamples(engine: Engine, samples: Named): Opened {
        return Opened.with(engine, this.image, samples, this.zoo, true);
    }

    next(engine: Engine): Opened {
        return Opened.with(engine, this.image, this.samples, this.zoo, this.ownSamples, (this.index + 1) % this.input.samples);
    }

    className(index: number): string {
        return this.zoo?.classes[index] ?? `class ${index}`;
    }

    /** What the input shows, where that is known. */
    get truth(): string | null {
        const label = this.ownSamples ? undefined : this.zoo?.labels[this.index];
        return label === undefined ? null : this.className(label);
    }

    get what(): string {
        const { truth, input, samples, index } = this;
        return truth === null ? `Sample ${index + 1} of ${input.samples} in ${samples.name}` : `${truth}, input ${index + 1} of ${input.samples}`;
    }

    get words(): string {
        const { outside, note } = this.input;
        const clipped = outside > 0 ? ` ${outside} values are outside the range that the network was calibrated for, and are clipped.` : '';
        return `${this.what}.${this.zoo === null || this.truth === null ? '' : ` From ${this.zoo.inputs}.`}${note === '' ? '' : ` ${note}.`}${clipped}`;
    }

    /** The program's own words for a race: they run in any folder, or in that of the visitor's files. */
    commands(policies: string[], milliwatts: number, capacitance: number): string {
        const { zoo } = this;
        const capacitor = capacitance === 0 ? '' : `,capacitance=${quantity(capacitance, 'F').replace('µ', 'u').replace(' ', '')}`;
        const image = zoo === null ? ownPath(this.image.name) : `${zoo.name}/${this.image.name}`;
        const input = zoo === null || this.ownSamples ? ownPath(this.samples.name) : `${zoo.name}/${this.samples.name}`;
        const before = zoo === null ? [] : [`dynbal zoo ${zoo.name} -o ${zoo.name}`, zoo.compile];
        return [...before, ...[...new Set(policies)].map((policy) => `dynbal simulate ${shellWord(image)} --input ${shellWord(`${input}@${this.index}`)} ` +
            `--supply power:${milliwatts}mW${capacitor} --policy ${policy}`)].join('\n');
    }

    get hasOwnFiles(): boolean {
        return this.zoo === null || this.ownSamples;
    }
}

/** A name that begins with a dash would be an option. */
const ownPath = (name: string): string => (name.startsWith('-') ? `./${name}` : name);

/** As the program quotes it in its own messages. */
export function shellWord(word: string): string {
    return /^[\w\-./:,@+=%]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
