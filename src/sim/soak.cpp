#include "sim/soak.hpp"

#include "base/error.hpp"
#include "base/random.hpp"
#include "sim/parallel.hpp"
#include "sim/supply_kinds.hpp"

namespace dynbal::sim {
namespace {

std::vector<std::vector<int16_t>> expected_answers(const ImageFile& file,
                                                   const std::vector<std::vector<int16_t>>& inputs, uint32_t jobs) {
    std::vector<std::vector<int16_t>> answers(inputs.size());
    WorkQueue queue(inputs.size(), 1);
    run_items(queue, jobs, [&](uint64_t index) {
        Session session(file);
        SteadySupply steady;
        RunResult result = session.run_inference(inputs[index], steady, RunOptions{});
        if (!result.completed()) {
            throw InputError("not even an uninterrupted inference completes: " + result.message);
        }
        answers[index] = std::move(result.output);
    });
    return answers;
}

}  // namespace

SoakResult run_soak(const ImageFile& file, const std::vector<std::vector<int16_t>>& inputs,
                    const SoakOptions& options) {
    const std::vector<std::vector<int16_t>> expected = expected_answers(file, inputs, options.jobs);
    const std::unique_ptr<Supply> supply = parse_supply(options.supply, options.profile);
    Session session(file, options.profile);
    SoakResult total;
    const auto note_failure = [&](const std::string& reason) {
        if (!total.reason.empty()) return;
        total.reason = reason;
        total.first_failure = total.inferences - 1;
    };
    while (total.inferences < options.inferences) {
        const uint64_t draw = hash64(total.inferences);
        const size_t which = draw % inputs.size();
        RunOptions run;
        run.policy = options.policy;
        if (options.abandon_every != 0 && (draw >> 32U) % options.abandon_every == 0) {
            run.abandon_at_cycle = (draw >> 16U) % 8;
        }
        const RunResult result = session.run_inference(inputs[which], *supply, run);
        ++total.inferences;
        total.power_cycles += result.power_cycles;
        total.traffic += result.traffic;
        if (options.on_inferences) options.on_inferences(1);
        if (result.outcome == Outcome::abandoned) {
            ++total.abandoned;
        } else if (!result.completed()) {
            ++(result.outcome == Outcome::stuck ? total.stuck : total.wrong);
            note_failure(result.message);
            break;
        } else if (result.output != expected[which]) {
            ++total.wrong;
            note_failure("the answer differs from that of the uninterrupted run");
        }
    }
    return total;
}

}  // namespace dynbal::sim
