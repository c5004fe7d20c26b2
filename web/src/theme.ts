// Colours: page.css holds them, light and dark; charts read them here.

export interface Theme {
    text: string;
    muted: string;
    line: string;
    surface: string;
    /** by category of work, and `fetch` where reuse and refetch are not told apart */
    category: Record<string, string>;
    policy: Record<string, string>;
    voltage: string;
    layers: [string, string];
}

const categoryNames = ['compute', 'reuse', 'refetch', 'preservation', 'recovery', 'boot', 'charging', 'idle'];
const policyNames = ['fixed', 'paper', 'best'];

export function theme(): Theme {
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
    const colours = (names: string[]) => Object.fromEntries(names.map((name) => [name, colour(name)]));
    return {
        text: colour('text'), muted: colour('muted'), line: colour('line'), surface: colour('surface'),
        category: { ...colours(categoryNames), fetch: colour('reuse') },
        policy: colours(policyNames),
        voltage: colour('accent'),
        layers: [colour('layer-a'), colour('layer-b')],
    };
}

/** The category a kind of span is drawn as. */
export const categoryOfKind: Record<string, string> = {
    charging: 'charging', boot: 'boot', idle: 'idle', weights: 'fetch', inputs: 'fetch', outputs: 'preservation',
    checkpoints: 'preservation', control: 'preservation', recovery: 'recovery', compute: 'compute',
};

/** What each category is, in a few words. */
export const meaning: Record<string, string> = {
    compute: 'multiplying and adding, work lost in a failure included',
    reuse: 'fetching weights and inputs that any run with these tiles has to fetch',
    refetch: 'fetching again what RAM lost when the power failed',
    preservation: 'writing results and progress to memory that keeps them',
    recovery: 'finding out after a failure how far the run had come',
    boot: 'starting the chip at the beginning of a power cycle',
    charging: 'off, waiting for the capacitor to fill',
    idle: 'on, but waiting',
    fetch: 'reading weights and inputs (reuse and refetch together)',
};

/** Follows the system's choice of light and dark. */
export function onThemeChange(listener: () => void): void {
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', listener);
}
