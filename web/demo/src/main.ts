// Puts the page together and keeps time: so many simulated seconds for each real one.
import { choice, h } from '../../src/dom';
import { quantity } from '../../src/format';
import { onThemeChange } from '../../src/theme';
import { Board } from './board';
import { simulator, unpack, zoo, type ZooNetwork } from './embedded';
import { Engine, InputError, type BoardState, type InputInfo, type NetworkInfo, type RaceState } from './engine';
import { Example } from './example';
import { help } from './help';
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
const calm = matchMedia('(prefers-reduced-motion: reduce)');

class Demo {
    private readonly networks = zoo();
    private readonly sky: Sky;
    private readonly harvest = new PowerStrip();
    private readonly example = new Example();
    private readonly live = h('p', { class: 'hidden', role: 'status', 'aria-live': 'polite' });
    private readonly alert = h('p', { class: 'trouble', role: 'alert', hidden: true });
    private readonly verdict = h('p', { class: 'verdict', hidden: true });
    private readonly boardsPlace = h('div', { class: 'boards' });
    private readonly exampleWords = h('p', { class: 'small' });
    private readonly networkList: HTMLSelectElement;
    private readonly pauseButton: HTMLButtonElement;
    private readonly againButton = this.button('Again', () => this.begin());
    private readonly speedChoice = choice('Speed', speeds.map(({ name }) => name), 0, (index) => this.setSpeed(index, true));

    private network: NetworkInfo | null = null;
    private chosen: ZooNetwork | null = null;
    private samples: { bytes: Uint8Array; name: string; labels: number[] } | null = null;
    private input: InputInfo | null = null;
    private index = 0;
    private capacitance = capacitors[1]!;
    private readonly capacitorList: HTMLSelectElement;
    private readonly commandWords = h('p', { class: 'small' });
    private readonly command = h('pre', {});
    private policies: [string, string];
    private boards: Board[] = [];
    private state: RaceState | null = null;
    private speed = 0;
    private speedIsOwn = false;
    private running = false;
    private ran = 0;
    private last = 0;
    private told = [false, false];

    constructor(private readonly engine: Engine, root: HTMLElement) {
        const program = engine.program();
        this.policies = [program.policies[0]!.name, program.default_policy];
        this.sky = new Sky(this.harvest.canvas, h('div', { class: 'look' }, this.example.canvas, 'both see this'), startPower, (power) => {
            this.engine.setPower(power);
            this.touch();
        });
        this.networkList = h('select', { 'aria-label': 'Network', onchange: () => this.guard(() => this.openZoo(this.networkList.value)) },
            ...this.networks.map(({ name, title }) => h('option', { value: name }, `${name}: ${title}`))) as HTMLSelectElement;
        this.capacitorList = h('select', { onchange: () => { this.capacitance = Number(this.capacitorList.value); this.begin(); } }) as HTMLSelectElement;
        this.pauseButton = this.button('Pause', () => (this.state?.ended ? this.begin() : this.setRunning(!this.running)));
        this.pauseButton.classList.add('main');
        root.append(...this.parts());
        this.acceptFiles();
        // Also while nothing moves.
        onThemeChange(() => this.draw());
        new ResizeObserver(() => this.draw()).observe(this.boardsPlace);
        document.addEventListener('visibilitychange', () => { this.last = performance.now(); });
    }

    private button(text: string, act: () => void): HTMLButtonElement {
        return h('button', { type: 'button', onclick: act }, text) as HTMLButtonElement;
    }

    private parts(): HTMLElement[] {
        const files = h('input', { type: 'file', id: 'files', class: 'hidden', multiple: true, accept: '.dynbal,.npy', onchange: () => this.openFiles([...(files as HTMLInputElement).files ?? []]) });
        return [
            h('header', {}, h('div', { class: 'mark' }, h('span', {}, 'DynBal'), h('a', { href: '#how' }, 'How it works')),
                h('h1', {}, 'Power comes and goes. The answer still comes.'),
                h('p', { class: 'lead' }, 'Two chips without a battery run the same neural network. Each works until its capacitor is empty, dies, and goes on where it was when the sun has filled it again.')),
            h('main', { id: 'content' },
                this.sky.element,
                h('div', { class: 'controls race' }, this.pauseButton, this.againButton, this.speedChoice.element),
                this.alert, this.verdict, this.boardsPlace, this.live,
                h('section', { class: 'card', 'aria-labelledby': 'input-title' }, h('h2', { id: 'input-title' }, 'What they look at'),
                    h('div', { class: 'example' }, this.exampleWords,
                        h('div', { class: 'controls' }, h('label', { class: 'field' }, 'Network ', this.networkList),
                            h('label', { class: 'field' }, 'Capacitor ', this.capacitorList)),
                        h('div', { class: 'controls' }, this.button('Another input', () => this.guard(() => this.nextInput())),
                            h('label', { class: 'file', for: 'files' }, 'Your own files …'), files),
                        h('p', { class: 'small' }, 'Drop them anywhere on the page: a network that ', h('code', {}, 'dynbal compile'), ' wrote (.dynbal), inputs for it (.npy), or both.'),
                        this.commandWords, this.command)),
                help()),
            h('footer', {}, 'Nothing leaves this page: simulator and networks are part of it.'),
        ];
    }

    /** What visitors bring may be wrong; they are told, and all stays as it was. */
    private async guard(act: () => void | Promise<void>): Promise<void> {
        try {
            await act();
            this.alert.hidden = true;
        } catch (error) {
            if (!(error instanceof InputError)) throw error;
            this.alert.textContent = error.message;
            this.alert.hidden = false;
        }
    }

    async openZoo(name: string): Promise<void> {
        const chosen = this.networks.find((network) => network.name === name)!;
        const [image, samples] = await Promise.all([unpack(chosen.image), unpack(chosen.samples)]);
        this.network = this.engine.network(image, `${name}.dynbal`);
        this.chosen = chosen;
        this.samples = { bytes: samples, name: 'inputs.npy', labels: chosen.labels };
        this.networkList.value = name;
        this.useInput(0);
    }

    private useInput(index: number): void {
        this.input = this.engine.input(this.samples!.bytes, this.samples!.name, index);
        this.index = index;
        this.begin();
    }

    private nextInput(): void {
        if (this.input !== null) this.useInput((this.index + 1) % this.input.samples);
    }

    private className(index: number): string {
        return this.chosen?.classes[index] ?? `class ${index}`;
    }

    /** What the input shows, where that is known. */
    private truth(): string | null {
        const label = this.samples?.labels[this.index];
        return label === undefined ? null : this.className(label);
    }

    private showInput(): void {
        const { network, input, chosen } = this;
        if (network === null || input === null) return;
        const truth = this.truth();
        const what = truth === null ? `Sample ${this.index + 1} of ${input.samples} in ${this.samples!.name}` : `${truth}, input ${this.index + 1} of ${input.samples}`;
        const clipped = input.outside > 0 ? ` ${input.outside} values are outside the range that the network was calibrated for, and are clipped.` : '';
        this.exampleWords.textContent = `${what}.${chosen === null || truth === null ? '' : ` From ${chosen.inputs}.`}${clipped}`;
        this.example.show(network.input_dims, input.values, `The input: ${what}`);
    }

    begin(): void {
        if (this.network === null || this.input === null) return;
        const { policies } = this.engine.program();
        this.boards = this.policies.map((policy, index) => new Board(this.network!, policies, policy, `Chip ${index + 1}`, {
            choose: (name) => {
                this.policies[index] = name;
                this.begin();
                this.boards[index]!.element.querySelector('select')!.focus();
            },
            kill: () => this.kill(index),
        }));
        this.boardsPlace.replaceChildren(...this.boards.map((board) => board.element));
        this.capacitorList.replaceChildren(...capacitors.map((value) =>
            h('option', { value, selected: value === this.capacitance }, quantity(value || this.network!.capacitance_f, 'F') + (value === 0 ? ', the board’s own' : ''))));
        this.state = this.engine.start(...this.policies, this.sky.watts, this.capacitance);
        this.harvest.clear();
        this.told = [false, false];
        this.ran = 0;
        this.verdict.hidden = true;
        if (!this.speedIsOwn) this.setSpeed(0, false);
        this.showInput();
        this.showCommand();
        this.setRunning(!calm.matches || this.last > 0);
        this.draw();
        this.say(`A race begins: ${this.policies.join(' against ')}, ${quantity(this.sky.watts, 'W')}.`);
    }

    /** The program's own words for the race, as long as nobody interferes. */
    private showCommand(): void {
        if (this.network === null || this.samples === null) return;
        this.commandWords.textContent = 'The same with the program on your own machine:';
        const name = this.chosen?.name ?? this.network!.model;
        const capacitor = this.capacitance === 0 ? '' : `,capacitance=${quantity(this.capacitance, 'F').replace('µ', 'u').replace(' ', '')}`;
        const zoo = this.chosen === null ? '' : `dynbal zoo ${name} -o ${name}; cd ${name}\n${this.chosen.compile}\n`;
        this.command.textContent = zoo + [...new Set(this.policies)].map((policy) =>
            `dynbal simulate ${name}.dynbal --input ${this.samples!.name}@${this.index} --supply power:${this.sky.milliwatts}mW${capacitor} --policy ${policy}`).join('\n');
    }

    /** What a visitor does, the commands do not. */
    private touch(): void {
        if (this.state === null || this.state.time_s === 0) this.showCommand();
        else this.commandWords.textContent = 'The race as it began, before you stepped in, on your own machine:';
    }

    private kill(index: number): void {
        this.engine.kill(index);
        this.touch();
        this.say(`Chip ${index + 1} is killed: its capacitor is empty.`);
    }

    private setSpeed(index: number, own: boolean): void {
        this.speed = index;
        this.speedIsOwn ||= own;
        this.speedChoice.set(index);
    }

    private setRunning(running: boolean): void {
        this.running = running;
        this.againButton.hidden = this.state?.ended === true;
        this.pauseButton.textContent = running ? 'Pause' : this.state?.ended ? 'Race again' : this.state?.time_s === 0 ? 'Start' : 'Go on';
        if (!running) return;
        this.last = performance.now();
        requestAnimationFrame((now) => this.frame(now));
    }

    private frame(now: number): void {
        if (!this.running || this.state === null) return;
        // Few pictures for who asks for little motion.
        const due = now - this.last >= (calm.matches ? 500 : 0);
        if (due) {
            const real = Math.min(calm.matches ? 0.6 : 0.25, Math.max(0, now - this.last) / 1000);
            this.last = now;
            if (!this.speedIsOwn && this.speed === 0 && this.ran > slowFor) this.setSpeed(1, false);
            for (let left = real; left > 0 && !this.state.ended; left -= stepSeconds) this.step(Math.min(left, stepSeconds));
            this.draw();
            if (this.state.ended) {
                this.finish();
                return;
            }
        }
        requestAnimationFrame((next) => this.frame(next));
    }

    /** On by so many real seconds: as few as it takes to notice when a chip starts. */
    private step(real: number): void {
        const { charging, working } = speeds[this.speed]!;
        const { boards, time_s: before } = this.state!;
        const pace = boards.some(({ on }) => on) ? working : charging;
        const state = this.engine.advance(real * pace, stripSeconds * pace / 300);
        this.ran += real;
        const shown = (time: number) => this.ran - Math.max(0, state.time_s - Math.max(time, before)) / pace;
        state.boards.forEach((board, index) => this.boards[index]!.note(board, shown));
        this.state = state;
    }

    private draw(): void {
        const { state, network } = this;
        if (state === null || network === null) return;
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
        return this.className(board.answer.class);
    }

    private finish(): void {
        this.setRunning(false);
        const failed = this.state!.boards.find(({ answer }) => answer === null);
        const [first, second] = [...this.state!.boards].sort((a, b) => a.time_s - b.time_s) as [BoardState, BoardState];
        const truth = this.truth();
        const right = first.answer !== null && truth !== null ? (this.className(first.answer.class) === truth ? ', which is right' : `; it is ${truth}`) : '';
        const ratio = second.time_s / first.time_s;
        const sooner = ratio > 1.005 ? `${first.policy} answered ${ratio.toFixed(2)} × sooner than ${second.policy}` : 'Both took the same time';
        const cost = `${first.power_cycles} power cycles against ${second.power_cycles}`;
        this.verdict.textContent = failed !== undefined ? `No answer from ${failed.policy}: ${failed.trouble}` :
            `${sooner}: ${cost}. Both say “${this.className(first.answer!.class)}”${right}.`;
        this.verdict.classList.toggle('bad', failed !== undefined);
        this.verdict.hidden = false;
        this.say(this.verdict.textContent);
        document.documentElement.dataset.ended = 'true';
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

    /** Networks before inputs: these may be for those. */
    private async openFiles(files: File[]): Promise<void> {
        await this.guard(async () => {
            const known = files.filter(({ name }) => /\.(dynbal|npy)$/i.test(name));
            if (files.some(({ name }) => /\.onnx$/i.test(name))) {
                throw new InputError('An ONNX file has to be compiled first: dynbal compile yours.onnx -o yours.dynbal --calibrate samples.npy');
            }
            if (known.length < files.length) throw new InputError(`${files.find((file) => !known.includes(file))!.name}: only .dynbal and .npy files can be opened here`);
            for (const file of known.sort((a, b) => a.name.localeCompare(b.name))) await this.openFile(file);
        });
    }

    private async openFile(file: File): Promise<void> {
        const bytes = new Uint8Array(await file.arrayBuffer());
        if (/\.npy$/i.test(file.name)) {
            const input = this.engine.input(bytes, file.name, 0);
            this.input = input;
            this.samples = { bytes, name: file.name, labels: [] };
            this.index = 0;
            this.begin();
            return;
        }
        this.network = this.engine.network(bytes, file.name);
        this.chosen = null;
        this.input = null;
        this.state = null;
        this.running = false;
        this.boardsPlace.replaceChildren();
        this.networkList.selectedIndex = -1;
        this.exampleWords.textContent = `${file.name} needs an input now: a .npy file with samples of ${this.network.input_dims.join(' × ')} values.`;
    }
}

async function start(): Promise<void> {
    const root = document.getElementById('page')!;
    const demo = new Demo(await Engine.load(await simulator()), root);
    await demo.openZoo(zoo()[0]!.name);
    document.documentElement.dataset.ready = 'true';
}

start().catch((error: unknown) => {
    document.getElementById('page')!.append(h('p', { class: 'trouble', role: 'alert' }, `The demo cannot run here: ${String(error)}. It needs a browser of 2023 or later.`));
    throw error;
});
