// The words of this field, for those who are new to it.
import type { ReportDocument } from './document';
import { card, h } from './dom';

const words: [string, string][] = [
    ['Power cycle', 'From the moment the device starts until the power fails. RAM is lost in between, NVM is kept.'],
    ['NVM', 'Memory that keeps its content without power: slower and costlier to access than RAM. Weights, results and progress live there.'],
    ['Layer', 'What the model calls one or more operators and the device does in one go; also called a stage. Its number begins at 0, here as in the terminal.'],
    ['Tile', 'The part of a layer whose inputs and weights are in RAM together.'],
    ['Reuse', 'A value that was fetched once serves many sums. Larger tiles reuse more, so they fetch less in all.'],
    ['Refetch', 'After a power failure RAM is empty: what the current tile needs is fetched again. Larger tiles lose more.'],
    ['fixed, paper, best', 'Ways to choose tiles: the largest; the search that the DynBal paper describes; the least expected cost over a table made at compile time. Forced changes rescue each of them: with any, fixed is no longer one tile size throughout.'],
    ['Forced change', 'If a power cycle made no progress, the tile was too large for it, and the engine takes a smaller one, whatever the policy.'],
];

export function glossary(report: ReportDocument): HTMLElement {
    const list = h('dl', { class: 'words' }, ...words.flatMap(([word, text]) => [h('dt', {}, word), h('dd', {}, text)]));
    const sha = report.answer === null ? null : h('p', { class: 'small' }, 'SHA-256 of the answer: ', h('code', {}, report.answer.sha256));
    return card('words', 'Words', null, list, sha);
}
