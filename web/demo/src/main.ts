// Puts the page together and keeps time: so many simulated seconds for each real one.
import { choice, h } from '../../src/dom';
import { quantity } from '../../src/format';
import { onThemeChange } from '../../src/theme';
import { Board } from './board';
import { simulator, zoo, type ZooNetwork } from './embedded';
import { Engine, InputError, type BoardState, type Named, type RaceState } from './engine';
import { Example } from './example';
import { readFiles } from './files';
import { help } from './help';
import { calm, Loop } from './loop';
import { Opened } from './opened';
import { mostPower, Sky } from './sky';
import { PowerStrip } from './strip';

const startPower = 4e-3;
/** Simulated seconds for a real one: while both chips charge, and while one works. */
const speeds = [
    { name: 'slow motion', charging: 1 / 8, working: 1 / 60 }, { name: 'faster', charging: 1 / 2, working: 1 / 10 },
    { name: 'real time', charging: 1, working: 1 },
];
/** Real seconds: of the race in slow motion, until it quickens by itself; and shown in a strip. */
const slowFor = 12, stripSeconds = 4, stepSeconds = 0.01;
/** In farad: the least gives many power cycles, the last is the board's own. Made as the program reads them. */
const capacitors = [150 * 1e-6, 330 * 1e-6, 0];

/** `ready`: it waits to be started, which is so for who asks for little motion. */
type Phase = 'ready' | 'running' | 'paused' | 'ended';
const mainWords: Record<Phase, string> = { ready: 'Start', running: 'Pause', paused: 'Go on', ended: 'Race again' };

/** There is always a race of two boards. Each change of its phase goes through enter(), each new race through begin(). */
class Demo {
    private readonly loop = new Loop((passed) => this.move(passed / 1000));
    private readonly sky: Sky;
    private readonly harvest = new PowerStrip();
    private readonly example = new Example();
    private readonly live = h('p', { class: 'hidden', role: 'status', 'aria-live': 'polite' });
    private readonly alert = h('p', { class: 'trouble', role: 'alert', hidden: true });
    private readonly waitsFor = h('p', { class: 'waits', hidden: true });
    private readonly verdict = h('p', { class: 'verdict', hidden: true });
    private readonly boardsPlace = h('div', { class: 'boards' });
    private readonly exampleWords = h('p', { class: 'small' });
    private readonly networkList: HTMLSelectElement;
    private readonly ownNetwork = h('option', { value: '' });
    private readonly pauseButton: HTMLButtonElement;
    private readonly againButton = this.button('Again', () => this.begin());
    private readonly speedChoice = choice('Speed', speeds.map(({ name }) => name), 0, (index) => this.setSpeed(index, true));

    private capacitance = capacitors[1]!;
    private readonly capacitorList: HTMLSelectElement;
    private readonly commandWords = h('p', { class: 'small' });
    private readonly command = h('pre', { tabindex: 0, 'aria-label': 'Commands' });
    private policies: [string, string];
    private boards: Board[] = [];
    private state: RaceState;
    private phase: Phase = 'ready';
    private speed = 0;
    private speedIsOwn = false;
    /** Whether a visitor has changed the race since it began. */
    private touched = false;
    /** A network of the visitor that waits for its input; the race goes on meanwhile. */
    private waiting: Named | null = null;
    /** Of the files that are being opened: what is opened later counts. */
    private ticket = 0;
    private ran = 0;
    private told = [false, false];

    constructor(private readonly engine: Engine, private readonly networks: ZooNetwork[], private opened: Opened, root: HTMLElement) {
        const program = engine.program();
        this.policies = [program.policies[0]!.name, program.default_policy];
        this.sky = new Sky(this.harvest.canvas, h('div', { class: 'look' }, this.example.canvas, 'both see this'), startPower, (power) => this.setPower(power));
        this.networkList = h('select', { 'aria-label': 'Network', onchange: () => this.networkList.value !== '' && this.open((isWanted) => this.fromZoo(this.networkList.value, isWanted)) },
            ...this.networks.map(({ name, title }) => h('option', { value: name }, `${name}: ${title}`))) as HTMLSelectElement;
        this.capacitorList = h('select', { onchange: () => { this.capacitance = Number(this.capacitorList.value); this.begin(); } }) as HTMLSelectElement;
        this.pauseButton = this.button('Pause', () => (this.phase === 'ended' ? this.begin() : this.enter(this.phase === 'running' ? 'paused' : 'running')));
        this.pauseButton.classList.add('main');
        root.append(...this.parts());
        this.state = this.begin();
        this.acceptFiles();
        // Also while nothing moves.
        onThemeChange(() => this.draw());
        new ResizeObserver(() => this.draw()).observe(this.boardsPlace);
        document.addEventListener('visibilitychange', () => this.loop.skip());
    }

    private button(text: string, act: () => void): HTMLButtonElement {
        return h('button', { type: 'button', onclick: act }, text) as HTMLButtonElement;
    }

    private parts(): HTMLElement[] {
        const files = h('input', {
            type: 'file', id: 'files', class: 'hidden', multiple: true, accept: '.dynbal,.npy', onchange: () => {
                void this.openFiles([...files.files ?? []]);
                // The same file once more is another choice.
                files.value = '';
            },
        }) as HTMLInputElement;
        return [
            h('header', {}, h('div', { class: 'mark' }, h('span', {}, 'DynBal'), h('a', { href: '#how' }, 'How it works')),
                h('h1', {}, 'Power comes and goes. The answer still comes.'),
                h('p', { class: 'lead' }, 'Two chips without a battery run the same neural network. Each works until its capacitor is empty, dies, and goes on where it was when the sun has filled it again.')),
            h('main', { id: 'content' },
                this.sky.element,
                h('div', { class: 'controls race' }, this.pauseButton, this.againButton, this.speedChoice.element),
                this.alert, this.waitsFor, this.verdict, this.boardsPlace, this.live,
                h('section', { class: 'card', 'aria-labelledby': 'input-title' }, h('h2', { id: 'input-title' }, 'What they look at'),
                    h('div', { class: 'example' }, this.exampleWords,
                        h('div', { class: 'controls' }, h('label', { class: 'field' }, 'Network ', this.networkList),
                            h('label', { class: 'field' }, 'Capacitor ', this.capacitorList)),
                        h('div', { class: 'controls' }, this.button('Another input', () => this.open(() => this.opened.next(this.engine))),
                            h('label', { class: 'file', for: 'files' }, 'Your own files …'), files),
                        h('p', { class: 'small' }, 'Drop them anywhere on the page: a network that ', h('code', {}, 'dynbal compile'), ' wrote (.dynbal), inputs for it (.npy), or both.'),
                        this.commandWords, this.command)),
                help()),
            h('footer', {}, 'Nothing leaves this page: simulator and networks are part of it.'),
        ];
    }

    /** What visitors bring may be wrong; they are told, and the race that is under way goes on. */
    private async open(find: (isWanted: () => boolean) => Opened | null | Promise<Opened | null>): Promise<void> {
        const ticket = ++this.ticket;
        const isWanted = () => ticket === this.ticket;
        try {
            const opened = await find(isWanted);
            if (opened !== null) {
                this.opened = opened;
                this.begin();
            }
        } catch (error) {
            if (!(error instanceof InputError)) throw error;
            if (isWanted()) this.complain(error.message);
        } finally {
            if (isWanted()) this.showChoices();
        }
    }

    private complain(words: string | null): void {
        this.alert.hidden = words === null;
        this.alert.textContent = words;
    }

    private fromZoo(name: string, isWanted: () => boolean): Promise<Opened | null> {
        this.wait(null);
        return Opened.zoo(this.engine, this.networks.find((network) => network.name === name)!, isWanted);
    }

    private async openFiles(files: File[]): Promise<void> {
        if (files.length === 0) return;
        await this.open(async (isWanted) => {
            const { network, samples } = await readFiles(files);
            if (!isWanted()) return null;
            const image = network ?? this.waiting;
            if (samples !== null) {
                const opened = image === null ? this.opened.withSamples(this.engine, samples) : Opened.with(this.engine, image, samples, null, true);
                this.wait(null);
                return opened;
            }
            const { input_dims: dims } = this.engine.network(network!);
            this.complain(null);
            this.wait(network, `${network!.name} needs an input now: a .npy file with samples of ${dims.join(' × ')} values. Until then the race goes on as it is.`);
            return null;
        });
    }

    private wait(network: Named | null, words = ''): void {
        this.waiting = network;
        this.waitsFor.textContent = words;
        this.waitsFor.hidden = network === null;
        if (network !== null) this.say(words);
    }

    /** The lists say what is raced, also where a choice came to nothing. */
    private showChoices(): void {
        const { zoo, network, image } = this.opened;
        this.ownNetwork.textContent = `${image.name}: yours`;
        if (zoo === null) this.networkList.append(this.ownNetwork);
        else this.ownNetwork.remove();
        this.networkList.selectedIndex = zoo === null ? this.networks.length : this.networks.findIndex(({ name }) => name === zoo?.name);
        this.capacitorList.replaceChildren(...capacitors.map((value) =>
            h('option', { value, selected: value === this.capacitance }, quantity(value || network.capacitance_f, 'F') + (value === 0 ? ', the board’s own' : ''))));
    }

    /** A new race with what is chosen now. */
    private begin(): RaceState {
        const { policies } = this.engine.program();
        const { network, input } = this.opened;
        this.boards = this.policies.map((policy, index) => new Board(network, policies, policy, `Chip ${index + 1}`, {
            choose: (name) => {
                this.policies[index] = name;
                this.begin();
                this.boards[index]!.element.querySelector('select')!.focus();
            },
            kill: () => this.kill(index),
            leave: () => this.pauseButton.focus(),
        }));
        this.boardsPlace.replaceChildren(...this.boards.map((board) => board.element));
        this.state = this.engine.start(...this.policies, this.sky.watts, this.capacitance);
        this.harvest.clear();
        this.told = [false, false];
        this.ran = 0;
        this.complain(null);
        if (!this.speedIsOwn) this.setSpeed(0, false);
        this.showChoices();
        this.exampleWords.textContent = this.opened.words;
        this.example.show(network.input_dims, input.values, `The input: ${this.opened.what}`);
        this.showCommand(false);
        this.enter(calm.matches && this.phase === 'ready' ? 'ready' : 'running');
        this.draw();
        this.say(`A race begins: ${this.policies.join(' against ')}, ${quantity(this.sky.watts, 'W')}.`);
        return this.state;
    }

    /** After the race it is the power of the next one. */
    private setPower(power: number): void {
        if (this.phase === 'ended') return;
        this.engine.setPower(power);
        this.changed(this.touched || this.state.time_s > 0);
    }

    private kill(index: number): void {
        this.engine.kill(index);
        this.say(`Chip ${index + 1} is killed: its capacitor is empty.`);
        this.changed(true);
    }

    /** Is seen at once, also while nothing moves. */
    private changed(touched: boolean): void {
        this.showCommand(touched);
        this.step(0);
        this.show();
    }

    /** The program's own words for the race as it began: what a visitor does later, they do not. */
    private showCommand(touched: boolean): void {
        this.touched = touched;
        const where = this.opened.hasOwnFiles ? ', in the folder of your files' : '';
        this.commandWords.textContent = touched ? `The race as it began, before you stepped in, on your own machine${where}:` :
            `The same with the program on your own machine${where}:`;
        if (!touched) this.command.textContent = this.opened.commands(this.policies, this.sky.milliwatts, this.capacitance);
    }

    private setSpeed(index: number, own: boolean): void {
        this.speed = index;
        this.speedIsOwn ||= own;
        this.speedChoice.set(index);
    }

    private enter(phase: Phase): void {
        this.phase = phase;
        if (phase === 'running') this.loop.start();
        else this.loop.stop();
        this.pauseButton.textContent = mainWords[phase];
        // Where both buttons would do the same.
        const hide = phase === 'ready' || phase === 'ended';
        if (hide && document.activeElement === this.againButton) this.pauseButton.focus();
        this.againButton.hidden = hide;
        this.verdict.hidden = phase !== 'ended';
        document.documentElement.dataset.phase = phase;
    }

    /** Some real seconds have passed. */
    private move(passed: number): void {
        const real = Math.min(calm.matches ? 0.6 : 0.25, passed);
        if (!this.speedIsOwn && this.speed === 0 && this.ran > slowFor) this.setSpeed(1, false);
        for (let left = real; left > 0 && !this.state.ended; left -= stepSeconds) this.step(Math.min(left, stepSeconds));
        this.show();
    }

    private show(): void {
        this.draw();
        if (this.state.ended) this.finish();
    }

    /** On by so many real seconds: as few as it takes to notice when a chip starts. */
    private step(real: number): void {
        const { charging, working } = speeds[this.speed]!;
        const { boards, time_s: before } = this.state;
        const pace = boards.some(({ on }) => on) ? working : charging;
        const state = this.engine.advance(real * pace, stripSeconds * pace / 300);
        this.ran += real;
        const shown = (time: number) => this.ran - Math.max(0, state.time_s - Math.max(time, before)) / pace;
        state.boards.forEach((board, index) => this.boards[index]!.note(board, shown));
        this.state = state;
    }

    private draw(): void {
        const { state, opened: { network } } = this;
        this.harvest.add(this.ran, state.power_w);
        this.harvest.draw(this.ran, stripSeconds, mostPower);
        state.boards.forEach((board, index) => {
            const layer = network.layers[board.layer]!;
            this.boards[index]!.draw(board, this.engine.values(index, layer.h * layer.w * layer.channels), this.ran, stripSeconds, this.answerOf(board));
            if (board.answer !== null && !this.told[index]) {
                this.told[index] = true;
                this.say(`Chip ${index + 1}, ${board.policy}, answers: ${this.answerOf(board)}.`);
            }
        });
    }

    private answerOf(board: BoardState): string | null {
        if (board.answer === null) return null;
        return this.opened.className(board.answer.class);
    }

    private finish(): void {
        const { boards } = this.state;
        const { truth } = this.opened;
        const failed = boards.find(({ answer }) => answer === null);
        const [first, second] = [...boards].sort((a, b) => a.time_s - b.time_s) as [BoardState, BoardState];
        const said = first.answer === null ? '' : this.opened.className(first.answer.class);
        const right = truth === null ? '' : said === truth ? ', as it should be' : `; it is ${truth}`;
        const ratio = second.time_s / first.time_s;
        const sooner = ratio > 1.005 ? `${first.policy} answered ${ratio.toFixed(2)} × sooner than ${second.policy}` : 'Both took the same time';
        const cost = `${first.power_cycles} power cycles against ${second.power_cycles}`;
        this.verdict.textContent = failed !== undefined ? `No answer from ${failed.policy}: ${failed.trouble}` :
            `${sooner}: ${cost}. Both say “${said}”${right}.`;
        this.verdict.classList.toggle('bad', failed !== undefined);
        this.enter('ended');
        this.say(this.verdict.textContent);
    }

    private say(text: string): void {
        this.live.textContent = text;
    }

    private acceptFiles(): void {
        document.addEventListener('dragover', (event) => {
            event.preventDefault();
            document.body.classList.add('dropping');
        });
        document.addEventListener('dragleave', (event) => { if (event.relatedTarget === null) document.body.classList.remove('dropping'); });
        document.addEventListener('drop', (event) => {
            event.preventDefault();
            document.body.classList.remove('dropping');
            void this.openFiles([...event.dataTransfer?.files ?? []]);
        });
    }
}

async function start(): Promise<void> {
    const root = document.getElementById('page')!;
    const engine = await Engine.load(await simulator());
    const networks = zoo();
    new Demo(engine, networks, (await Opened.zoo(engine, networks[0]!))!, root);
    document.documentElement.dataset.ready = 'true';
}

start().catch((error: unknown) => {
    document.getElementById('page')!.append(h('p', { class: 'trouble', role: 'alert' }, `The demo cannot run here: ${String(error)}. It needs a browser of 2023 or later.`));
    throw error;
});
