// Speed-up over fixed tiles against harvested power.
import type { EChartsOption } from 'echarts';
import { axis, Chart, tooltip, type Surroundings } from './chart';
import type { ReportDocument, Sweep } from './document';
import { card, choice, h, more, table } from './dom';
import { duration, quantity, times } from './format';

const symbols: Record<string, string> = { fixed: 'circle', paper: 'triangle', best: 'diamond' };
const dashes: Record<string, 'solid' | 'dashed' | 'dotted'> = { fixed: 'dotted', paper: 'dashed', best: 'solid' };

function ratio(sweep: Sweep, policy: string, index: number): number | null {
    const fixed = sweep.latency_s.fixed?.[index];
    const own = sweep.latency_s[policy]?.[index];
    return fixed != null && own != null ? fixed / own : null;
}

function option(sweep: Sweep, policies: string[], latency: boolean, { theme, narrow }: Surroundings): EChartsOption {
    const valueOf = (policy: string, index: number) => latency ? sweep.latency_s[policy]![index]! : ratio(sweep, policy, index);
    const format = (value: number) => (latency ? duration(value) : times(value));
    const own = sweep.own_power_w;
    const here = { show: true, formatter: 'this report', position: 'top' as const, color: theme.text, fontSize: 12 };
    return {
        grid: { left: narrow ? 52 : 64, right: 22, top: 30, bottom: 44 },
        xAxis: axis(theme, {
            type: 'log', name: 'harvested power', nameLocation: 'middle', nameGap: 28,
            min: sweep.power_w[0]! / 1.15, max: sweep.power_w[sweep.power_w.length - 1]! * 1.15,
            axisLabel: { formatter: (value: number) => quantity(value, 'W'), showMinLabel: false, showMaxLabel: false },
            minorTick: { show: true },
        }),
        yAxis: axis(theme, {
            type: latency ? 'log' : 'value', scale: true, name: latency ? 'time to the answer' : 'speed-up over fixed',
            nameTextStyle: { align: 'left', color: theme.muted }, axisLabel: { formatter: format },
        }),
        tooltip: {
            ...tooltip(theme), trigger: 'axis',
            formatter: (items: unknown) => {
                const list = items as { seriesName: string; marker: string; data: [number, number] }[];
                const rows = list.map((item) => `<tr><td>${item.marker} ${item.seriesName}</td><td class="number">${format(item.data[1])}</td></tr>`);
                return `<b>${quantity(list[0]?.data[0] ?? 0, 'W')}</b><table class="tip">${rows.join('')}</table>`;
            },
        },
        series: policies.map((policy, place) => ({
            type: 'line', name: policy, symbol: symbols[policy] ?? 'rect', symbolSize: policy === 'fixed' ? 7 : 10,
            connectNulls: false, lineStyle: { width: 2.5, type: dashes[policy] ?? 'solid' }, color: theme.policy[policy],
            data: sweep.power_w.map((power, index) => {
                const value = [power, valueOf(policy, index) ?? NaN];
                return power === own && place === policies.length - 1 ? { value, symbolSize: 16, label: here } : value;
            }),
        })),
    };
}

export function speedup(report: ReportDocument): HTMLElement | null {
    const { sweep } = report;
    if (sweep === null || sweep.power_w.length === 0) return null;
    const policies = Object.keys(sweep.latency_s);
    let latency = !policies.includes('fixed');
    const chart = new Chart('chart-speedup', 'Speed-up over fixed tiles against harvested power', 330,
        (around) => option(sweep, policies, latency, around));
    const key = h('div', { class: 'legend' }, ...policies.map((policy) =>
        h('span', {}, h('i', { class: `dot ${policy}`, 'aria-hidden': 'true' }), policy)));
    const rows = sweep.power_w.map((power, index) => [quantity(power, 'W'), ...policies.map((policy) => {
        const value = sweep.latency_s[policy]![index];
        const gain = ratio(sweep, policy, index);
        return value == null ? 'never ends' : `${duration(value)}${gain !== null && policy !== 'fixed' ? ` (${times(gain)})` : ''}`;
    })]);
    const missing = policies.some((policy) => sweep.latency_s[policy]!.some((value) => value === null));
    return card('speedup', 'If the sun shone more, or less',
        'The same inference with a harvester of constant power; capacitor and converter are those of this supply, or of the device if it has none. Weak power means more power failures per inference, and choosing tiles matters more.',
        h('div', { class: 'controls' }, policies.includes('fixed') &&
            choice('Quantity', ['Speed-up', 'Time'], 0, (index) => { latency = index === 1; chart.draw(); }).element),
        key, chart.element,
        missing && h('p', { class: 'small' }, 'Where a line has a gap, that policy never ends, or there is no fixed run to compare it with.'),
        more('The numbers', table('Time to the answer by harvested power', ['power', ...policies], rows)));
}
