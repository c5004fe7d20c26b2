// The analysis of design time: what a layer costs over the size of a tile in each dimension and the energy of a power cycle.
import { tileText, type ReportDocument, type Stage, type UsageDimension } from './document';
import { card, h, table } from './dom';
import { count } from './format';

const names: Record<string, string> = { tile_out: 'output channels', tile_in: 'input channels', tile_pixels: 'pixels' };

/** Full colour at the best cost, none from three times that on. */
function cell(cost: number | null, best: number | null): HTMLElement {
    if (cost === null || best === null) return h('span', { class: 'heat', title: 'never ends' }, '–');
    const ratio = cost / best;
    const share = Math.round(45 * Math.max(0, 1 - Math.log(ratio) / Math.log(3)));
    return h('span', {
        class: 'heat', title: `${count(cost)} units`, style: `background: color-mix(in srgb, var(--reuse) ${share}%, transparent)`,
    }, ratio.toFixed(2));
}

function heatMap(stage: Stage, dimension: UsageDimension): HTMLElement {
    const { energies, winners } = stage.usage;
    const rows = dimension.sizes.map((size, row) =>
        [count(size), ...energies.map((_, energy) => cell(dimension.cost[row]![energy]!, winners[energy]!.cost))]);
    return table(`Cost by ${names[dimension.dimension]} of a tile and by energy of a power cycle`,
        [names[dimension.dimension] ?? dimension.dimension, ...energies.map(count)], rows);
}

function shown(stage: Stage): (HTMLElement | string)[] {
    const { search_space, energies, winners, dimensions } = stage.usage;
    const best = winners.map((winner, index) => [count(energies[index]!),
        winner.cost === null ? 'never ends' : count(winner.cost), winner.cost === null ? '' : tileText(winner)]);
    const varied = dimensions.filter((dimension) => dimension.sizes.length > 1);
    return [
        h('p', {}, `${count(search_space)} tile configurations fit the RAM. Energies of a power cycle and costs of the layer in units.`),
        h('h3', {}, 'The best tile at each energy'),
        table('The best tile at each energy', ['power cycle', 'cost of the layer', 'tile'], best, 0),
        ...varied.flatMap((dimension) => [
            h('h3', {}, `By ${names[dimension.dimension]}: the worst size costs ${dimension.importance.toFixed(1)} times the best`),
            heatMap(stage, dimension),
        ]),
    ];
}

/** The card, or nothing where no layer has tiles to choose. */
export function usage(report: ReportDocument): HTMLElement | null {
    const stages = report.stages.filter((stage) => stage.usage.energies.length > 0);
    if (stages.length === 0) return null;
    const heaviest = stages.reduce((most, stage, index) => (stage.ideal_macs > stages[most]!.ideal_macs ? index : most), 0);
    const place = h('div', {}, ...shown(stages[heaviest]!));
    const choose = (index: number) => place.replaceChildren(...shown(stages[index]!));
    return card('usage', 'What tile sizes cost',
        'Each layer walked with power cycles of several energies. A cell: how many times the best cost, with the best of the other sizes.',
        h('div', { class: 'controls' }, h('label', { class: 'field' }, 'Layer ',
            h('select', { onchange: (event) => choose(Number((event.target as HTMLSelectElement).value)) },
                ...stages.map((stage, index) => h('option', { value: index, selected: index === heaviest }, stage.label))))),
        place);
}
