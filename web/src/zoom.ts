// The window of time that the charts of a run share: buttons, keys, wheel with Ctrl, dragging, and the slider.
import * as echarts from 'echarts/core';
import type { DataZoomComponentOption } from 'echarts';
import type { Chart } from './chart';
import { duration } from './format';
import type { Theme } from './theme';

const narrowest = 1e-6; // of the whole

export class Zoom {
    from = 0;
    to: number;
    private readonly parts: { chart: Chart; redraw: () => void }[] = [];

    constructor(private total: number) {
        this.to = total;
    }

    /** Another run: everything is shown. */
    reset(total: number): void {
        this.total = total;
        this.from = 0;
        this.to = total;
    }

    attach(chart: Chart, redraw: () => void): void {
        this.parts.push({ chart, redraw });
        chart.onCreated = (instance) => {
            instance.group = 'run';
            echarts.connect('run');
            instance.on('datazoom', () => this.follow(instance));
        };
        chart.element.tabIndex = 0;
        chart.element.addEventListener('keydown', (event) => this.key(event));
    }

    components(theme: Theme, axes: number[], slider: boolean, narrow: boolean): DataZoomComponentOption[] {
        const common = { xAxisIndex: axes, filterMode: 'none' as const, startValue: this.from, endValue: this.to };
        const inside: DataZoomComponentOption = {
            ...common, type: 'inside', zoomOnMouseWheel: 'ctrl', moveOnMouseMove: true, moveOnMouseWheel: false,
            preventDefaultMouseMove: false,
        };
        if (!slider) return [inside];
        return [inside, {
            ...common, type: 'slider', bottom: 6, height: narrow ? 30 : 24, borderColor: theme.line, brushSelect: false,
            fillerColor: theme.voltage + '22', handleStyle: { color: theme.surface, borderColor: theme.voltage },
            moveHandleStyle: { color: theme.voltage, opacity: 0.5 }, dataBackground: { areaStyle: { opacity: 0 }, lineStyle: { opacity: 0 } },
            selectedDataBackground: { areaStyle: { opacity: 0 }, lineStyle: { opacity: 0 } },
            backgroundColor: 'transparent', showDetail: !narrow, textStyle: { color: theme.muted },
            labelFormatter: (value: number) => duration(value),
        }];
    }

    /** Shows [from, to] in all charts. */
    show(from: number, to: number): void {
        const size = Math.min(this.total, Math.max(this.total * narrowest, to - from));
        const begin = Math.min(Math.max(0, from), this.total - size);
        // Connected charts follow the first.
        this.parts[0]?.chart.surface?.dispatchAction({ type: 'dataZoom', dataZoomIndex: 0, startValue: begin, endValue: begin + size });
    }

    /** Zooms by a factor around the middle; moves by a share of the window. */
    by(factor: number, move: number): void {
        const size = this.to - this.from;
        const middle = (this.from + this.to) / 2 + move * size;
        this.show(middle - (size * factor) / 2, middle + (size * factor) / 2);
    }

    private follow(instance: echarts.ECharts): void {
        const state = (instance.getOption().dataZoom as { startValue: number; endValue: number }[])[0]!;
        if (state.startValue === this.from && state.endValue === this.to) return;
        this.from = state.startValue;
        this.to = state.endValue;
        for (const { redraw } of this.parts) redraw();
    }

    private key(event: KeyboardEvent): void {
        const actions: Record<string, () => void> = {
            '+': () => this.by(0.5, 0), '=': () => this.by(0.5, 0), '-': () => this.by(2, 0),
            ArrowLeft: () => this.by(1, -0.25), ArrowRight: () => this.by(1, 0.25),
            Home: () => this.show(0, this.total), Escape: () => this.show(0, this.total),
        };
        const action = actions[event.key];
        if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        action();
    }
}
