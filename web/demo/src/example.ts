// What both chips look at: a picture, where the input is one, else its values as curves.
import { h } from '../../src/dom';
import { onThemeChange } from '../../src/theme';
import { colours, prepared } from './colours';

export class Example {
    readonly canvas = h('canvas', { class: 'example-canvas', role: 'img', 'aria-label': 'The input' }) as HTMLCanvasElement;
    private dims: number[] = [];
    private values: number[] = [];

    constructor() {
        onThemeChange(() => this.draw());
        new ResizeObserver(() => this.draw()).observe(this.canvas);
    }

    show(dims: number[], values: number[], label: string): void {
        this.dims = dims;
        this.values = values;
        this.canvas.setAttribute('aria-label', label);
        this.draw();
    }

    draw(): void {
        const ready = prepared(this.canvas);
        if (ready === null || this.values.length === 0) return;
        const { context, width, height } = ready;
        // The first is that of a batch of one.
        const [channels = 0, tall = 0, wide = 0] = this.dims.slice(1);
        const isPicture = this.dims.length === 4 && (channels === 1 || channels === 3) && tall < 3 * wide && wide < 3 * tall;
        if (isPicture) this.picture(context, width, height, channels, tall, wide);
        else this.curves(context, width, height);
    }

    private picture(context: CanvasRenderingContext2D, width: number, height: number, channels: number, tall: number, wide: number): void {
        const [low, high] = [Math.min(...this.values), Math.max(...this.values)];
        const image = new ImageData(wide, tall);
        for (let pixel = 0; pixel < tall * wide; ++pixel) {
            for (let part = 0; part < 3; ++part) {
                const value = this.values[(part % channels) * tall * wide + pixel]!;
                image.data[4 * pixel + part] = 255 * (value - low) / (high - low || 1);
            }
            image.data[4 * pixel + 3] = 255;
        }
        const pixels = document.createElement('canvas');
        pixels.width = wide;
        pixels.height = tall;
        pixels.getContext('2d')!.putImageData(image, 0, 0);
        context.imageSmoothingEnabled = false;
        const scale = Math.min(width / wide, height / tall);
        context.drawImage(pixels, (width - wide * scale) / 2, (height - tall * scale) / 2, wide * scale, tall * scale);
    }

    /** The last dimension along the picture, at most nine curves above each other. */
    private curves(context: CanvasRenderingContext2D, width: number, height: number): void {
        const length = this.dims[this.dims.length - 1]!;
        const count = Math.min(9, this.values.length / length);
        const { accent, soft } = colours();
        context.fillStyle = soft;
        context.fillRect(0, 0, width, height);
        context.strokeStyle = accent;
        context.lineWidth = 1.2;
        for (let curve = 0; curve < count; ++curve) {
            const part = this.values.slice(curve * length, (curve + 1) * length);
            const [low, high] = [Math.min(...part), Math.max(...part)];
            context.beginPath();
            part.forEach((value, index) => {
                const share = high > low ? (value - low) / (high - low) : 0.5;
                context.lineTo(4 + index / Math.max(1, length - 1) * (width - 8), (curve + 0.9 - 0.8 * share) * height / count);
            });
            context.stroke();
        }
    }
}
