//! Tells an observer of a run that never was: power cycles of equal length through two stages.
#pragma once

#include "sim/observer.hpp"

namespace dynbal::report {

struct MadeUpRun {
    int cycles = 10;
    double charging_s = 0.5;
    double step_s = 0.001;  ///< of each of the six kinds of work in a cycle
    double capacitor_v = 3.0;
    int second_stage_from = 5;  ///< the cycle in which the second stage begins
    int shrunk_in = -1;

    static TileConfig first_config() { return {8, 4, 16, 4, LoopOrder::weights_stay, 0}; }
    static TileConfig other_config() { return {2, 4, 8, 4, LoopOrder::sums_move, 0}; }

    double on_s() const { return 6 * step_s; }
    double end_s() const { return cycles * (charging_s + on_s()); }

    void tell(sim::Observer& observer) const {
        using sim::SpanKind;
        double now_s = 0;
        uint16_t stage = 0;
        TileConfig config = first_config();
        const auto span = [&](SpanKind kind, double duration_s, double begin_v, double end_v) {
            const double energy_j = kind == SpanKind::charging ? 0 : duration_s * 2;
            observer.span({kind, stage, now_s, duration_s, energy_j, begin_v, end_v});
            now_s += duration_s;
        };
        const auto say = [&](EventKind kind) { observer.event(now_s, {kind, stage, 0, 0, config}); };
        for (int cycle = 0; cycle < cycles; ++cycle) {
            span(SpanKind::charging, charging_s, cycle == 0 ? 0 : 1.8, capacitor_v);
            observer.power_on(now_s);
            double volts = capacitor_v;
            const double step_v = (capacitor_v - 1.8) / 6;
            for (const SpanKind kind : {SpanKind::boot, SpanKind::recovery, SpanKind::weights, SpanKind::inputs,
                                        SpanKind::compute, SpanKind::outputs}) {
                span(kind, step_s, volts, volts - step_v);
                volts -= step_v;
                if (kind == SpanKind::boot) say(EventKind::boot);
                if (kind != SpanKind::recovery) continue;
                if (cycle == shrunk_in) {
                    config = other_config();
                    say(EventKind::shrunk);
                }
                if (cycle == 0 || cycle == second_stage_from) {
                    if (cycle != 0) say(EventKind::stage_end);
                    stage = cycle == 0 ? 0 : 1;
                    say(EventKind::stage_begin);
                } else {
                    say(EventKind::resumed);
                }
            }
            if (cycle + 1 < cycles) observer.power_off(now_s);
        }
        say(EventKind::stage_end);
        say(EventKind::inference_end);
    }
};

}  // namespace dynbal::report
