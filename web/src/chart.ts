// One chart: a figure that draws itself again when its width or the colours change, and that tells others (the test,
// above all) that it has been drawn: data-drawn holds the number of its graphical elements.
import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import { DataZoomComponent, GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { EChartsOption } from 'echarts';
import { h } from './dom';
import { onThemeChange, theme, type Theme } from './theme';

echarts.use([
    BarChart, CustomChart, LineChart, ScatterChart, DataZoomComponent, GridComponent, MarkLineComponent,
    TooltipComponent, SVGRenderer,
]);

export interface Surroundings {
    theme: Theme;
    width: number;
    /** as on a phone */
    narrow: boolean;
}

export type Build = (surroundings: Surroundings) => EChartsOption;

export class Chart {
    readonly element: HTMLElement;
    private readonly canvas: HTMLElement;
    private instance: echarts.ECharts | null = null;
    private width = 0;

    constructor(id: string, label: string, height: number, private readonly build: Build) {
        this.canvas = h('div', { class: 'canvas', style: `height:${height}px` });
        this.element = h('figure', { class: 'chart', id, role: 'img', 'aria-label': label, 'data-drawn': 0 }, this.canvas);
        new ResizeObserver(() => this.resized()).observe(this.canvas);
        onThemeChange(() => this.draw());
    }

    /** Draws everything anew, after a change of what the option is built from. */
    draw(height?: number): void {
        if (height !== undefined) this.canvas.style.height = `${height}px`;
        if (this.instance === null) return;
        if (height !== undefined) this.instance.resize();
        this.instance.setOption({ ...basics(theme()), ...this.build(this.surroundings()) }, { notMerge: true });
    }

    /** Changes a part, such as the data of a series. */
    update(option: EChartsOption): void {
        this.instance?.setOption(option, { lazyUpdate: true });
    }

    get surface(): echarts.ECharts | null {
        return this.instance;
    }

    get plotWidth(): number {
        return this.width;
    }

    /** Called once the chart exists. */
    onCreated: (instance: echarts.ECharts) => void = () => {};

    private surroundings(): Surroundings {
        return { theme: theme(), width: this.width, narrow: this.width < 560 };
    }

    private resized(): void {
        const width = this.canvas.clientWidth;
        if (width === 0 || width === this.width) return;
        this.width = width;
        if (this.instance === null) {
            this.instance = echarts.init(this.canvas, null, { renderer: 'svg' });
            this.instance.on('finished', () => this.report());
            this.onCreated(this.instance);
        } else {
            this.instance.resize();
        }
        this.draw();
    }

    private report(): void {
        this.element.dataset.drawn = String(this.canvas.querySelectorAll('svg path, svg rect, svg circle').length);
    }
}

/** What all charts have in common. */
function basics(colours: Theme): EChartsOption {
    return {
        animation: false,
        textStyle: { color: colours.text, fontFamily: getComputedStyle(document.body).fontFamily },
        tooltip: tooltip(colours),
    };
}

export function tooltip(colours: Theme): object {
    return {
        backgroundColor: colours.surface, borderColor: colours.line, textStyle: { color: colours.text, fontSize: 13 },
        confine: true, extraCssText: 'max-width:min(340px,90vw);white-space:normal;border-radius:8px;',
    };
}

/** The look of an axis. */
export function axis(colours: Theme, more: object): object {
    return {
        axisLine: { lineStyle: { color: colours.line } },
        axisTick: { lineStyle: { color: colours.line } },
        axisLabel: { color: colours.muted, fontSize: 12, hideOverlap: true, ...(more as { axisLabel?: object }).axisLabel },
        splitLine: { lineStyle: { color: colours.line, opacity: 0.6 } },
        nameTextStyle: { color: colours.muted },
        ...Object.fromEntries(Object.entries(more).filter(([name]) => name !== 'axisLabel')),
    };
}

/** Makes text from the document safe inside of a tooltip's HTML. */
export function escape(text: string): string {
    const element = document.createElement('span');
    element.textContent = text;
    return element.innerHTML;
}
