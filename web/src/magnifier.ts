// One power cycle under the magnifying glass: every piece of work from boot to failure.
import type { CustomSeriesRenderItemAPI, CustomSeriesRenderItemParams, EChartsOption } from 'echarts';
import { axis, Chart, tooltip, type Surroundings } from './chart';
import type { Magnified, ReportDocument } from './document';
import { card, h } from './dom';
import { axisTime, count, duration, percent, quantity } from './format';
import { categoryOfKind, type Theme } from './theme';

const lanes = ['boot', 'recovery', 'fetch', 'compute', 'preservation'];

function rectangle(params: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI, theme: Theme) {
    const lane = api.value(0) as number;
    const [x, y] = api.coord([api.value(1), lane]) as [number, number];
    const [end] = api.coord([api.value(2), lane]) as [number];
    const height = (api.size!([0, 1]) as [number, number])[1] * 0.62;
    const frame = params.coordSys as unknown as { x: number; width: number };
    const left = Math.max(x, frame.x);
    return {
        type: 'rect' as const,
        shape: { x: left, y: y - height / 2, width: Math.max(1, Math.min(end, frame.x + frame.width) - left), height, r: 1 },
        style: { fill: theme.category[lanes[lane]!] },
    };
}

function option(report: ReportDocument, cycle: Magnified, { theme, narrow, width }: Surroundings): EChartsOption {
    const spans = cycle.spans.filter((span) => lanes.includes(categoryOfKind[report.kinds[span[0]]!] ?? ''));
    const data = spans.map(([kind, begin, length, energy]) =>
        [lanes.indexOf(categoryOfKind[report.kinds[kind]!]!), begin / 1e6, (begin + length) / 1e6, kind, energy]);
    const step = cycle.duration_s / 6;
    return {
        grid: { left: narrow ? 92 : 110, right: 16, top: 8, bottom: 28 },
        xAxis: axis(theme, {
            type: 'value', min: 0, max: cycle.duration_s, splitNumber: width < 420 ? 3 : 6,
            axisLabel: { formatter: (value: number) => axisTime(value, step), showMaxLabel: false },
        }),
        yAxis: axis(theme, {
            type: 'category', inverse: true, data: lanes, axisTick: { show: false }, splitLine: { show: true, lineStyle: { color: theme.line } },
            axisLabel: { color: theme.text, interval: 0, hideOverlap: false },
        }),
        tooltip: {
            ...tooltip(theme), trigger: 'item',
            formatter: (item: unknown) => {
                const [, begin, end, kind, energy] = (item as { data: number[] }).data as [number, number, number, number, number];
                return `<b>${report.kinds[kind]}</b><br>${duration(end - begin)}, ${quantity(energy * 1e-9, 'J')}<br>` +
                    `${duration(begin)} after power came`;
            },
        },
        series: [{
            type: 'custom', data, encode: { x: [1, 2], y: 0 }, clip: true,
            renderItem: (params: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI) => rectangle(params, api, theme),
        }],
    };
}

function words(report: ReportDocument, cycle: Magnified): HTMLElement {
    const total = cycle.duration_s;
    const of = (lane: string) => cycle.spans.filter((span) => categoryOfKind[report.kinds[span[0]]!] === lane)
        .reduce((time, span) => time + span[2] / 1e6, 0);
    const parts = lanes.map((lane) => `${lane} ${percent(of(lane) / total)}`).join(', ');
    return h('p', { class: 'remark' }, `Power cycle ${count(cycle.cycle + 1)}, in layer ${report.stages[cycle.stage]?.label ?? ''}: `,
        h('b', {}, duration(total)), ` with power. Of it ${parts}.`);
}

/** A card that shows cycles of the run `select` was given last; null if there are none to show. */
export function magnifier(report: ReportDocument): { element: HTMLElement; select(run: number): void } | null {
    if (!report.runs.some((run) => run.timeline.magnified.length > 0)) return null;
    let cycles: Magnified[] = [];
    let selected = 0;
    const chart = new Chart('chart-cycle', 'All work of one power cycle, in time', 210, (around) =>
        cycles.length === 0 ? {} : option(report, cycles[selected]!, around));
    const remark = h('div');
    const list = h('select', { 'aria-label': 'Power cycle', onchange: (event) => show(Number((event.target as HTMLSelectElement).value)) });
    const show = (index: number) => {
        selected = index;
        remark.replaceChildren(...(cycles.length === 0 ? [] : [words(report, cycles[selected]!)]));
        chart.draw();
    };
    const select = (run: number) => {
        cycles = report.runs[run]!.timeline.magnified;
        list.replaceChildren(...cycles.map((cycle, index) =>
            h('option', { value: index }, `${report.stages[cycle.stage]?.label ?? ''} — power cycle ${cycle.cycle + 1}`)));
        const middle = Math.max(0, cycles.findIndex((cycle) => cycle.cycle > 1));
        (list as HTMLSelectElement).value = String(middle);
        show(middle);
    };
    const element = card('cycle', 'One power cycle, magnified',
        'From left to right: the chip boots, finds out how far it had come, fetches again what RAM lost, then computes and writes results until the energy is used up. What was computed but not yet written is lost.',
        h('div', { class: 'controls' }, h('label', { class: 'field' }, 'Layer ', list)), chart.element, remark);
    return { element, select };
}
