// Levels of detail: of a long series, what can be seen in a window. A run may have 100,000 points; a screen has a
// thousand columns.

/** Sums of the steps: the times, in seconds, that the document stores as differences in µs. */
export function timesFrom(steps_us: number[]): Float64Array {
    const result = new Float64Array(steps_us.length);
    let time = 0;
    steps_us.forEach((step, index) => { result[index] = (time += step) / 1e6; });
    return result;
}

/** Index of the first time that is at least `value`. */
export function lowerBound(times: Float64Array, value: number): number {
    let low = 0;
    let high = times.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if (times[middle]! < value) low = middle + 1;
        else high = middle;
    }
    return low;
}

/** The points of [from, to] and one beyond each end; beyond `most`, the first, least, greatest and last of equal parts. */
export function pointsIn(times: Float64Array, values: number[], from: number, to: number, most: number): [number, number][] {
    const first = Math.max(0, lowerBound(times, from) - 1);
    const last = Math.min(times.length - 1, lowerBound(times, to));
    const point = (index: number): [number, number] => [times[index]!, values[index]!];
    const total = last - first + 1;
    if (total <= most) return Array.from({ length: Math.max(0, total) }, (_, index) => point(first + index));
    const parts = Math.floor(most / 4);
    const result: [number, number][] = [];
    for (let part = 0; part < parts; ++part) {
        const begin = first + Math.floor((total * part) / parts);
        const end = first + Math.floor((total * (part + 1)) / parts);
        let least = begin;
        let greatest = begin;
        for (let index = begin; index < end; ++index) {
            if (values[index]! < values[least]!) least = index;
            if (values[index]! > values[greatest]!) greatest = index;
        }
        for (const index of [...new Set([begin, least, greatest, end - 1])].sort((a, b) => a - b)) result.push(point(index));
    }
    return result;
}

export interface Powered {
    begin: number;
    end: number;
    /** share of the time with power; 1 for a single power cycle */
    share: number;
    cycles: number;
}

/** Times with power in [from, to]. `edges` are the ends of: off, on, off, on … Beyond `most` they are joined. */
export function poweredIn(edges: Float64Array, from: number, to: number, most: number): Powered[] {
    const cycles = edges.length >> 1;
    let first = Math.max(0, (lowerBound(edges, from) - 1) >> 1);
    const end = Math.min(cycles, (lowerBound(edges, to) >> 1) + 1);
    const step = Math.max(1, Math.ceil((end - first) / most));
    first -= first % step;
    const result: Powered[] = [];
    for (let cycle = first; cycle < end; cycle += step) {
        const stop = Math.min(end, cycle + step);
        let on = 0;
        for (let index = cycle; index < stop; ++index) on += edges[2 * index + 1]! - edges[2 * index]!;
        const begin = edges[2 * cycle]!;
        const close = edges[2 * stop - 1]!;
        result.push({ begin, end: close, share: close > begin ? on / (close - begin) : 1, cycles: stop - cycle });
    }
    return result;
}
