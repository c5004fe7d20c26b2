// A call for each picture that the browser draws, while it runs.

export class Loop {
    /** Of the next call; null while it stands. One number: there cannot be two loops. */
    private next: number | null = null;
    private last = 0;

    /** `tick` gets the real milliseconds since the last call, or since it was started. */
    constructor(private readonly tick: (passed: number) => void) {}

    start(): void {
        this.stop();
        this.last = performance.now();
        this.ask();
    }

    stop(): void {
        if (this.next !== null) cancelAnimationFrame(this.next);
        this.next = null;
    }

    /** The time until now does not count: nobody has looked. */
    skip(): void {
        this.last = performance.now();
    }

    /** `tick` may stop or start it. */
    private ask(): void {
        const mine = this.next = requestAnimationFrame((now) => {
            const passed = Math.max(0, now - this.last);
            // Few pictures for who asks for little motion.
            if (passed >= (calm.matches ? 500 : 0)) {
                this.last = now;
                this.tick(passed);
            }
            if (this.next === mine) this.ask();
        });
    }
}

export const calm = matchMedia('(prefers-reduced-motion: reduce)');
