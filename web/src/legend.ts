// A legend in HTML: wraps on a phone, can be read aloud, and its entries switch parts of a chart off and on.
import { h } from './dom';
import { meaning } from './theme';

export interface Legend {
    element: HTMLElement;
    hidden: Set<string>;
}

/** One entry per name; `changed` is called when one is switched. */
export function legend(names: string[], changed: () => void, initiallyHidden: string[] = []): Legend {
    const hidden = new Set(initiallyHidden);
    const entries = names.map((name) => {
        const button = h('button', {
            type: 'button', 'aria-pressed': String(!hidden.has(name)), title: meaning[name] ?? '',
            onclick: () => {
                if (hidden.has(name)) hidden.delete(name);
                else hidden.add(name);
                button.setAttribute('aria-pressed', String(!hidden.has(name)));
                changed();
            },
        }, h('i', { class: `swatch ${name}`, 'aria-hidden': 'true' }), name);
        return button;
    });
    return { element: h('div', { class: 'legend', role: 'group', 'aria-label': 'Show or hide' }, ...entries), hidden };
}
