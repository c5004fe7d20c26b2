// The top of the page: what was asked, what came out, and how to get it again.
import { favourite, nvmBytes, speedup, tileChanges, type Repeated, type ReportDocument, type Run } from './document';
import { breakable, card, h } from './dom';
import { bytes, count, duration, quantity, times } from './format';

/** Where many were asked for, how many of them were in time. */
function ofMany({ repeated }: Run, fixed: Run | undefined): string {
    if (!repeated) return '';
    const inTime = ({ due, missed }: Repeated) => `${count(due - missed)} of ${count(due)}`;
    const beside = fixed?.repeated ? `; with the policy fixed ${inTime(fixed.repeated)}` : '';
    return ` ${inTime(repeated)} inferences made it${beside}.`;
}

/** One sentence that says what the run was worth. */
function verdict(report: ReportDocument): HTMLElement {
    const run = report.runs[favourite(report.runs)]!;
    const fixed = report.runs.find((other) => other.policy === 'fixed' && other !== run);
    if (!run.completed) {
        return h('p', { class: 'verdict bad' }, `With the policy ${run.policy} the inference does not end: ${run.message}.`);
    }
    const failures = run.power_cycles - 1;
    const failed = failures === 0 ? 'without a power failure' : `through ${count(failures)} power failure${failures === 1 ? '' : 's'}`;
    const text = h('p', { class: 'verdict' }, h('strong', {}, duration(run.latency_s)), ` to ${report.repeated === null ? 'an' : 'the first'} answer, ${failed}`);
    if (fixed && !fixed.completed) text.append(', where the policy fixed never gets to one');
    else if (fixed) {
        const ratio = speedup(fixed, run);
        const words = ratio >= 1.005 ? `${times(ratio)} as fast as` : ratio > 0.995 ? 'as fast as' : `${times(ratio)} the speed of`;
        text.append(' — ', h('strong', {}, words), ' with the policy fixed');
    }
    text.append('.', ofMany(run, fixed));
    return text;
}

function facts(report: ReportDocument): HTMLElement {
    const { model, device, supply, answer } = report;
    const top = answer === null ? '' : answer.top.map(([index, value]) => `${index}: ${value.toPrecision(3)}`).join(' · ');
    const rows: [string, string, string][] = [
        ['Model', model.name, `${report.stages.length} layers, ${count(model.ideal_macs)} MACs (padding counted), ${bytes(model.weight_bytes)} of weights`],
        ['Device', device.name, device.facts.map(([name, value]) => `${name} ${value}`).join(' · ')],
        ['Supply', supply.text, supply.capacitor_uf !== null && supply.on_v !== null && supply.off_v !== null ?
            `capacitor ${quantity(supply.capacitor_uf * 1e-6, 'F')}: starts at ${supply.on_v.toFixed(2)} V, stops at ${supply.off_v.toFixed(2)} V` :
            'no capacitor in this supply'],
        ['Input', report.input, ''],
        ['Answer', answer === null ? 'none' : `class ${answer.class}`,
            answer === null ? 'no run came to an end' :
            `${top}${answer.same ? ' — the same bits in every run that ended' : ' — the answers DIFFER: please report this'}`],
    ];
    return h('dl', { class: 'facts' }, ...rows.map(([name, value, note]) =>
        h('div', {}, h('dt', {}, name), h('dd', {}, h('b', {}, breakable(value)), note !== '' && h('span', {}, note)))));
}

function command(report: ReportDocument): HTMLElement {
    const code = h('code', {}, report.command);
    const button = h('button', { type: 'button', class: 'copy' }, 'Copy') as HTMLButtonElement;
    button.addEventListener('click', () => {
        navigator.clipboard?.writeText(report.command).then(
            () => { button.textContent = 'Copied'; },
            () => { getSelection()?.selectAllChildren(code); });
    });
    return h('div', { class: 'command' }, h('pre', { tabindex: 0, 'aria-label': 'Command that makes this report again' }, code), button);
}

export function header(report: ReportDocument): HTMLElement {
    const version = h('span', { class: 'version' }, report.program);
    return h('header', {},
        h('div', { class: 'mark' }, h('span', {}, 'DynBal report'), version),
        h('h1', {}, report.model.name, ' ', h('small', {}, `on ${report.device.name}, powered by `, breakable(report.supply.text))),
        verdict(report), facts(report), command(report));
}

interface Metric {
    name: string;
    note: string;
    value: (run: Run) => number;
    text: (value: number) => string;
    judged: boolean;
}

const metrics: Metric[] = [
    { name: 'Time to the answer', note: 'charging included', value: (run) => run.latency_s, text: duration, judged: true },
    { name: 'Energy', note: 'drawn by the device', value: (run) => run.energy_j, text: (value) => quantity(value, 'J'), judged: true },
    { name: 'Power cycles', note: 'from boot to failure', value: (run) => run.power_cycles, text: count, judged: true },
    { name: 'NVM traffic', note: 'read and written', value: nvmBytes, text: bytes, judged: true },
    { name: 'Tile changes', note: 'within a layer; forced ones in brackets', value: tileChanges, text: count, judged: false },
];

function cell(metric: Metric, run: Run, runs: Run[]): HTMLElement {
    if (!run.completed) return h('td', { class: 'never' }, metric === metrics[0] ? 'never ends' : '–');
    const ended = runs.filter((other) => other.completed);
    const value = metric.value(run);
    const least = Math.min(...ended.map(metric.value));
    const most = Math.max(...ended.map(metric.value));
    const wins = metric.judged && ended.length > 1 && most > least && value === least;
    const fixed = runs.find((other) => other.policy === 'fixed' && other.completed);
    const against = metric.judged && fixed && fixed !== run ? times(value / metric.value(fixed)) : '';
    const shown = metric.judged ? metric.text(value) : `${count(value)} (${count(run.shrinks)})`;
    return h('td', { class: wins ? 'wins' : '' },
        h('span', { class: 'value' }, shown, wins && h('span', { class: 'hidden' }, ' (best)')),
        metric.judged && h('span', { class: 'meter', 'aria-hidden': 'true' },
            h('i', { class: run.policy, style: `width:${most > 0 ? (100 * value) / most : 0}%` })),
        h('span', { class: 'against' }, against !== '' ? against : ' '));
}

/** The policies side by side. */
export function policies(report: ReportDocument): HTMLElement {
    const { runs } = report;
    const what: Record<string, string> = { fixed: 'largest tiles, unless forced', paper: 'the published search', best: 'least expected cost' };
    const head = h('tr', {}, h('td', {}), ...runs.map((run) =>
        h('th', { scope: 'col' }, h('i', { class: `dot ${run.policy}`, 'aria-hidden': 'true' }), run.policy,
            h('small', {}, what[run.policy] ?? ''))));
    const body = metrics.map((metric) => h('tr', {},
        h('th', { scope: 'row' }, metric.name, h('small', {}, metric.note)), ...runs.map((run) => cell(metric, run, runs))));
    const stuck = runs.filter((run) => !run.completed).map((run) =>
        h('p', { class: 'trouble' }, h('b', {}, `${run.policy}: `), run.message));
    return card('policies', 'Policies side by side',
        `${report.repeated === null ? 'The same' : 'The first'} inference on the same supply; only the way the tile sizes are chosen differs. “×” is against fixed; less is better, and ✓ marks the least.`,
        h('div', { class: 'scroll' }, h('table', { class: 'policies' }, h('thead', {}, head), h('tbody', {}, ...body))), ...stuck);
}
