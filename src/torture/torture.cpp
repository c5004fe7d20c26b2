#include "torture/torture.hpp"

#include <memory>
#include <mutex>

#include "base/error.hpp"
#include "sim/parallel.hpp"
#include "torture/rig.hpp"

namespace dynbal::torture {
namespace {

/// Tries of a shrink, so that it takes seconds.
constexpr uint32_t tries_most = 600;

class Shrink {
public:
    Shrink(const Scenario& scenario, const std::function<bool(const Scenario&)>& fails)
        : smallest_(scenario), fails_(fails) {}

    Scenario run() {
        while (pass() && tries_ < tries_most) {
        }
        return smallest_;
    }

private:
    bool take(const Scenario& smaller) {
        if (++tries_ > tries_most || !fails_(smaller)) return false;
        smallest_ = smaller;
        return true;
    }
    template <typename Change>
    bool change(const Change& change) {
        Scenario smaller = smallest_;
        change(smaller);
        return text_of(smaller) != text_of(smallest_) && take(smaller);
    }
    /// Leaves out pieces of a sequence, from large to single ones.
    template <typename Sequence>
    bool leave_out(Sequence Scenario::*member) {
        bool any = false;
        for (size_t piece = (smallest_.*member).size(); piece > 0; piece /= 2) {
            for (size_t begin = 0; begin < (smallest_.*member).size();) {
                const bool taken = change([&](Scenario& s) {
                    Sequence& all = s.*member;
                    const size_t end = std::min(begin + piece, all.size());
                    all.erase(all.begin() + static_cast<std::ptrdiff_t>(begin),
                              all.begin() + static_cast<std::ptrdiff_t>(end));
                });
                any = any || taken;
                if (!taken) begin += piece;
            }
        }
        return any;
    }
    bool pass() {
        bool any = leave_out(&Scenario::calls);
        any = leave_out(&Scenario::cuts) || any;
        while (smallest_.stages > 1 && change([](Scenario& s) { --s.stages; })) any = true;
        const auto plain = [&](auto member, auto value) {
            any = change([&](Scenario& s) { s.*member = value; }) || any;
        };
        plain(&Scenario::scale, 1U);
        plain(&Scenario::rows, 0U);
        plain(&Scenario::shared, false);
        plain(&Scenario::nvm, NvmClass{});
        plain(&Scenario::policy, PolicyKind::fixed);
        plain(&Scenario::weight_bytes, 2U);
        plain(&Scenario::sram_bytes, 16384U);
        return any;
    }

    Scenario smallest_;
    const std::function<bool(const Scenario&)>& fails_;
    uint32_t tries_ = 0;
};

/// Empty if all is right, or the image is none: what fits no device fails nothing.
std::string fault_of(const Scenario& scenario, Places& places) {
    std::unique_ptr<Subject> subject;
    try {
        subject = std::make_unique<Subject>(image_of(scenario));
    } catch (const InputError&) {
        return {};
    }
    return run_scenario(scenario, *subject, places);
}

}  // namespace

Scenario shrink(const Scenario& scenario, const std::function<bool(const Scenario&)>& fails) {
    return Shrink(scenario, fails).run();
}

std::string replay(const Scenario& scenario) {
    Places places;
    return fault_of(scenario, places);
}

Result torture(const Options& options) {
    Result result;
    result.runs = options.runs;
    std::mutex mutex;
    sim::WorkQueue queue(options.runs, runs_an_image);
    sim::run_workers(queue, options.jobs, [&](sim::WorkQueue& work) {
        Places places;
        while (const auto piece = work.next()) {
            std::unique_ptr<Subject> subject;
            for (uint64_t run = piece->begin; run < piece->end; ++run) {
                const Scenario scenario = draw_scenario(options.seed, run);
                if (!subject) subject = std::make_unique<Subject>(image_of(scenario));
                const std::string reason = run_scenario(scenario, *subject, places);
                if (reason.empty()) continue;
                const std::lock_guard lock(mutex);
                ++result.failures;
                if (!result.first || run < result.first->run) result.first = Failure{run, reason, scenario, reason};
            }
            if (options.on_runs) options.on_runs(piece->end - piece->begin);
        }
        const std::lock_guard lock(mutex);
        result.places.add(places);
    });
    if (result.first) {
        Failure& first = *result.first;
        first.scenario = shrink(first.scenario, [](const Scenario& smaller) { return !replay(smaller).empty(); });
        first.smaller_reason = replay(first.scenario);
    }
    return result;
}

}  // namespace dynbal::torture
