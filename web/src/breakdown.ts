// Where time and energy go: stacked bars per policy and per layer.
import type { BarSeriesOption, EChartsOption } from 'echarts';
import { axis, Chart, escape, tooltip, type Surroundings } from './chart';
import { favourite, sum, totals, type ReportDocument, type Run } from './document';
import { card, choice, h, more, table } from './dom';
import { percent, quantity, tail, withUnit } from './format';
import { legend } from './legend';
import { meaning, type Theme } from './theme';

type Unit = 's' | 'J';

/** Of a label, on average, in pixels. */
const letterWidth = 7.5;

interface Bar {
    name: string;
    values: number[];
}

/** Lost work is hatched, so that it stands out without its colour, too. */
function style(name: string, colours: Theme): object {
    const decal = name === 'refetch' ?
        { symbol: 'rect', color: colours.surface, dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4, symbolSize: 1 } : undefined;
    return { color: colours.category[name]!, decal, borderColor: colours.surface, borderWidth: 0.5 };
}

function bars(list: Bar[], categories: string[], hidden: Set<string>, unit: Unit, share: boolean,
    { theme, narrow, width }: Surroundings): EChartsOption {
    const shown = categories.map((name, index) => ({ name, index })).filter(({ name, index }) =>
        !hidden.has(name) && list.some((bar) => bar.values[index]! > 0));
    const scale = list.map((bar) => (share ? 1 / (sum(shown.map(({ index }) => bar.values[index]!)) || 1) : 1));
    const series: BarSeriesOption[] = shown.map(({ name, index }) => ({
        type: 'bar', stack: 'all', name, barMaxWidth: 26, barCategoryGap: '25%', itemStyle: style(name, theme),
        emphasis: { focus: 'series' }, data: list.map((bar, row) => bar.values[index]! * scale[row]!),
    }));
    const longest = Math.max(...list.map((bar) => bar.name.length));
    const labels = Math.min(letterWidth * longest, narrow ? Math.min(120, width * 0.32) : 200);
    return {
        grid: { left: labels + 8, right: narrow ? 14 : 24, top: 4, bottom: 26 },
        xAxis: axis(theme, {
            type: 'value', max: share ? 1 : 'dataMax', splitLine: { showMaxLine: share, lineStyle: { color: theme.line, opacity: 0.6 } }, splitNumber: narrow ? 3 : 6,
            axisLabel: { formatter: (value: number) => (share ? percent(value) : withUnit(value, unit)), showMaxLabel: share },
        }),
        yAxis: axis(theme, {
            type: 'category', inverse: true, data: list.map((bar) => tail(bar.name, labels / letterWidth)), axisTick: { show: false },
            axisLabel: { color: theme.text, interval: 0, hideOverlap: false },
        }),
        tooltip: {
            ...tooltip(theme), trigger: 'axis', axisPointer: { type: 'shadow' },
            formatter: (items: unknown) => tip(items as { dataIndex: number }[], list, categories, unit),
        },
        series,
    };
}

function tip(items: { dataIndex: number }[], list: Bar[], categories: string[], unit: Unit): string {
    const bar = list[items[0]?.dataIndex ?? 0]!;
    const total = sum(bar.values);
    const rows = categories.map((name, index) => ({ name, value: bar.values[index]! })).filter(({ value }) => value > 0)
        .map(({ name, value }) => `<tr><td><i class="swatch ${name}"></i> ${name}</td><td class="number">${withUnit(value, unit)}</td>` +
            `<td class="number">${percent(value / total)}</td></tr>`);
    return `<b>${escape(bar.name)}</b> ${withUnit(total, unit)}<table class="tip">${rows.join('')}</table>`;
}

const barsHeight = (count: number): number => 34 + count * 30;

function figures(report: ReportDocument, run: Run): HTMLElement {
    const used = report.categories.map((_, index) => index).filter((index) =>
        sum(run.time_s.map((row) => row[index]!)) + sum(run.energy_by_stage_j.map((row) => row[index]!)) > 0);
    const rows = (values: number[][], unit: Unit) => report.stages.map((stage, index) =>
        [stage.label, ...used.map((category) => withUnit(values[index]![category]!, unit))]);
    const head = ['layer', ...used.map((index) => report.categories[index]!)];
    return h('div', {}, h('h3', {}, 'Time'), table(`Time of each layer, policy ${run.policy}`, head, rows(run.time_s, 's')),
        h('h3', {}, 'Energy'), table(`Energy of each layer, policy ${run.policy}`, head, rows(run.energy_by_stage_j, 'J')));
}

export function breakdown(report: ReportDocument): HTMLElement {
    const { runs, categories } = report;
    let unit: Unit = 'J';
    let share = false;
    let selected = favourite(runs);
    const of = (run: Run) => (unit === 's' ? run.time_s : run.energy_by_stage_j);
    const used = categories.filter((_, index) => runs.some((run) => totals(run.time_s, categories.length)[index]! > 0));
    const key = legend(used, () => redraw());
    const perPolicy = new Chart('chart-policies', `Time and energy of each policy by what they went to`, barsHeight(runs.length),
        (around) => bars(runs.map((run) => ({ name: run.policy, values: totals(of(run), categories.length) })),
            categories, key.hidden, unit, share, around));
    const perLayer = new Chart('chart-layers', 'Time and energy of each layer by what they went to',
        barsHeight(report.stages.length),
        (around) => bars(report.stages.map((stage, index) => ({ name: stage.label, values: of(runs[selected]!)[index]! })),
            categories, key.hidden, unit, share, around));
    const numbers = h('div');
    const redraw = () => {
        perPolicy.draw();
        perLayer.draw();
        numbers.replaceChildren(figures(report, runs[selected]!));
    };
    redraw();
    const lost = lostText(report, runs[selected]!);
    return card('breakdown', 'Where time and energy go',
        'What the device did, in the order of usefulness: computing (what had to be repeated is in it), fetching each value once, keeping results and progress in NVM, then what only power failures cause: fetching again, finding the progress, booting, charging.',
        h('div', { class: 'controls' },
            choice('Quantity', ['Energy', 'Time'], 0, (index) => { unit = index === 0 ? 'J' : 's'; redraw(); }).element,
            choice('Scale', ['Absolute', 'Share'], 0, (index) => { share = index === 1; redraw(); }).element),
        key.element, h('h3', {}, 'Per policy'), perPolicy.element, lost,
        h('div', { class: 'controls spread' }, h('h3', {}, 'Per layer'),
            choice('Policy', runs.map((run) => run.policy), selected, (index) => { selected = index; redraw(); }).element),
        perLayer.element,
        more('The numbers', numbers), h('p', { class: 'small' }, ...smallPrint(used)));
}

function lostText(report: ReportDocument, run: Run): HTMLElement | null {
    const energy = totals(run.energy_by_stage_j, report.categories.length);
    const of = (name: string) => energy[report.categories.indexOf(name)] ?? 0;
    const price = of('refetch') + of('recovery') + of('boot');
    if (price <= 0) return null;
    return h('p', { class: 'remark' }, `With ${run.policy}, refetching, recovering and booting cost `,
        h('b', {}, quantity(price, 'J')), `, ${percent(price / sum(energy))} of the energy: the price of the power failures, but for what was computed again.`);
}

function smallPrint(names: string[]): (string | HTMLElement)[] {
    const entries = names.flatMap((name, index) => [index === 0 ? '' : '; ', h('b', {}, name), `: ${meaning[name] ?? ''}`]);
    return [...entries, '. Reuse and refetch are told apart by running every layer once more without power failures and with ' +
        'the very tiles that were chosen: what that run fetches is reuse, what was fetched beyond it is refetch. Where tiles ' +
        'changed within a layer, each choice counts by the results written with it. The waiting before power returns belongs to ' +
        'the layer that was interrupted.'];
}
