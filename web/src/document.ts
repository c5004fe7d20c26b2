// The document that the program puts into the page: the types of src/report/page_document.hpp, which describes them.

export type PolicyName = string;

export interface TileConfig {
    tile_out: number;
    tile_in: number;
    tile_pixels: number;
    run_pixels: number;
    order: string;
}

export type TileReason = 'chosen' | 'reconfigured' | 'shrunk';

export interface TileChoice {
    time_s: number;
    stage: number;
    reason: TileReason;
    config: TileConfig;
}

export interface Magnified {
    stage: number;
    cycle: number;
    begin_s: number;
    duration_s: number;
    /** [kind, begin in µs from begin_s, duration in µs, energy in nJ] */
    spans: [number, number, number, number][];
}

export interface Timeline {
    duration_s: number;
    /** µs without power, µs with power, and so on in turn, from 0 on */
    power_us: number[];
    /** power cycles that one pair of `power_us` stands for */
    cycles_per_entry: number;
    voltage: { step_us: number[]; millivolts: number[] } | null;
    /** [stage, begin, end] */
    stages: [number, number, number][];
    activity: { bucket_s: number; permille: number[][] };
    magnified: Magnified[];
}

export interface Run {
    policy: PolicyName;
    completed: boolean;
    message: string;
    latency_s: number;
    charging_s: number;
    energy_j: number;
    power_cycles: number;
    nvm_read_bytes: number;
    nvm_write_bytes: number;
    macs: number;
    reconfigurations: number;
    shrinks: number;
    /** [stage][category] */
    time_s: number[][];
    energy_by_stage_j: number[][];
    repeated: Repeated | null;
    tiles: TileChoice[];
    timeline: Timeline;
}

/** Many inferences in a row; src/report/series_json.hpp. Latencies are of those that ended. */
export interface Repeated {
    due: number;
    ended: number;
    missed: number;
    late: number;
    left_out: number;
    never_ends: number;
    duration_s: number;
    per_minute: number;
    mean_s: number;
    median_s: number;
    p90_s: number;
    worst_s: number;
    stuck?: string;
}

export interface MethodRun {
    preservation: string;
    title: string;
    completed: boolean;
    latency_s: number;
    energy_j: number;
    power_cycles: number;
    nvm_read_bytes: number;
    nvm_write_bytes: number;
}

export interface Stage {
    name: string;
    /** the part of the name that tells it from others; made here, not in the document. Both begin with the stage's number, see numbered() */
    label: string;
    operator: string;
    output: [number, number, number];
    /** nominal, padding counted; macs of a run leave it out */
    ideal_macs: number;
    weight_bytes: number;
    usage: Usage;
}

export interface UsageDimension {
    dimension: string;
    /** how many times dearer its worst size is than its best */
    importance: number;
    sizes: number[];
    /** [size][energy]; null where it never ends */
    cost: (number | null)[][];
}

export interface Usage {
    search_space: number;
    energies: number[];
    winners: (TileConfig & { cost: number | null })[];
    dimensions: UsageDimension[];
}

export interface Sweep {
    power_w: number[];
    own_power_w: number | null;
    /** null where the run did not end */
    latency_s: Record<PolicyName, (number | null)[]>;
}

export interface CapacitorSweep {
    capacitance_f: number[];
    own_capacitance_f: number | null;
    latency_s: Record<PolicyName, (number | null)[]>;
}

export interface ReportDocument {
    schema: string;
    program: string;
    command: string;
    trace_file: string | null;
    model: { name: string; ideal_macs: number; nvm_bytes: number; sram_bytes: number; weight_bytes: number };
    device: { name: string; facts: [string, string][] };
    supply: { text: string; capacitor_uf: number | null; on_v: number | null; off_v: number | null };
    input: string;
    answer: { class: number; top: [number, number][]; same: boolean; sha256: string } | null;
    categories: string[];
    kinds: string[];
    stages: Stage[];
    /** null where one inference was asked for; else all that is not about them is about the first */
    repeated: { heading: string } | null;
    runs: Run[];
    /** empty where they were not asked for */
    preservations: MethodRun[];
    sweep: Sweep | null;
    capacitors: CapacitorSweep | null;
}

/** Reads the document out of the page. Throws if it is none of this version. */
export function readDocument(): ReportDocument {
    const text = document.getElementById('document')?.textContent ?? '';
    const parsed = JSON.parse(text) as ReportDocument;
    if (parsed.schema !== 'dynbal-report/1') throw new Error(`unknown document: ${parsed.schema}`);
    labels(parsed.stages.map((stage) => stage.name)).forEach((label, index) => {
        const stage = parsed.stages[index]!;
        stage.label = numbered(index, label);
        stage.name = numbered(index, stage.name);
    });
    return parsed;
}

/** A stage's name behind its number, which begins at 0 as in the terminal. */
const numbered = (index: number, name: string): string => `${index} ${name}`;

/** Names without what exporters add to all of them: last parts as long as the rest is unique, first parts that all share. */
export function labels(names: string[]): string[] {
    const join = (parts: string[][]) => parts.map((part) => part.join('/'));
    const unique = (parts: string[][]) => new Set(join(parts)).size === parts.length;
    const shorter = (part: string[]) => part.length > 1;
    let parts = names.map((name) => name.split('/').filter((piece) => piece !== ''));
    if (!unique(parts) || names.length < 2) return names;
    for (;;) {
        const fewer = parts.map((part) => (shorter(part) ? part.slice(0, -1) : part));
        if (!unique(fewer) || !parts.some(shorter)) break;
        parts = fewer;
    }
    while (parts.every((part) => shorter(part) && part[0] === parts[0]![0])) parts = parts.map((part) => part.slice(1));
    return join(parts);
}

export const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

/** Sums of a [stage][category] table over the stages. */
export function totals(table: number[][], categories: number): number[] {
    return Array.from({ length: categories }, (_, category) => sum(table.map((row) => row[category] ?? 0)));
}

export const nvmBytes = (run: Run): number => run.nvm_read_bytes + run.nvm_write_bytes;
export const tileChanges = (run: Run): number => run.reconfigurations + run.shrinks;

/** "1.4 times as fast", by latency. */
export const speedup = (base: Run, run: Run): number => base.latency_s / run.latency_s;

/** The run to look at first: `best` if there is one, else the last. */
export function favourite(runs: Run[]): number {
    const index = runs.findIndex((run) => run.policy === 'best');
    return index >= 0 ? index : runs.length - 1;
}

export function tileText(config: TileConfig): string {
    return `${config.tile_out} out × ${config.tile_in} in × ${config.tile_pixels} px`;
}
