// Where the power comes from: a sun of adjustable strength and a cloud to draw over it, in a picture and as two sliders.
import { h } from '../../src/dom';
import { quantity } from '../../src/format';

const least = 0.3e-3, most = 30e-3;
/** What a cloud that covers the sun lets through. */
const through = 0.04;
/** Places in the picture, from the left: of the sun, and of a cloud at rest. */
const sunAt = 0.3, restAt = 0.64;
/** The way of the cloud, from 0 to 100, from where it begins to cover the sun. */
const touches = 40;

const coverOf = (way: number): number => Math.max(0, way - touches) / (100 - touches);

const watts = (position: number): number => least * (most / least) ** (position / 100);
const position = (power: number): number => 100 * Math.log(power / least) / Math.log(most / least);


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
        this.scene = h('div', { class: 'scene' }, h('div', { class: 'sun', 'aria-hidden': 'true' }), strip, this.cloud, look, h('div', { class: 'arrives' }, this.power, ' arrive'));
        this.element = h('section', { class: 'sky', 'aria-label': 'Power for both chips' }, this.scene,
            h('div', { class: 'sliders' },
                h('div', {}, h('label', { for: 'strength' }, 'Sun'), this.strength),
                h('div', {}, h('label', { for: 'cover' }, 'Cloud'), this.cover)));
        this.draggable();
        new ResizeObserver(() => this.show()).observe(this.scene);
        this.show();
    }

    /** What arrives, in two digits: what the label says is what is simulated. */
    get milliwatts(): number {
        const own = this.strength.dataset.power;
        const sun = own !== undefined ? Number(own) : watts(Number(this.strength.value));
        return Number((1e3 * sun * (1 - (1 - through) * coverOf(Number(this.cover.value)))).toPrecision(2));
    }

    get watts(): number {
        return this.milliwatts * 1e-3;
    }

    private told(): void {
        delete this.strength.dataset.power;
        this.show();
        this.changed(this.watts);
    }

    private show(): void {
        const { watts: power } = this;
        this.power.textContent = quantity(power, 'W');
        this.strength.setAttribute('aria-valuetext', `${quantity(power, 'W')} reach the chips`);
        this.cover.setAttribute('aria-valuetext', `covers ${Math.round(100 * coverOf(Number(this.cover.value)))} percent of the sun; ${quantity(power, 'W')} reach the chips`);
        this.scene.style.setProperty('--light', String(Math.max(0.08, position(Math.max(power, least)) / 100)));
        this.scene.style.setProperty('--strength', String(Number(this.strength.value) / 100));
        this.cloud.style.left = `${sunAt * this.scene.clientWidth + this.distance(Number(this.cover.value))}px`;
    }

    /** Between the middles of cloud and sun, in pixels: at rest, touching, and where it covers all. */
    private stations(): [number, number, number] {
        const cloud = this.cloud.getBoundingClientRect().width / 2;
        const sun = 17 + 13 * Number(this.strength.value) / 100;
        return [(restAt - sunAt) * this.scene.clientWidth, cloud + sun, Math.max(0, cloud - 1.4 * sun)];
    }

    private distance(way: number): number {
        const [rest, touching, covering] = this.stations();
        return way < touches ? rest + (touching - rest) * way / touches : touching + (covering - touching) * coverOf(way);
    }

    /** The other way round. */
    private wayOf(distance: number): number {
        const [rest, touching, covering] = this.stations();
        const way = distance > touching ? touches * (rest - distance) / (rest - touching) :
            touches + (100 - touches) * (touching - distance) / (touching - covering);
        return Math.min(100, Math.max(0, way));
    }

    private draggable(): void {
        let from: { x: number; distance: number } | null = null;
        this.cloud.addEventListener('pointerdown', (event) => {
            from = { x: event.clientX, distance: this.distance(Number(this.cover.value)) };
            this.cloud.setPointerCapture(event.pointerId);
            event.preventDefault();
        });
        this.cloud.addEventListener('pointermove', (event) => {
            if (from === null) return;
            this.cover.value = String(this.wayOf(from.distance + event.clientX - from.x));
            this.told();
        });
        for (const name of ['pointerup', 'pointercancel']) this.cloud.addEventListener(name, () => { from = null; });
    }
}

export const mostPower = most;
