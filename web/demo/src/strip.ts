// Curves that move on: the voltage of a capacitor, and the power that comes. Now is at the right edge, and times are those of
// whoever looks on: what is shown slower is wider.
import { colours, prepared } from './colours';

/** A canvas with a name that stays; what changes is told in words elsewhere. */
function canvasOf(name: string, label: string): HTMLCanvasElement {
    const canvas = document.createElement('canvas');
    canvas.className = `strip ${name}`;
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', label);
    return canvas;
}

interface Point { time: number; value: number; on: boolean }

export class VoltageStrip {
    readonly canvas: HTMLCanvasElement;
    private points: Point[] = [];

    constructor(private readonly onV: number, private readonly offV: number) {
        this.canvas = canvasOf('voltage', `Voltage of the capacitor over the last moments: the chip starts at ${onV.toFixed(2)} volts and stops at ${offV.toFixed(2)}`);
    }

    /** `shown`: when a simulated time is shown. */
    add(samples: number[], shown: (time: number) => number): void {
        for (let at = 0; at < samples.length; at += 3) this.points.push({ time: shown(samples[at]!), value: samples[at + 1]!, on: samples[at + 2] === 1 });
    }

    /** The `seconds` before `now`. */
    draw(now: number, seconds: number): void {
        const first = this.points.findIndex(({ time }) => time >= now - seconds);
        if (first > 1) this.points.splice(0, first - 1);
        const ready = prepared(this.canvas);
        if (ready === null) return;
        const { context, width, height } = ready;
        const { line, muted, on, off, soft } = colours();
        const top = this.onV + 0.12 * (this.onV - this.offV), bottom = this.offV - 0.25 * (this.onV - this.offV);
        const x = (time: number) => width - (now - time) / seconds * width;
        const y = (volt: number) => height - (volt - bottom) / (top - bottom) * height;
        context.lineWidth = 1;
        context.strokeStyle = line;
        context.setLineDash([3, 3]);
        for (const volt of [this.onV, this.offV]) {
            context.beginPath();
            context.moveTo(0, y(volt));
            context.lineTo(width, y(volt));
            context.stroke();
        }
        context.setLineDash([]);
        this.fill(context, x, y, height, on);
        context.lineWidth = 1.6;
        context.lineJoin = 'round';
        for (let index = 1; index < this.points.length; ++index) {
            const [before, point] = [this.points[index - 1]!, this.points[index]!];
            context.strokeStyle = point.on ? on : off;
            context.beginPath();
            context.moveTo(x(before.time), y(before.value));
            context.lineTo(x(point.time), y(point.value));
            context.stroke();
        }
        context.fillStyle = muted;
        context.font = '11px system-ui, sans-serif';
        context.textBaseline = 'bottom';
        context.lineWidth = 3;
        context.strokeStyle = soft;
        for (const [text, volt] of [[`starts ${this.onV.toFixed(2)} V`, this.onV], [`stops ${this.offV.toFixed(2)} V`, this.offV]] as const) {
            context.strokeText(text, 4, y(volt) + 14);
            context.fillText(text, 4, y(volt) + 14);
        }
    }

    /** The areas under the times in which the chip runs. */
    private fill(context: CanvasRenderingContext2D, x: (time: number) => number, y: (volt: number) => number, height: number, on: string): void {
        context.fillStyle = on;
        context.globalAlpha = 0.22;
        context.beginPath();
        for (let index = 1; index < this.points.length; ++index) {
            const [before, point] = [this.points[index - 1]!, this.points[index]!];
            if (!point.on) continue;
            if (!before.on || index === 1) {
                context.moveTo(x(before.time), height);
                context.lineTo(x(before.time), y(before.value));
            }
            context.lineTo(x(point.time), y(point.value));
            if (this.points[index + 1]?.on !== true) context.lineTo(x(point.time), height);
        }
        context.fill();
        context.globalAlpha = 1;
    }
}

export class PowerStrip {
    readonly canvas = canvasOf('harvest', 'Power that both chips harvested over the last moments');
    private points: { time: number; watts: number }[] = [];

    clear(): void {
        this.points = [];
    }

    add(time: number, watts: number): void {
        this.points.push({ time, watts });
    }

    draw(now: number, seconds: number, most: number): void {
        const first = this.points.findIndex(({ time }) => time >= now - seconds);
        if (first > 1) this.points.splice(0, first - 1);
        const ready = prepared(this.canvas);
        if (ready === null || this.points.length === 0) return;
        const { context, width, height } = ready;
        const { sun } = colours();
        const x = (time: number) => width - (now - time) / seconds * width;
        const y = (watts: number) => height - Math.sqrt(watts / most) * (height - 3);
        context.beginPath();
        context.moveTo(x(this.points[0]!.time), height);
        for (const { time, watts } of this.points) context.lineTo(x(time), y(watts));
        const last = this.points[this.points.length - 1]!;
        context.lineTo(width, y(last.watts));
        context.lineTo(width, height);
        context.fillStyle = sun;
        context.globalAlpha = 0.35;
        context.fill();
        context.globalAlpha = 1;
    }
}
