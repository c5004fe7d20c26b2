// Speed-up over fixed tiles against harvested power, and times against the capacitor.
import type { EChartsOption } from 'echarts';
import { axis, Chart, tooltip, type Surroundings } from './chart';
import type { ReportDocument, Sweep } from './document';
import { card, choice, h, more, table } from './dom';
import { duration, quantity, times } from './format';

const symbols: Record<string, string> = { fixed: 'circle', paper: 'triangle', best: 'diamond' };
const dashes: Record<string, 'solid' | 'dashed' | 'dotted'> = { fixed: 'dotted', paper: 'dashed', best: 'solid' };

/** One thing changed: its values, the one of this report, and what came of it. */
interface Changed {
    name: string;
    unit: string;
    values: number[];
    own: number | null;
    latency_s: Sweep['latency_s'];
}

function ratio(sweep: Changed, policy: string, index: number): number | null {
    const fixed = sweep.latency_s.fixed?.[index];
    const own = sweep.latency_s[policy]?.[index];
    return fixed != null && own != null ? fixed / own : null;
}

function option(sweep: Changed, policies: string[], latency: boolean, { theme, narrow }: Surroundings): EChartsOption {
    const valueOf = (policy: string, index: number) => latency ? sweep.latency_s[policy]![index]! : ratio(sweep, policy, index);
    const format = (value: number) => (latency ? duration(value) : times(value));
    const { own, unit, values } = sweep;
    const here = { show: true, formatter: 'this report', position: 'top' as const, color: theme.text, fontSize: 12 };
    return {
        grid: { left: narrow ? 52 : 64, right: 22, top: 30, bottom: 44 },
        xAxis: axis(theme, {
            type: 'log', name: sweep.name, nameLocation: 'middle', nameGap: 28,
            min: values[0]! / 1.15, max: values[values.length - 1]! * 1.15,
            axisLabel: { formatter: (value: number) => quantity(value, unit), showMinLabel: false, showMaxLabel: false },
            minorTick: { show: true },
        }),
        yAxis: axis(theme, {
            type: latency ? 'log' : 'value', scale: true, name: latency ? 'time to the answer' : 'speed-up over fixed (more is better)',
            nameTextStyle: { align: 'left', color: theme.muted }, axisLabel: { formatter: format },
        }),
        tooltip: {
            ...tooltip(theme), trigger: 'axis',
            formatter: (items: unknown) => {
                const list = items as { seriesName: string; marker: string; data: [number, number] }[];
                const rows = list.map((item) => `<tr><td>${item.marker} ${item.seriesName}</td><td class="number">${format(item.data[1])}</td></tr>`);
                return `<b>${quantity(list[0]?.data[0] ?? 0, unit)}</b><table class="tip">${rows.join('')}</table>`;
            },
        },
        series: policies.map((policy, place) => ({
            type: 'line', name: policy, symbol: symbols[policy] ?? 'rect', symbolSize: policy === 'fixed' ? 7 : 10,
            connectNulls: false, lineStyle: { width: 2.5, type: dashes[policy] ?? 'solid' }, color: theme.policy[policy],
            data: values.map((changed, index) => {
                const value = [changed, valueOf(policy, index) ?? NaN];
                return changed === own && place === policies.length - 1 ? { value, symbolSize: 16, label: here } : value;
            }),
        })),
    };
}

export function speedup(report: ReportDocument): HTMLElement | null {
    if (report.sweep === null || report.sweep.power_w.length === 0) return null;
    const { power_w: values, own_power_w: own, latency_s } = report.sweep;
    const sweep: Changed = { name: 'harvested power', unit: 'W', values, own, latency_s };
    const policies = Object.keys(latency_s);
    // Where a charge holds whole layers all tiles are alike: then times say more than a flat line.
    const alike = values.every((_, index) => policies.every((policy) => Math.abs((ratio(sweep, policy, index) ?? 1) - 1) < 0.01));
    let latency = alike || !policies.includes('fixed');
    const chart = new Chart('chart-speedup', 'Speed-up over fixed tiles against harvested power', 330,
        (around) => option(sweep, policies, latency, around));
    return card('speedup', 'If the sun shone more, or less',
        'The same inference with a harvester of constant power; capacitor and converter are those of this supply, or of the device if it has none. Weak power means more power failures per inference, and choosing tiles matters more.',
        h('div', { class: 'controls' }, policies.includes('fixed') &&
            choice('Quantity', ['Speed-up', 'Time'], latency ? 1 : 0, (index) => { latency = index === 1; chart.draw(); }).element),
        legend(policies), chart.element,
        alike && policies.length > 1 && h('p', { class: 'small' }, 'All policies are as fast here: a power cycle is long enough for any tile. Weaker power or a smaller capacitor would tell them apart.'),
        gaps(sweep) && h('p', { class: 'small' }, 'Where a line has a gap, that policy never ends, or there is no fixed run to compare it with.'),
        more('The numbers', table('Time to the answer by harvested power', ['power', ...policies], rows(sweep))));
}

export function capacitors(report: ReportDocument): HTMLElement | null {
    if (report.capacitors === null || report.capacitors.capacitance_f.length === 0) return null;
    const { capacitance_f: values, own_capacitance_f: own, latency_s } = report.capacitors;
    const sweep: Changed = { name: 'capacitor', unit: 'F', values, own, latency_s };
    const policies = Object.keys(latency_s);
    const chart = new Chart('chart-capacitors', 'Time to the answer against the capacitor', 330,
        (around) => option(sweep, policies, true, around));
    return card('capacitors', 'With another capacitor',
        'The same inference with capacitors as they are sold. A larger one brings more energy a power cycle and takes longer to charge. `dynbal size` finds the least for a period.',
        legend(policies), chart.element,
        gaps(sweep) && h('p', { class: 'small' }, 'Where a line has a gap, that policy never ends.'),
        more('The numbers', table('Time to the answer by capacitor', ['capacitor', ...policies], rows(sweep))));
}

function legend(policies: string[]): HTMLElement {
    return h('div', { class: 'legend' }, ...policies.map((policy) =>
        h('span', {}, h('i', { class: `dot ${policy}`, 'aria-hidden': 'true' }), policy)));
}

function gaps(sweep: Changed): boolean {
    return Object.values(sweep.latency_s).some((list) => list.some((value) => value === null));
}

function rows(sweep: Changed): string[][] {
    return sweep.values.map((changed, index) => [quantity(changed, sweep.unit), ...Object.keys(sweep.latency_s).map((policy) => {
        const value = sweep.latency_s[policy]![index];
        const gain = ratio(sweep, policy, index);
        return value == null ? 'never ends' : `${duration(value)}${gain !== null && policy !== 'fixed' ? ` (${times(gain)})` : ''}`;
    })]);
}
