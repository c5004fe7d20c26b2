// Puts the page together.
import { breakdown } from './breakdown';
import { favourite, readDocument, type ReportDocument } from './document';
import { card, choice, h } from './dom';
import { header, policies } from './header';
import { magnifier } from './magnifier';
import { glossary } from './notes';
import { preservations } from './preservations';
import { repeated } from './repeated';
import { capacitors, speedup } from './speedup';
import { meaning } from './theme';
import { Tiles } from './tiles';
import { Timeline, unpack } from './timeline';
import { usage } from './usage';
import { Zoom } from './zoom';

function chips(names: string[]): HTMLElement {
    return h('div', { class: 'legend' }, ...names.map((name) =>
        h('span', { title: meaning[name] ?? '' }, h('i', { class: `swatch ${name}`, 'aria-hidden': 'true' }), name)));
}

/** The cards about one run: timeline, tiles, one power cycle. A choice of policy changes them together. */
function runCards(report: ReportDocument): HTMLElement[] {
    const { runs } = report;
    const first = favourite(runs);
    const unpacked = runs.map((run) => unpack(report, run));
    const zoom = new Zoom(runs[first]!.timeline.duration_s);
    const timeline = new Timeline(report, unpacked[first]!, zoom);
    const tiles = new Tiles(report, runs[first]!, zoom);
    const cycle = magnifier(report);
    const finals = h('div', {}, tiles.finals());
    const layers = h('select', { 'aria-label': 'Show', onchange: (event) => jump((event.target as HTMLSelectElement).value) });
    let selected = first;
    const jump = (value: string) => {
        const { timeline: { stages, duration_s } } = runs[selected]!;
        const place = stages.filter(([stage]) => String(stage) === value);
        if (place.length === 0) zoom.show(0, duration_s);
        else zoom.show(place[0]![1], place[place.length - 1]![2]);
    };
    const fill = () => layers.replaceChildren(h('option', { value: 'all' }, 'the whole run'),
        ...runs[selected]!.timeline.stages.map(([stage]) => h('option', { value: stage }, report.stages[stage]?.label ?? '')));
    const choices = [0, 1].map(() => choice('Policy', runs.map((run) => run.policy), first, (index) => select(index)));
    const select = (index: number) => {
        selected = index;
        for (const control of choices) control.set(index);
        zoom.reset(runs[index]!.timeline.duration_s);
        timeline.show(unpacked[index]!);
        tiles.show(runs[index]!);
        finals.replaceChildren(tiles.finals());
        cycle?.select(index);
        fill();
    };
    fill();
    cycle?.select(first);
    const button = (text: string, label: string, act: () => void) =>
        h('button', { type: 'button', 'aria-label': label, title: label, onclick: act }, text);
    const zoomButtons = h('div', { class: 'buttons' }, button('−', 'Zoom out', () => zoom.by(2, 0)),
        button('+', 'Zoom in', () => zoom.by(0.4, 0)), button('←', 'Earlier', () => zoom.by(1, -0.3)), button('→', 'Later', () => zoom.by(1, 0.3)));
    return [
        card('timeline', 'The run in time',
            'Each time the capacitor is full the device starts; when it is empty everything in RAM is gone. Zoom in with the buttons, the slider, the keys + − ← →, or the wheel with Ctrl.',
            h('div', { class: 'controls' }, choices[0]!.element, h('label', { class: 'field' }, 'Show ', layers), zoomButtons),
            timeline.chart.element, chips(['compute', 'fetch', 'preservation', 'recovery', 'boot', 'charging']),
            h('p', { class: 'small' }, 'Lowest lane: share of the time that each kind of work took, averaged over a few pixels. ',
                report.trace_file !== null && `Every single piece of work is in ${report.trace_file}, which ui.perfetto.dev opens.`)),
        card('tiles', 'Tile choices',
            'A tile is the part of a layer worked on at a time. Large tiles reuse what they fetched, small ones lose less when the power fails. Size: output channels × input channels × pixels of one tile.',
            h('div', { class: 'controls' }, choices[1]!.element), tiles.chart.element,
            h('div', { class: 'legend' }, h('span', {}, h('b', { class: 'up', 'aria-hidden': 'true' }, '▲'), 'changed, to be cheaper'),
                h('span', {}, h('b', { class: 'down', 'aria-hidden': 'true' }, '▼'), 'forced, after a power cycle without progress')),
            h('h3', {}, 'In the end'), finals),
        ...(cycle ? [cycle.element] : []),
    ];
}

function start(): void {
    const root = document.getElementById('page')!;
    const report = readDocument();
    document.title = `${report.model.name} on ${report.supply.text} — DynBal report`;
    const sections = [policies(report), repeated(report), preservations(report), breakdown(report), ...runCards(report), usage(report), speedup(report), capacitors(report), glossary(report)];
    root.append(header(report), h('main', { id: 'content' }, ...sections.filter((section) => section !== null)),
        h('footer', {}, `Made by ${report.program}. Same command, same report: nothing in it depends on the clock or on chance.`));
    document.documentElement.dataset.ready = 'true';
}

try {
    start();
} catch (error) {
    document.getElementById('page')!.append(h('p', { class: 'trouble' }, `This report cannot be shown: ${String(error)}`));
    throw error;
}
