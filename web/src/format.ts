// Numbers for people: three digits and a prefix.

const prefixes: [number, string][] = [
    [1e9, 'G'], [1e6, 'M'], [1e3, 'k'], [1, ''], [1e-3, 'm'], [1e-6, 'µ'], [1e-9, 'n'], [1e-12, 'p'],
];

function digits(value: number): string {
    const size = Math.abs(value);
    return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

/** 0.0123 and "J" → "12.3 mJ". */
export function quantity(value: number, unit: string): string {
    if (value === 0) return `0 ${unit}`;
    const size = Math.abs(value);
    const [factor, prefix] = prefixes.find(([limit]) => size >= limit * 0.9995) ?? prefixes[prefixes.length - 1]!;
    return `${digits(value / factor)} ${prefix}${unit}`;
}

/** Seconds; minutes and hours where these are easier to grasp. */
export function duration(seconds: number): string {
    if (seconds < 120) return quantity(seconds, 's');
    if (seconds < 7200) return `${digits(seconds / 60)} min`;
    if (seconds < 172800) return `${digits(seconds / 3600)} h`;
    return `${digits(seconds / 86400)} d`;
}

/** Energy, power and such; `s` gets the longer units of time. */
export const withUnit = (value: number, unit: string): string =>
    unit === 's' ? duration(value) : quantity(value, unit);

export const bytes = (value: number): string => quantity(value, 'B');
export const count = (value: number): string => Math.round(value).toLocaleString('en');
export const percent = (share: number): string =>
    share > 0 && share < 0.001 ? '< 0.1 %' : `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;
export const times = (ratio: number): string => `${ratio.toFixed(2)} ×`;

/** A name cut to so many letters. Its number and its end stay: exporters put what all layers share in front. */
export function tail(name: string, letters: number): string {
    if (name.length <= letters) return name;
    const number = /^\d+ /.exec(name)?.[0] ?? '';
    return `${number}…${name.slice(name.length - Math.max(1, letters - 1 - number.length))}`;
}

/** Seconds between the labels of a time axis that shows `seconds` with about `labels` labels: 1, 2, 5 and so on, or whole minutes and hours. */
export function timeStep(seconds: number, labels: number): number {
    const least = seconds / labels;
    const coarse = [60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
    if (least > 30) return coarse.find((step) => step >= least) ?? Math.ceil(least / 86400) * 86400;
    const power = 10 ** Math.floor(Math.log10(least));
    return Math.min(...[1, 2, 5, 10].map((digit) => digit * power).filter((step) => step >= least * 0.999));
}

/** A label of a time axis: the unit follows from the step between labels. */
export function axisTime(seconds: number, step: number): string {
    const [factor, unit] = step >= 3600 ? [3600, 'h'] : step >= 60 ? [60, 'min'] : step >= 0.1 ? [1, 's'] :
        step >= 0.0001 ? [1e-3, 'ms'] : [1e-6, 'µs'];
    return `${(seconds / factor).toLocaleString('en', { maximumFractionDigits: 1 })} ${unit}`;
}
