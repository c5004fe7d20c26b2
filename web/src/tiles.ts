// Tile choices: how large the tile is over time, when it was changed and why, and what it was in the end.
import type { CustomSeriesRenderItemAPI, CustomSeriesRenderItemParams, EChartsOption } from 'echarts';
import { axis, Chart, escape, tooltip, type Surroundings } from './chart';
import { tileText, type ReportDocument, type Run, type TileChoice, type TileConfig } from './document';
import { table } from './dom';
import { axisTime, count, duration, timeStep } from './format';
import type { Zoom } from './zoom';

const orderText: Record<string, string> = {
    weights_stay: 'weights stay', inputs_stay: 'inputs stay', sums_move: 'sums move',
};

/** Products that one tile holds: its size in all three dimensions. */
const size = (config: TileConfig): number => config.tile_out * config.tile_in * config.tile_pixels;

const reasonText: Record<string, string> = {
    chosen: 'chosen as the layer began', reconfigured: 'changed: another tile promised to be cheaper',
    shrunk: 'forced: a power cycle had made no progress',
};

/** A choice and how long it held. */
interface Held {
    choice: TileChoice;
    end: number;
}

function held(run: Run): Held[] {
    const ends = new Map(run.timeline.stages.map(([stage, , end]) => [stage, end]));
    return run.tiles.map((choice, index) => {
        const next = run.tiles[index + 1];
        const end = next && next.stage === choice.stage ? next.time_s : ends.get(choice.stage) ?? run.timeline.duration_s;
        return { choice, end };
    });
}

export class Tiles {
    readonly chart: Chart;
    private run: Run;

    constructor(private readonly report: ReportDocument, run: Run, private readonly zoom: Zoom) {
        this.run = run;
        this.chart = new Chart('chart-tiles', 'Size of the tile of each layer over time, with its changes', 260,
            (around) => this.option(around));
        zoom.attach(this.chart, () => this.chart.update({ xAxis: { interval: this.step() } }));
    }

    private step(): number {
        return timeStep(this.zoom.to - this.zoom.from, this.chart.plotWidth < 420 ? 3 : 8);
    }

    show(run: Run): void {
        this.run = run;
        this.chart.draw();
    }

    /** The last choice of each layer. */
    finals(): HTMLElement {
        const rows = this.report.stages.map((stage, index) => {
            const choices = this.run.tiles.filter((choice) => choice.stage === index);
            const last = choices[choices.length - 1];
            const changes = (reason: string) => count(choices.filter((choice) => choice.reason === reason).length);
            if (!last) return [stage.label, '–', '–', '–', '–', '', '0', '0'];
            const { config } = last;
            return [stage.label, ...[config.tile_out, config.tile_in, config.tile_pixels, config.run_pixels].map(count),
                orderText[config.order] ?? config.order, changes('reconfigured'), changes('shrunk')];
        });
        return table(`Last tile of each layer, policy ${this.run.policy}`,
            ['layer', 'out', 'in', 'pixels', 'run', 'order', 'changed', 'forced'], rows);
    }

    private option({ theme, narrow }: Surroundings): EChartsOption {
        const list = held(this.run);
        const total = this.run.timeline.duration_s;
        const data = list.map(({ choice, end }, index) => [choice.time_s, size(choice.config), end, index]);
        const changes = (reason: string) => data.filter((_, index) => list[index]!.choice.reason === reason);
        const marks = (name: string, symbol: string, rotate: number, colour: string) => ({
            type: 'scatter' as const, name, symbol, symbolRotate: rotate, symbolSize: 11, color: colour, z: 5,
            itemStyle: { borderColor: theme.surface, borderWidth: 1 }, data: changes(name),
        });
        return {
            grid: { left: narrow ? 52 : 64, right: narrow ? 12 : 18, top: 30, bottom: 30 },
            xAxis: axis(theme, {
                type: 'value', min: 0, max: total, interval: this.step(), splitLine: { show: false },
                axisLabel: { formatter: (value: number) => axisTime(value, this.step()), showMaxLabel: false, showMinLabel: this.zoom.from === 0 },
            }),
            yAxis: axis(theme, {
                type: 'log', name: 'tile size', nameTextStyle: { align: narrow ? 'left' : 'right', color: theme.muted },
                axisLabel: { formatter: (value: number) => compact(value) },
            }),
            dataZoom: this.zoom.components(theme, [0], false, narrow),
            tooltip: { ...tooltip(theme), trigger: 'item', formatter: (item: unknown) => this.tip(list[(item as { data: number[] }).data[3]!]!) },
            series: [{
                type: 'custom', data, encode: { x: [0, 2], y: 1 }, clip: true,
                renderItem: (_: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI) => {
                    const [x, y] = api.coord([api.value(0), api.value(1)]) as [number, number];
                    const [end] = api.coord([api.value(2), api.value(1)]) as [number];
                    const fill = theme.policy[this.run.policy] ?? theme.voltage;
                    return { type: 'rect', shape: { x, y: y - 3.5, width: Math.max(2, end - x), height: 7, r: 2 }, style: { fill } };
                },
            }, marks('reconfigured', 'triangle', 0, theme.category.compute!), marks('shrunk', 'triangle', 180, theme.category.refetch!)],
        };
    }

    private tip({ choice, end }: Held): string {
        const { config } = choice;
        return `<b>${escape(this.report.stages[choice.stage]?.name ?? '')}</b><br>${tileText(config)}<br>` +
            `run of ${config.run_pixels} px, ${orderText[config.order] ?? config.order}<br>${reasonText[choice.reason]}<br>` +
            `from ${duration(choice.time_s)}, for ${duration(end - choice.time_s)}`;
    }
}

function compact(value: number): string {
    return value >= 1e6 ? `${value / 1e6} M` : value >= 1e3 ? `${value / 1e3} k` : String(value);
}
