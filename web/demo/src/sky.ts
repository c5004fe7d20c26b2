// Where the power comes from: a sun of adjustable strength and a cloud to draw over it, in a picture and as two sliders.
import { h } from '../../src/dom';
import { quantity } from '../../src/format';

const least = 0.3e-3, most = 30e-3;
/** What a cloud that covers the sun lets through. */
const through = 0.04;
const sunAt = 0.24;

const watts = (position: number): number => least * (most / least) ** (position / 100);
const position = (power: number): number => 100 * Math.log(power / least) / Math.log(most / least);

/** Two digits: what the label says is what is simulated. */
const rounded = (value: number): number => Number(value.toPrecision(2));

export class Sky {
    readonly element: HTMLElement;
    private readonly strength: HTMLInputElement;
    private readonly cover: HTMLInputElement;
    private readonly power: HTMLElement;
    private readonly scene: HTMLElement;
    private readonly cloud: HTMLElement;

    constructor(strip: HTMLCanvasElement, look: HTMLElement, start: number, private readonly changed: (power: number) => void) {
        const slider = (id: string, value: number) => h('input', {
            type: 'range', id, min: 0, max: 100, step: 1, value, oninput: () => this.told(),
        }) as HTMLInputElement;
        this.strength = slider('strength', Math.round(position(start)));
        this.strength.dataset.power = String(start);
        this.cover = slider('cover', 0);
        this.power = h('output', { for: 'strength cover', class: 'power' });
        this.cloud = h('div', { class: 'cloud', 'aria-hidden': 'true' }, h('i', {}), h('i', {}), h('i', {}), h('i', {}));
        this.scene = h('div', { class: 'scene' }, h('div', { class: 'sun', 'aria-hidden': 'true' }), strip, this.cloud, look);
        this.element = h('section', { class: 'sky', 'aria-label': 'Power for both chips' }, this.scene,
            h('div', { class: 'sliders' },
                h('div', {}, h('label', { for: 'strength' }, 'Sun'), this.strength),
                h('div', {}, h('label', { for: 'cover' }, 'Cloud'), this.cover), this.power));
        this.draggable();
        this.show();
    }

    get watts(): number {
        const own = this.strength.dataset.power;
        const sun = own !== undefined ? Number(own) : watts(Number(this.strength.value));
        return rounded(sun * (1 - (1 - through) * Number(this.cover.value) / 100));
    }

    private told(): void {
        delete this.strength.dataset.power;
        this.show();
        this.changed(this.watts);
    }

    private show(): void {
        const { watts: power } = this;
        const cover = Number(this.cover.value);
        this.power.textContent = quantity(power, 'W');
        this.strength.setAttribute('aria-valuetext', `${quantity(power, 'W')} reach the chips`);
        this.cover.setAttribute('aria-valuetext', `covers ${cover} percent of the sun; ${quantity(power, 'W')} reach the chips`);
        this.scene.style.setProperty('--light', String(Math.max(0.08, position(Math.max(power, least)) / 100)));
        this.scene.style.setProperty('--strength', String(Number(this.strength.value) / 100));
        // From the far right, clear of the sun, to its middle.
        this.cloud.style.left = `${100 * (0.78 + (sunAt - 0.78) * cover / 100)}%`;
    }

    private draggable(): void {
        let from: { x: number; cover: number } | null = null;
        this.cloud.addEventListener('pointerdown', (event) => {
            from = { x: event.clientX, cover: Number(this.cover.value) };
            this.cloud.setPointerCapture(event.pointerId);
            event.preventDefault();
        });
        this.cloud.addEventListener('pointermove', (event) => {
            if (from === null) return;
            const way = (event.clientX - from.x) / (this.scene.clientWidth * (sunAt - 0.78));
            this.cover.value = String(from.cover + 100 * way);
            this.told();
        });
        for (const name of ['pointerup', 'pointercancel']) this.cloud.addEventListener(name, () => { from = null; });
    }
}

export const mostPower = most;
