// The output of the layer at work, as it fills the memory that keeps it: one small picture a channel, the tile that is
// worked on lighter.
import { prepared } from './colours';
import type { BoardState, LayerShape } from './engine';

/** As the simulator marks a value that is not finished. */
const unfinished = -32768;

interface Mosaic { columns: number; width: number; height: number }

/** Channels side by side, in a field of about these proportions. */
export function arrange({ h, w, channels }: LayerShape, proportions: number): Mosaic {
    let best: Mosaic = { columns: 1, width: 1, height: 1 };
    let least = Infinity;
    for (let columns = 1; columns <= channels; ++columns) {
        const width = columns * (w + 1) - 1;
        const height = Math.ceil(channels / columns) * (h + 1) - 1;
        const off = Math.abs(Math.log(width / height / proportions));
        if (off < least) [best, least] = [{ columns, width, height }, off];
    }
    return best;
}

type Colour = [number, number, number];
const empty: Colour = [38, 52, 66], tile: Colour = [58, 90, 118], zero: Colour = [78, 108, 134];
const high: Colour = [214, 240, 255], low: Colour = [255, 176, 122];

function mixed(from: Colour, to: Colour, share: number): Colour {
    return [0, 1, 2].map((index) => from[index]! + (to[index]! - from[index]!) * share) as Colour;
}

/** Of a value, the largest of its layer being `most`. */
function colourOf(value: number, most: number): Colour {
    return mixed(zero, value < 0 ? low : high, Math.sqrt(Math.abs(value) / most));
}

const ladder = 64;
const colours = [...Array(2 * ladder + 1).keys()].map((index) => colourOf(index - ladder, ladder));

export class Chip {
    readonly canvas = document.createElement('canvas');
    private readonly pixels = document.createElement('canvas');
    private layer = -1;
    private mosaic: Mosaic = { columns: 1, width: 1, height: 1 };
    private label = '';
    private painted = '';

    constructor() {
        this.canvas.setAttribute('role', 'img');
        this.canvas.className = 'chip-canvas';
    }

    draw(state: BoardState, shape: LayerShape, values: Int16Array): void {
        if (state.layer !== this.layer) {
            this.layer = state.layer;
            this.mosaic = arrange(shape, this.canvas.clientWidth / this.canvas.clientHeight || 1);
            this.pixels.width = this.mosaic.width;
            this.pixels.height = this.mosaic.height;
        }
        // Nothing is painted twice.
        const picture = `${state.layer} ${state.finished} ${state.tile}`;
        if (picture !== this.painted) this.paint(state, shape, values);
        this.painted = picture;
        const ready = prepared(this.canvas);
        if (ready === null) return;
        const { context, width, height } = ready;
        const scale = Math.min(width / this.mosaic.width, height / this.mosaic.height);
        const [wide, tall] = [this.mosaic.width * scale, this.mosaic.height * scale];
        context.imageSmoothingEnabled = scale < 1;
        context.drawImage(this.pixels, (width - wide) / 2, (height - tall) / 2, wide, tall);
        const label = `Output of layer ${state.layer}, ${shape.name}: ${Math.floor(10 * state.finished / values.length) * 10} percent finished`;
        if (label !== this.label) this.canvas.setAttribute('aria-label', this.label = label);
    }

    private paint(state: BoardState, { h, w, channels }: LayerShape, values: Int16Array): void {
        const context = this.pixels.getContext('2d')!;
        const image = context.createImageData(this.mosaic.width, this.mosaic.height);
        const [pixelFrom, pixelTo, channelFrom, channelTo] = state.tile;
        let most = 1;
        for (const value of values) if (value !== unfinished) most = Math.max(most, Math.abs(value));
        for (let pixel = 0; pixel < h * w; ++pixel) {
            const inPixels = pixel >= pixelFrom && pixel < pixelTo;
            for (let channel = 0; channel < channels; ++channel) {
                const value = values[pixel * channels + channel]!;
                const inTile = inPixels && channel >= channelFrom && channel < channelTo;
                const colour = value !== unfinished ? colours[ladder + Math.round(ladder * value / most)]! : inTile ? tile : empty;
                const x = (channel % this.mosaic.columns) * (w + 1) + pixel % w;
                const y = Math.floor(channel / this.mosaic.columns) * (h + 1) + Math.floor(pixel / w);
                image.data.set(colour, 4 * (y * this.mosaic.width + x));
                image.data[4 * (y * this.mosaic.width + x) + 3] = 255;
            }
        }
        context.putImageData(image, 0, 0);
    }
}
