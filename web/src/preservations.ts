// What preservation methods cost: the same inference with other ways to keep progress.
import type { MethodRun, ReportDocument } from './document';
import { card, table } from './dom';
import { bytes, count, duration, quantity } from './format';

function row(run: MethodRun): string[] {
    if (!run.completed) return [run.preservation, run.title, 'never ends', '–', '–', '–', '–'];
    return [run.preservation, run.title, duration(run.latency_s), quantity(run.energy_j, 'J'), count(run.power_cycles),
        bytes(run.nvm_read_bytes), bytes(run.nvm_write_bytes)];
}

/** The card, or nothing where other methods were not asked for. */
export function preservations(report: ReportDocument): HTMLElement | null {
    const { preservations: runs } = report;
    if (runs.length === 0) return null;
    return card('preservations', 'Ways to keep progress, side by side',
        'The same inference on the same supply under best; only what outlives a power failure differs.' +
            (report.answer?.same ? ' The answers have the same bits.' : ''),
        table('Preservation methods side by side', ['method', 'what it keeps', 'time', 'energy', 'power cycles', 'NVM read', 'NVM written'],
            runs.map(row), 2));
}
