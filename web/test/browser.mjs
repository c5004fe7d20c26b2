// Drives headless Chromium through the DevTools protocol over a pair of pipes: needs neither a network port nor a package.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const flags = [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-default-apps', '--disable-dev-shm-usage', '--hide-scrollbars',
    '--remote-debugging-pipe',
];

export class Browser {
    static async start(program = process.env.CHROMIUM ?? 'chromium') {
        const folder = await mkdtemp(join(tmpdir(), 'dynbal-report-'));
        const child = spawn(program, [...flags, `--user-data-dir=${folder}`, 'about:blank'],
            { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] });
        return new Browser(child, folder);
    }

    constructor(child, folder) {
        this.child = child;
        this.folder = folder;
        this.waiting = new Map();
        this.listeners = [];
        this.next = 0;
        this.errors = '';
        child.stderr.on('data', (data) => { this.errors += data; });
        this.ended = new Promise((resolve) => {
            child.on('error', (error) => this.fail(error, resolve));
            child.on('exit', (code) => this.fail(new Error(`Chromium ended (${code}): ${this.errors.slice(-2000)}`), resolve));
        });
        let rest = Buffer.alloc(0);
        child.stdio[4].on('data', (data) => {
            rest = Buffer.concat([rest, data]);
            for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
                this.receive(JSON.parse(rest.subarray(0, end).toString()));
                rest = rest.subarray(end + 1);
            }
        });
    }

    fail(error, resolve) {
        for (const { reject } of this.waiting.values()) reject(error);
        this.waiting.clear();
        resolve();
    }

    receive(message) {
        const { resolve, reject } = this.waiting.get(message.id) ?? {};
        if (message.id === undefined) for (const listener of this.listeners) listener(message);
        else if (message.error) reject(new Error(message.error.message));
        else resolve(message.result);
        this.waiting.delete(message.id);
    }

    send(method, params = {}, sessionId = undefined) {
        const id = ++this.next;
        this.child.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + '\0');
        return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    }

    /** A new page of the given size and colours; what it asks the network for and complains about is collected. */
    async page({ width, height = 900, dark = false }) {
        const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
        const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
        const page = new Page(this, targetId, sessionId);
        for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await page.send(`${domain}.enable`);
        await page.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 600 });
        await page.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }] });
        return page;
    }

    async stop() {
        await this.send('Browser.close').catch(() => {});
        await this.ended;
        await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
    }
}

export class Page {
    constructor(browser, targetId, sessionId) {
        this.browser = browser;
        this.targetId = targetId;
        this.sessionId = sessionId;
        this.complaints = [];
        this.requests = [];
        browser.listeners.push((message) => message.sessionId === sessionId && this.notice(message));
    }

    notice({ method, params }) {
        if (method === 'Page.loadEventFired') this.onLoad?.();
        if (method === 'Runtime.exceptionThrown') this.complaints.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
        if (method === 'Runtime.consoleAPICalled' && ['error', 'warning', 'assert'].includes(params.type)) {
            this.complaints.push(params.args.map((argument) => argument.value ?? argument.description).join(' '));
        }
        if (method === 'Log.entryAdded') this.complaints.push(`${params.entry.level}: ${params.entry.text}`);
        if (method === 'Network.requestWillBeSent') this.requests.push(params.request.url);
    }

    send(method, params = {}) {
        return this.browser.send(method, params, this.sessionId);
    }

    /** Returns once the page is loaded. */
    async open(url) {
        const loaded = new Promise((resolve) => { this.onLoad = resolve; });
        await this.send('Page.navigate', { url });
        await loaded;
    }

    async evaluate(expression) {
        const { result, exceptionDetails } = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
        if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
        return result.value;
    }

    /** Waits until the expression is true; its last value if it never is. */
    async until(expression, milliseconds = 30_000) {
        const end = Date.now() + milliseconds;
        for (;;) {
            const value = await this.evaluate(expression);
            if (value || Date.now() > end) return value;
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
    }

    /** A part of the page, { x, y, width, height }, or what is in sight. */
    async screenshot(clip = undefined) {
        const { data } = await this.send('Page.captureScreenshot',
            { format: 'png', captureBeyondViewport: true, ...(clip && { clip: { ...clip, scale: 1 } }) });
        return Buffer.from(data, 'base64');
    }

    close() {
        return this.browser.send('Target.closeTarget', { targetId: this.targetId });
    }
}
