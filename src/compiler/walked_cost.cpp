#include "compiler/walked_cost.hpp"

#include <cmath>
#include <limits>

namespace dynbal::compiler {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr uint32_t quick_cycles = 8, careful_cycles = 24;

uint64_t jittered(uint64_t energy, uint32_t index) {
    // Multiples of the golden ratio fill an interval evenly, however many there are.
    double whole = 0;
    const double place = std::modf((index + 1) * 0.6180339887, &whole);
    return static_cast<uint64_t>(static_cast<double>(energy) * (1 + energy_jitter * (2 * place - 1)));
}

/// Many failures: what some cycles from places all over the stage achieve. The first ones from a place are unlike what follows,
/// so that few cycles mislead.
double cost_of_long_stage(const WalkedStage& stage, uint64_t energy, uint32_t effort) {
    const uint32_t cycles = effort > quick_effort ? careful_cycles : quick_cycles;
    const Schedule schedule(*stage.shape, stage.config, stage.arena_bytes, whole_region(*stage.shape));
    const JobOrder& order = schedule.order();
    double spent = 0;
    double done = 0;
    for (uint32_t i = 0; i < effort; ++i) {
        const auto index = static_cast<uint32_t>(uint64_t{schedule.end()} * (2 * i + 1) / (2 * effort));
        const uint32_t pass_begin = index / order.values() * order.values();
        const uint32_t begin = pass_begin + order.job_begin(index - pass_begin);
        const StageWalk walk = walk_cycles(stage, {begin, 0}, jittered(energy, i), cycles);
        if (walk.cost == never) {
            return infinite;
        }
        spent += static_cast<double>(walk.cost);
        done += static_cast<double>(walk.at.done - begin);
        if (walk.at.channels_done != 0) {
            done += static_cast<double>(order.job_at(walk.at.done).values()) * walk.at.channels_done /
                    stage.shape->channels_in;
        }
    }
    return spent / done * schedule.end();
}

/// Few failures: the whole stage from each phase of the first one.
double cost_of_short_stage(const WalkedStage& stage, uint64_t energy, uint32_t effort) {
    double total = 0;
    for (uint32_t i = 0; i < effort; ++i) {
        const uint64_t each = jittered(energy, i);
        const auto first = static_cast<uint64_t>(static_cast<double>(each) * (i + 0.5) / effort);
        const StageWalk walk = walk_stage(stage, first, each);
        if (walk.cost == never) {
            return infinite;
        }
        total += static_cast<double>(walk.cost);
    }
    return total / effort;
}

}  // namespace

double walked_cost(const WalkedStage& stage, uint64_t reuse, uint64_t energy, uint32_t effort) {
    if (energy == never) return static_cast<double>(reuse);
    constexpr uint64_t many = 12;
    return reuse / many > energy ? cost_of_long_stage(stage, energy, effort)
                                 : cost_of_short_stage(stage, energy, effort);
}

}  // namespace dynbal::compiler
