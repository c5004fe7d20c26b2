// The run in time: voltage, power, layers and work in lanes that share one zoomable axis of time.
import type { CustomSeriesRenderItemAPI, CustomSeriesRenderItemParams, EChartsOption, SeriesOption } from 'echarts';
import { axis, Chart, escape, tooltip, type Surroundings } from './chart';
import type { ReportDocument, Run } from './document';
import { axisTime, count, duration, percent, tail, timeStep } from './format';
import { pointsIn, poweredIn, timesFrom, type Powered } from './levels';
import { categoryOfKind, type Theme } from './theme';
import type { Zoom } from './zoom';

const activities = ['compute', 'fetch', 'preservation', 'recovery', 'boot', 'charging'];

/** The arrays of a run that are worth keeping unpacked. */
export interface Unpacked {
    run: Run;
    edges: Float64Array;
    voltageTimes: Float64Array;
    volts: number[];
    /** [activity][bucket], shares of 1 */
    activity: number[][];
}

export function unpack(report: ReportDocument, run: Run): Unpacked {
    const { timeline } = run;
    const shares = activities.map((name) => timeline.activity.permille.map((bucket) =>
        bucket.reduce((total, value, kind) => total + (laneOf(report.kinds[kind]!) === name ? value / 1000 : 0), 0)));
    return {
        run, edges: timesFrom(timeline.power_us), activity: shares,
        voltageTimes: timesFrom(timeline.voltage?.step_us ?? []),
        volts: (timeline.voltage?.millivolts ?? []).map((value) => value / 1000),
    };
}

/** Waiting with power on is no work; it is drawn with the waiting for power. */
const laneOf = (kind: string): string => (kind === 'idle' ? 'charging' : categoryOfKind[kind] ?? kind);

/** A rectangle of a lane, cut off at the plot's borders, with a label where there is room. */
function block(params: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI, fill: string, opacity: number, label: string, theme: Theme) {
    const row = api.value(0) as number;
    const [x, y] = api.coord([api.value(1), row]) as [number, number];
    const [right] = api.coord([api.value(2), row]) as [number];
    const frame = params.coordSys as unknown as { x: number; width: number };
    const left = Math.max(x, frame.x);
    const width = Math.min(right, frame.x + frame.width) - left;
    if (right < frame.x || left > frame.x + frame.width) return null;
    const height = (api.size!([0, 1]) as [number, number])[1] * 0.78;
    const wide = width > 34;
    return {
        type: 'rect' as const,
        shape: { x: left, y: y - height / 2, width: Math.max(0.8, width), height },
        style: { fill, opacity },
        textContent: wide && label !== '' ? {
            type: 'text' as const,
            style: { text: tail(label, (width - 8) / 7), fill: theme.text, fontSize: 12 },
        } : undefined,
        textConfig: { position: 'inside' as const },
    };
}

function powerSeries(blocks: Powered[], theme: Theme): SeriesOption {
    return {
        id: 'power', type: 'custom', xAxisIndex: 1, yAxisIndex: 1, encode: { x: [1, 2], y: 0 }, clip: true,
        data: blocks.map((block) => [0, block.begin, block.end, block.share, block.cycles]),
        renderItem: (params, api) => block(params, api, theme.category.compute!, 0.25 + 0.75 * (api.value(3) as number), '', theme),
        tooltip: {
            formatter: (item: unknown) => {
                const [, begin, end, share, cycles] = (item as { data: number[] }).data as [number, number, number, number, number];
                return cycles > 1 ? `<b>${count(cycles)} power cycles</b><br>on for ${percent(share)} of ${duration(end - begin)}` :
                    `<b>one power cycle</b><br>on for ${duration(end - begin)}, from ${duration(begin)}`;
            },
        },
    };
}

function layerSeries(report: ReportDocument, run: Run, theme: Theme): SeriesOption {
    return {
        id: 'layers', type: 'custom', xAxisIndex: 1, yAxisIndex: 1, encode: { x: [1, 2], y: 0 }, clip: true,
        data: run.timeline.stages.map(([stage, begin, end]) => [1, begin, end, stage]),
        renderItem: (params, api) => {
            const stage = api.value(3) as number;
            return block(params, api, theme.layers[stage % 2]!, 1, report.stages[stage]?.label ?? '', theme);
        },
        tooltip: {
            formatter: (item: unknown) => {
                const [, begin, end, stage] = (item as { data: number[] }).data as [number, number, number, number];
                const layer = report.stages[stage];
                return `<b>${escape(layer?.name ?? '')}</b> ${escape(layer?.operator ?? '')}<br>${duration(end - begin)}, from ${duration(begin)}`;
            },
        },
    };
}

/** Where the grids lie, from the top: voltage (if there is any), lanes, work. */
interface Places {
    voltage: number;
    lanes: number;
    work: number;
    height: number;
}
const placesOf = (voltage: boolean): Places => {
    const lanes = voltage ? 186 : 26;
    return { voltage: 26, lanes, work: lanes + 96, height: lanes + 96 + 90 + 80 };
};

export class Timeline {
    readonly chart: Chart;
    private data: Unpacked;

    constructor(private readonly report: ReportDocument, run: Unpacked, private readonly zoom: Zoom) {
        this.data = run;
        this.chart = new Chart('chart-timeline', 'Voltage of the capacitor, power cycles, layers and kinds of work over time',
            placesOf(this.hasVoltage).height, (around) => this.option(around));
        zoom.attach(this.chart, () => this.chart.update({ xAxis: [{}, {}, { interval: this.step() }], series: this.detailed() }));
    }

    show(run: Unpacked): void {
        this.data = run;
        this.chart.draw(placesOf(this.hasVoltage).height);
    }

    private step(): number {
        return timeStep(this.zoom.to - this.zoom.from, this.chart.plotWidth < 420 ? 3 : 8);
    }

    private get hasVoltage(): boolean {
        return this.data.volts.length > 0;
    }

    /** The series whose detail depends on the window. */
    private detailed(): SeriesOption[] {
        const { from, to } = this.zoom;
        const most = Math.max(400, 3 * this.chart.plotWidth);
        const power = poweredIn(this.data.edges, from, to, Math.max(200, this.chart.plotWidth / 2));
        return [
            { id: 'voltage', data: pointsIn(this.data.voltageTimes, this.data.volts, from, to, most) },
            { id: 'power', data: power.map((part) => [0, part.begin, part.end, part.share, part.cycles]) },
        ] as SeriesOption[];
    }

    private voltageSeries(theme: Theme): SeriesOption {
        const { on_v, off_v } = this.report.supply;
        const line = (name: string, value: number | null, position: 'insideEndTop' | 'insideEndBottom') =>
            (value === null ? [] : [{ yAxis: value, label: { formatter: name, position } }]);
        return {
            id: 'voltage', type: 'line', xAxisIndex: 0, yAxisIndex: 0, symbol: 'none', data: [], silent: true,
            lineStyle: { width: 1.4, color: theme.voltage }, areaStyle: { color: theme.voltage, opacity: 0.1, origin: 'start' },
            markLine: {
                silent: true, symbol: 'none', lineStyle: { color: theme.muted, type: 'dashed', width: 1 },
                label: { color: theme.muted, fontSize: 11 },
                data: [...line('starts', on_v, 'insideEndTop'), ...line('stops', off_v, 'insideEndBottom')],
            },
        };
    }

    private workSeries(theme: Theme): SeriesOption[] {
        const { bucket_s } = this.data.run.timeline.activity;
        return activities.map((name, index) => ({
            id: `work-${name}`, name, type: 'line', stack: 'work', step: 'end', symbol: 'none', xAxisIndex: 2, yAxisIndex: 2,
            lineStyle: { width: 0 }, areaStyle: { color: theme.category[name]!, opacity: 1 }, silent: true,
            data: [[0, this.data.activity[index]![0] ?? 0],
                ...this.data.activity[index]!.map((share, bucket) => [(bucket + 1) * bucket_s, share])],
        }));
    }

    private option({ theme, narrow, width }: Surroundings): EChartsOption {
        const total = this.data.run.timeline.duration_s;
        const left = narrow ? 52 : 64;
        const places = placesOf(this.hasVoltage);
        const grid = (top: number, height: number) => ({ left, right: narrow ? 12 : 18, top, height });
        const time = (index: number, more: object) => axis(theme, {
            gridIndex: index, type: 'value', min: 0, max: total, splitNumber: width < 420 ? 3 : 7, axisLabel: { show: false },
            axisTick: { show: false }, ...more,
        });
        return {
            grid: [grid(places.voltage, this.hasVoltage ? 140 : 0), grid(places.lanes, 72), grid(places.work, 90)],
            xAxis: [time(0, { splitLine: { show: false } }), time(1, { splitLine: { show: false }, axisLine: { show: false } }),
                time(2, { interval: this.step(), axisTick: { show: true }, axisLabel: { formatter: (value: number) => axisTime(value, this.step()), showMaxLabel: false, showMinLabel: this.zoom.from === 0 } })] as EChartsOption['xAxis'],
            yAxis: [
                axis(theme, { gridIndex: 0, type: 'value', name: 'capacitor', show: this.hasVoltage, nameTextStyle: { align: narrow ? 'left' : 'right', color: theme.muted }, splitNumber: 3, scale: true, axisLabel: { formatter: '{value} V' } }),
                axis(theme, { gridIndex: 1, type: 'category', inverse: true, data: ['power', 'layer'], axisTick: { show: false }, axisLine: { show: false }, axisLabel: { color: theme.text, interval: 0, hideOverlap: false } }),
                axis(theme, { gridIndex: 2, type: 'value', min: 0, max: 1, interval: 0.5, axisLabel: { formatter: (value: number) => `${100 * value} %` } }),
            ] as EChartsOption['yAxis'],
            dataZoom: this.zoom.components(theme, [0, 1, 2], true, narrow),
            tooltip: { ...tooltip(theme), trigger: 'item' },
            series: [{ ...this.voltageSeries(theme), ...this.detailed()[0] } as SeriesOption,
                powerSeries(poweredIn(this.data.edges, this.zoom.from, this.zoom.to, Math.max(200, width / 2)), theme),
                layerSeries(this.report, this.data.run, theme), ...this.workSeries(theme)],
        };
    }
}
