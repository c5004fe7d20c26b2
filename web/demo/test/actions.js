// Runs inside the page: what a visitor can do, and what must hold afterwards. `files` has what can be dropped.
// Its do(action) and settled() answer what is wrong, or ''.
window.makeVisitor = (files, drop) => {
    const one = (selector) => document.querySelector(selector);
    const all = (selector) => [...document.querySelectorAll(selector)];
    const main = () => one('button.main').textContent;
    const again = () => all('button').find(({ textContent }) => textContent === 'Again');
    const ask = window.requestAnimationFrame.bind(window);
    const frame = () => new Promise((done) => ask(done));
    let calls = 0;
    window.requestAnimationFrame = (act) => ask((now) => {
        ++calls;
        act(now);
    });

    /** What is expected to be seen. */
    const model = { phase: one('button.main').textContent === 'Start' ? 'ready' : 'running', touched: false, alert: false, waits: false, network: 'fashion_mnist', input: 'inputs.npy' };
    const mainWords = { ready: 'Start', running: 'Pause', paused: 'Go on', ended: 'Race again' };
    const started = (more = {}) => Object.assign(model, { phase: model.phase === 'ready' ? 'ready' : 'running', touched: false, alert: false }, more);
    const set = (element, value, event) => {
        element.value = value;
        element.dispatchEvent(new Event(event, { bubbles: true }));
    };
    const other = (list) => [...list.options].find((option) => !option.selected && option.value !== '').value;
    const slide = (id) => () => {
        const before = one('output.power').textContent;
        const slider = one(`#${id}`);
        const hasBegun = all('.figures div:nth-child(2) dd').some((time) => time.textContent !== '0 s');
        set(slider, Number(slider.value) > 60 ? 50 : 90, 'input');
        if (one('output.power').textContent === before) throw new Error(`${id} does nothing`);
        if (model.phase !== 'ended') model.touched ||= hasBegun;
    };
    const kill = (index) => () => {
        const button = all('.kill')[index];
        if (button.disabled) return;
        button.click();
        model.touched = true;
        // Whether things move or not.
        const pill = all('.pill')[index].textContent;
        if (pill === 'running') throw new Error('a chip was killed and still seems to run');
    };
    const actions = {
        main: () => {
            const next = { ready: 'running', running: 'paused', paused: 'running' }[model.phase];
            if (next === undefined) started();
            else model.phase = next;
            one('button.main').click();
        },
        again: () => {
            if (again().hidden) return;
            started();
            again().click();
        },
        kill1: kill(0),
        kill2: kill(1),
        sun: slide('strength'),
        cloud: slide('cover'),
        policy: () => {
            started();
            set(one('.board select'), other(one('.board select')), 'change');
        },
        capacitor: () => {
            const list = all('.example select')[1];
            started();
            set(list, other(list), 'change');
        },
        faster: () => all('.choice input')[2].click(),
        slower: () => all('.choice input')[0].click(),
        next: () => {
            started();
            all('button').find(({ textContent }) => textContent === 'Another input').click();
        },
        network: () => {
            const list = one('select[aria-label=Network]');
            const network = ['har', 'fashion_mnist'].find((name) => name !== model.network);
            started({ network, input: 'inputs.npy', waits: false });
            set(list, network, 'change');
        },
        pair: () => {
            started({ network: null, input: 'a.npy', waits: false });
            drop([files.net, files.input]);
        },
        alone: () => {
            model.waits = true;
            model.alert = false;
            drop([files.net]);
        },
        wrong: () => {
            model.alert = true;
            drop([files.wrong]);
        },
        broken: () => {
            model.alert = true;
            drop([files.broken]);
        },
    };

    /** What is not as it must be. */
    const faults = (loops) => {
        // A race may end by itself.
        if (model.phase === 'running' && main() === 'Race again') model.phase = 'ended';
        const seen = {
            main: main(), again: !again().hidden, verdict: !one('.verdict').hidden, loops, boards: all('.board').length,
            over: all('.pill').every(({ textContent }) => textContent === 'answered' || textContent === 'stopped'),
            touched: one('.example').textContent.includes('before you stepped in'), alert: !one('[role=alert]').hidden,
            waits: !one('.waits').hidden, network: one('select[aria-label=Network]').value || null,
            input: one('.example pre').textContent.includes(`${model.network === null ? 'z.dynbal --input ' : `${model.network}/`}${model.input}@`),
            policies: all('.board select').every(({ value }) => one('.example pre').textContent.includes(`--policy ${value}`)),
        };
        const due = {
            main: mainWords[model.phase], again: model.phase === 'running' || model.phase === 'paused', verdict: model.phase === 'ended',
            loops: model.phase === 'running' ? 1 : 0, boards: 2, over: model.phase === 'ended', touched: model.touched, alert: model.alert,
            waits: model.waits, network: model.network, input: true, policies: true,
        };
        return Object.keys(due).filter((key) => due[key] !== seen[key]).map((key) => `${key} is ${seen[key]}, not ${due[key]}`).join('; ');
    };

    /** Waits a while for things to become as they must be. */
    const settled = async () => {
        const end = performance.now() + 10_000;
        await frame();
        for (;;) {
            calls = 0;
            await frame();
            const wrong = faults(calls);
            if (wrong === '' || performance.now() > end) return wrong;
        }
    };
    return {
        actions: Object.keys(actions),
        settled,
        now: (name) => actions[name](),
        do: (name) => {
            actions[name]();
            return settled();
        },
    };
};
