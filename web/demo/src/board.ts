// One chip: its capacitor, what it works on, how far it is, what it has cost, and its answer.
import { h } from '../../src/dom';
import { count, duration, quantity } from '../../src/format';
import { Chip } from './chip';
import type { BoardState, NetworkInfo, Policy } from './engine';
import { VoltageStrip } from './strip';

/** So many power cycles without progress are worth a word. */
const idleMany = 12;

type Phase = 'on' | 'off' | 'ended' | 'trouble';

export interface BoardActions {
    choose(policy: string): void;
    kill(): void;
    /** Somewhere else for the keyboard. */
    leave(): void;
}

export class Board {
    readonly element: HTMLElement;
    private readonly chip = new Chip();
    private readonly strip: VoltageStrip;
    private readonly level = h('i', {});
    private readonly tank: HTMLElement;
    private readonly pill = h('span', { class: 'pill' });
    private readonly task = h('span', {});
    private readonly tile = h('span', {});
    private readonly segments: HTMLElement[];
    private readonly cycles = h('dd', {});
    private readonly time = h('dd', {});
    private readonly energy = h('dd', {});
    private readonly answer = h('p', { class: 'answer' });
    private readonly shout = h('p', { class: 'shout', 'aria-hidden': 'true' });
    private readonly kill: HTMLButtonElement;
    private phase: Phase | null = null;
    private endedAt: number | null = null;

    constructor(private readonly network: NetworkInfo, policies: Policy[], own: string, name: string, private readonly actions: BoardActions) {
        this.strip = new VoltageStrip(network.on_v, network.off_v);
        this.tank = h('div', { class: 'tank' }, this.level);
        const list = h('select', { 'aria-label': `${name}: how it chooses its tiles`, onchange: () => actions.choose((list as HTMLSelectElement).value) },
            ...policies.map((policy) => h('option', { value: policy.name, selected: policy.name === own }, policy.name)));
        const title = policies.find((policy) => policy.name === own)?.title ?? '';
        this.segments = network.layers.map(() => h('i', {}));
        const layers = h('div', { class: 'layers', 'aria-hidden': 'true' }, ...this.segments.map((bar) => h('span', {}, bar)));
        this.kill = h('button', { type: 'button', class: 'kill', onclick: () => actions.kill() }, 'Kill it',
            h('span', { class: 'hidden' }, `: ${name}`)) as HTMLButtonElement;
        const fact = (what: string, value: HTMLElement) => h('div', {}, h('dt', {}, what), value);
        this.element = h('section', { class: 'card board', 'aria-label': name },
            h('h2', { class: 'hidden' }, name),
            h('div', { class: 'head' }, h('span', { class: `dot ${own}`, 'aria-hidden': 'true' }), list, this.pill, this.kill),
            h('p', { class: 'policy' }, title),
            h('div', { class: 'works' }, h('div', { class: 'store', 'aria-hidden': 'true' }, this.tank, h('span', {}, 'capacitor')),
                h('div', { class: 'package' }, h('b', { class: 'led', 'aria-hidden': 'true' }), this.chip.canvas, this.shout)),
            layers, h('p', { class: 'task' }, this.task, this.tile), this.strip.canvas,
            h('dl', { class: 'figures' }, fact('power cycles', this.cycles), fact('time', this.time), fact('energy', this.energy)),
            this.answer);
    }

    /** What came since the last time: kept even where nothing is drawn. */
    note(state: BoardState, shown: (time: number) => number): void {
        this.strip.add(state.samples, shown);
    }

    draw(state: BoardState, values: Int16Array, now: number, seconds: number, answer: string | null): void {
        const { on_v: onV, off_v: offV } = this.network;
        const phase: Phase = state.trouble !== '' ? 'trouble' : state.ended ? 'ended' : state.on ? 'on' : 'off';
        if (phase !== this.phase) this.element.dataset.phase = this.phase = phase;
        const level = (state.voltage_v ** 2 - offV ** 2) / (onV ** 2 - offV ** 2);
        this.level.style.height = `${100 * Math.min(1, Math.max(0, level))}%`;
        this.chip.draw(state, this.network.layers[state.layer]!, values);
        if (state.ended) this.endedAt ??= now;
        this.strip.draw(this.endedAt ?? now, seconds);
        state.layers.forEach(({ share }, index) => { this.segments[index]!.style.width = `${100 * share}%`; });
        this.words(state, answer);
    }

    private words(state: BoardState, answer: string | null): void {
        set(this.pill, state.trouble !== '' ? 'stopped' : state.ended ? 'answered' : state.on ? 'running' : state.power_cycles === 0 ? 'charging' : 'no power');
        const layer = this.network.layers[state.layer]!;
        const [out, into, pixels] = state.config;
        const changed = state.layers[state.layer]!.changes;
        const tile = `tile ${out} × ${into} × ${pixels}${changed > 0 ? `, changed ${changed}\u00a0×` : ''}`;
        set(this.task, state.ended ? `${this.network.layers.length} layers done` : `Layer ${state.layer} (0 to ${this.network.layers.length - 1}), ${layer.operator}`);
        set(this.tile, state.ended ? '' : tile);
        set(this.cycles, count(state.power_cycles));
        set(this.time, duration(state.time_s));
        set(this.energy, quantity(state.energy_j, 'J'));
        const over = state.ended || state.trouble !== '';
        // A button that can't be pressed any more would take the keyboard's place with it.
        if (over && document.activeElement === this.kill) this.actions.leave();
        this.kill.disabled = over;
        const stuck = state.idle_cycles >= idleMany ? `No further in ${state.idle_cycles} power cycles: each is too short. More sun?` : '';
        const same = state.answer?.same ? 'Bit for bit the answer of a run without failures.' : 'NOT the answer of a run without failures!';
        set(this.shout, answer ?? '');
        set(this.answer, state.trouble || (answer === null ? stuck : same));
    }

}

function set(element: HTMLElement, text: string): void {
    if (element.textContent !== text) element.textContent = text;
}
