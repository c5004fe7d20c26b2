// What a visitor may want to know, in the order of asking.
import { card, h } from '../../src/dom';

const items: [string, string][] = [
    ['Power cycle', 'The chip starts when its capacitor has reached the upper voltage, and stops at the lower one. Everything in its working memory is lost then; what it wrote to its permanent memory (NVM) stays.'],
    ['The picture in the chip', 'The output of the layer at work as it fills that memory, one small picture for each channel. Lighter: the tile it works on. Writing each value in a fixed order is also how the chip finds its place again.'],
    ['Tile', 'The part of a layer that is worked on at a time: output channels × input channels × positions. A large tile fetches less twice, a small one loses less when the power fails.'],
    ['The policies', 'They choose tiles. “fixed” takes the largest, and smaller ones only where a power cycle brought nothing further, as all do; “paper” searches as the DynBal paper does; “best” takes what is cheapest for the power as it is, and changes its mind when the power does.'],
    ['Kill it', 'A short circuit: the capacitor is emptied, the chip dies in the middle of whatever it does.'],
    ['Is it real?', 'Engine, plugin and simulator are those of the program dynbal, compiled for the browser: the same answers, power cycles and energies. The device is a model of a small board with measured costs. A power cycle is simulated at once, as the power stands, and then shown in its time; when you change the power or kill a chip, that cycle is simulated again from its beginning, with your change at its moment.'],
];

export function help(): HTMLElement {
    return card('how', 'How it works', null, h('dl', { class: 'words' }, ...items.flatMap(([word, text]) => [h('dt', {}, word), h('dd', {}, text)])));
}
