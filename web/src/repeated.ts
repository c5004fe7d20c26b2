// Many inferences in a row: how long they take, and how many are missed.
import type { ReportDocument, Run } from './document';
import { card, h, table } from './dom';
import { count, duration } from './format';

function row({ policy, repeated }: Run): string[] {
    const { due, missed, late, left_out, never_ends, ended, mean_s, median_s, p90_s, worst_s, per_minute } = repeated!;
    const latencies = [mean_s, median_s, p90_s, worst_s].map((seconds) => (ended > 0 ? duration(seconds) : '–'));
    return [policy, ...[due, due - missed, late, left_out, never_ends].map(count), ...latencies, per_minute.toPrecision(3)];
}

/** The card, or nothing where one inference was asked for. */
export function repeated(report: ReportDocument): HTMLElement | null {
    if (report.repeated === null) return null;
    // Why the first one does not end stands beside the policies.
    const stuck = report.runs.filter((run) => run.completed && run.repeated?.stuck).map((run) =>
        h('p', { class: 'trouble' }, h('b', {}, `${run.policy}: `), run.repeated!.stuck!));
    return card('repeated', 'Many inferences',
        `${report.repeated.heading}. Late ones ended after the time allowed; left out are those that were due while another one still ran. ` +
            'Latency counts from when an inference is due, over those that ended. The rest of this page shows the first inference.',
        table('Many inferences, by policy', ['policy', 'due', 'in time', 'late', 'left out', 'never end', 'mean latency', 'median', '90 % within', 'worst', 'ended a minute'],
            report.runs.map(row)), ...stuck);
}
