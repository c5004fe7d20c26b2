// The simulator in WebAssembly: the functions of src/demo/page_api.hpp, with types.

export interface Policy { name: string; title: string }
export interface Program { policies: Policy[]; default_policy: string }
export interface LayerShape { name: string; operator: string; h: number; w: number; channels: number }
export interface NetworkInfo {
    model: string; device: string; input_dims: number[]; ideal_macs: number; nvm_bytes: number; sram_bytes: number;
    capacitance_f: number; on_v: number; off_v: number; layers: LayerShape[];
}
export interface InputInfo { samples: number; note: string; outside: number; steady_units: number; values: number[] }
export interface Answer { class: number; scores: number[]; output: number[]; same: boolean }
export interface BoardState {
    policy: string; ended: boolean; on: boolean; doing: string; trouble: string; time_s: number; voltage_v: number;
    power_cycles: number; kills: number; idle_cycles: number; energy_j: number; cost_units: number;
    layer: number; layers: { share: number; changes: number }[];
    /** output channels, input channels, pixels of a tile */
    config: [number, number, number];
    /** pixels from, to; channels from, to: of the layer's output */
    tile: [number, number, number, number];
    finished: number;
    /** time, voltage, 1 if on; again and again */
    samples: number[];
    answer: Answer | null;
}
export interface RaceState { time_s: number; power_w: number; ended: boolean; boards: BoardState[] }

/** A file with its name. */
export interface Named { name: string; bytes: Uint8Array }

/** What a visitor brought is wrong: the program's own words. */
export class InputError extends Error {}

interface Exports {
    memory: WebAssembly.Memory;
    _initialize(): void;
    dynbal_demo_buffer(bytes: number): number;
    dynbal_demo_program(): number;
    dynbal_demo_network(bytes: number, name: number): number;
    dynbal_demo_open(imageBytes: number, imageName: number, samplesBytes: number, samplesName: number, index: number): number;
    dynbal_demo_start(first: number, second: number, power: number, capacitance: number): number;
    dynbal_demo_advance(seconds: number, step: number): number;
    dynbal_demo_set_power(power: number): void;
    dynbal_demo_kill(board: number): void;
    dynbal_demo_values(board: number): number;
}

export class Engine {
    private constructor(private readonly wasm: Exports) {}

    static async load(bytes: BufferSource): Promise<Engine> {
        const module = await WebAssembly.compile(bytes);
        let memory: WebAssembly.Memory | null = null;
        const view = () => new DataView(memory!.buffer);
        // A program without files, arguments or variables asks its surroundings for nothing else.
        const known: Record<string, (...words: number[]) => number> = {
            environ_sizes_get: (count = 0, size = 0) => {
                view().setUint32(count, 0, true);
                view().setUint32(size, 0, true);
                return 0;
            },
            proc_exit: (code) => { throw new Error(`the simulator has stopped (${code})`); },
        };
        const imports: Record<string, Record<string, () => number>> = {};
        for (const { module: from, name } of WebAssembly.Module.imports(module)) {
            (imports[from] ??= {})[name] = known[name] ?? (() => 0);
        }
        const wasm = (await WebAssembly.instantiate(module, imports)).exports as unknown as Exports;
        memory = wasm.memory;
        wasm._initialize();
        return new Engine(wasm);
    }

    program(): Program {
        return this.answer(this.wasm.dynbal_demo_program());
    }

    /** What a file of `dynbal compile` is. Nothing else changes. */
    network({ bytes, name }: Named): NetworkInfo {
        const [place, text] = this.hand(bytes, terminated(name));
        return this.answer(this.wasm.dynbal_demo_network(text! - place!, text!));
    }

    /** Both files, or none: if one will not do, the race that is under way goes on. */
    open(image: Named, samples: Named, index: number): { network: NetworkInfo; input: InputInfo } {
        const [imagePlace, samplesPlace, imageName, samplesName] = this.hand(image.bytes, samples.bytes, terminated(image.name), terminated(samples.name));
        return this.answer(this.wasm.dynbal_demo_open(samplesPlace! - imagePlace!, imageName!, imageName! - samplesPlace!, samplesName!, index));
    }

    /** Capacitance in farad; 0 for that of the board. */
    start(first: string, second: string, power: number, capacitance: number): RaceState {
        const [one, other] = this.hand(terminated(first), terminated(second));
        return this.answer(this.wasm.dynbal_demo_start(one!, other!, power, capacitance));
    }

    advance(seconds: number, step: number): RaceState {
        return this.answer(this.wasm.dynbal_demo_advance(seconds, step));
    }

    setPower(power: number): void {
        this.wasm.dynbal_demo_set_power(power);
    }

    kill(board: number): void {
        this.wasm.dynbal_demo_kill(board);
    }

    /** A view: valid until the next call. */
    values(board: number, count: number): Int16Array {
        return new Int16Array(this.wasm.memory.buffer, this.wasm.dynbal_demo_values(board), count);
    }

    /** Into the simulator's memory, one behind the other: where each is. */
    private hand(...parts: Uint8Array[]): number[] {
        let place = this.wasm.dynbal_demo_buffer(parts.reduce((sum, { length }) => sum + length, 0));
        const memory = new Uint8Array(this.wasm.memory.buffer);
        return parts.map((part) => {
            memory.set(part, place);
            place += part.length;
            return place - part.length;
        });
    }

    private answer<T>(place: number): T {
        const memory = new Uint8Array(this.wasm.memory.buffer);
        const answer = JSON.parse(new TextDecoder().decode(memory.subarray(place, memory.indexOf(0, place)))) as T & { error?: string };
        if (answer.error !== undefined) throw new InputError(answer.error);
        return answer;
    }
}

const terminated = (text: string): Uint8Array => new TextEncoder().encode(`${text}\0`);
