// Building elements without a framework.

type Child = Node | string | null | false;
type Attributes = Record<string, string | number | boolean | ((event: Event) => void)>;

/** `h('p', { class: 'note' }, 'text')`; attributes starting with "on" are listeners. */
export function h(tag: string, attributes: Attributes = {}, ...children: Child[]): HTMLElement {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (typeof value === 'function') element.addEventListener(name.slice(2), value);
        else if (value === true) element.setAttribute(name, '');
        else if (value !== false) element.setAttribute(name, String(value));
    }
    for (const child of children) if (child !== null && child !== false) element.append(child);
    return element;
}

/** A text of options and file names that may break after , / : and =, and so hardly ever inside of a name. */
export function breakable(text: string): HTMLElement {
    return h('span', {}, ...text.split(/(?<=[,/:=])/).flatMap((part) => [part, h('wbr')]));
}

export interface Choice {
    element: HTMLElement;
    /** Chooses from outside, without telling. */
    set(index: number): void;
}

let groups = 0;

/** Radio buttons that look like one control; the arrow keys work. */
export function choice(label: string, names: string[], selected: number, changed: (index: number) => void): Choice {
    const group = `choice-${++groups}`;
    const inputs = names.map((_, index) =>
        h('input', {
            type: 'radio', name: group, id: `${group}-${index}`, checked: index === selected, onchange: () => changed(index),
        }) as HTMLInputElement);
    const parts = inputs.flatMap((input, index) => [input, h('label', { for: `${group}-${index}` }, names[index]!)]);
    return {
        element: h('fieldset', { class: 'choice' }, h('legend', { class: 'hidden' }, label), ...parts),
        set: (index) => { inputs[index]!.checked = true; },
    };
}

/** A card of the page: heading, what it is for, content. */
export function card(id: string, title: string, lead: Child, ...content: Child[]): HTMLElement {
    return h('section', { class: 'card', id, 'aria-labelledby': `${id}-title` },
        h('h2', { id: `${id}-title` }, title), lead !== null && h('p', { class: 'lead' }, lead), ...content);
}

/** A table that can be scrolled sideways where it is wider than the screen. */
export function table(caption: string, head: string[], rows: (string | HTMLElement)[][], numbersFrom = 1): HTMLElement {
    const cells = (row: (string | HTMLElement)[]) => row.map((cell, index) =>
        h(index === 0 ? 'th' : 'td', { class: index >= numbersFrom ? 'number' : '', ...(index === 0 ? { scope: 'row' } : {}) },
            cell));
    return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
        h('table', {}, h('caption', { class: 'hidden' }, caption),
            h('thead', {}, h('tr', {}, ...head.map((name, index) =>
                h('th', { scope: 'col', class: index >= numbersFrom ? 'number' : '' }, name)))),
            h('tbody', {}, ...rows.map((row) => h('tr', {}, ...cells(row))))));
}

/** A closed part that opens on demand. */
export function more(title: string, ...content: Child[]): HTMLElement {
    return h('details', {}, h('summary', {}, title), ...content);
}
