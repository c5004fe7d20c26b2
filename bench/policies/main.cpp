// Measures the policies on networks that nobody tuned them on; exit code 1 if a limit of the summary is missed.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <numeric>

#include "base/error.hpp"
#include "boot.hpp"
#include "io/file.hpp"
#include "io/json_text.hpp"
#include "io/progress.hpp"
#include "measure.hpp"
#include "rig.hpp"
#include "sim/parallel.hpp"
#include "summary.hpp"

namespace dynbal::bench {
namespace {

struct Arguments {
    uint64_t seed = 1;
    uint32_t networks = 70;
    uint32_t energies = 25, phases = 8;
    uint32_t published_energies = 5;
    std::vector<std::string> policies{"fixed", "paper", "best"};
    std::vector<std::string> devices{"msp432p401r", "msp430fr5994-external"};
    std::string only, json, save;
    uint32_t oracle = 0;
    uint32_t jobs = 0;
    bool quick = false, points = false, boot = false, known = false;
};

/// A network on a device, and how closely it is looked at.
struct Job {
    const Network* network;
    const device::DeviceProfile* profile;
    Plan plan;
};

std::vector<PolicyKind> policies_of(const Arguments& arguments) {
    std::vector<PolicyKind> policies;
    for (const std::string& name : arguments.policies) policies.push_back(sim::parse_policy(name));
    if (policies.size() < 2) throw InputError("--policies: at least two; the last is judged against the others");
    return policies;
}

std::vector<Growth> measure_growth(const std::vector<device::DeviceProfile>& profiles,
                                   const std::vector<PolicyKind>& policies, uint32_t threads) {
    const std::vector<int> sides{16, 24, 32, 48, 64};
    std::vector<Growth> growths;
    for (const device::DeviceProfile& profile : profiles) {
        for (const char* supply : {"budget:42000", "budget:300000"}) {
            for (const PolicyKind policy : policies)
                growths.push_back({profile.name, supply, policy, sides, std::vector<double>(sides.size(), never_ends)});
        }
    }
    io::Progress progress("growth", static_cast<int64_t>(growths.size() * sides.size()));
    sim::WorkQueue queue(growths.size() * sides.size(), 1);
    sim::run_workers(queue, threads, [&](sim::WorkQueue& work) {
        while (const auto piece = work.next()) {
            Growth& growth = growths[piece->begin / sides.size()];
            const size_t index = piece->begin % sides.size();
            const auto& profile =
                *std::find_if(profiles.begin(), profiles.end(), [&](const auto& p) { return p.name == growth.device; });
            try {
                Rig rig(compile_for(square_map(sides[index]), profile), profile);
                const sim::RunResult result = rig.run(growth.policy, growth.supply);
                if (result.completed())
                    growth.cost_per_pixel[index] = result.cost_units() / (sides[index] * sides[index]);
            } catch (const InputError&) {
                // Refused by the compiler: the place stays as it is.
            }
            progress.advance();
        }
    });
    return growths;
}

std::vector<Result> measure_all(const std::vector<Job>& jobs, uint32_t threads) {
    const int64_t steps = std::accumulate(jobs.begin(), jobs.end(), int64_t{0},
                                          [](int64_t sum, const Job& job) { return sum + steps_of(job.plan); });
    std::vector<Result> results(jobs.size());
    io::Progress progress("policies", steps);
    sim::WorkQueue queue(jobs.size(), 1);
    sim::run_workers(queue, threads, [&](sim::WorkQueue& work) {
        while (const auto piece = work.next()) {
            const Job& job = jobs[piece->begin];
            results[piece->begin] = measure(*job.network, *job.profile, job.plan, [&] { progress.advance(); });
        }
    });
    return results;
}

/// The images that a miss is looked at with.
void save_images(const std::vector<Job>& jobs, const std::string& folder) {
    for (const Job& job : jobs) {
        const std::string number = job.network->name.substr(0, job.network->name.find(':'));
        try {
            write_image_file(folder + "/" + number + "@" + job.profile->name + ".dynbal",
                             compile_for(*job.network, *job.profile));
        } catch (const InputError& error) {
            std::fprintf(stderr, "%s: %s\n", job.network->name.c_str(), error.what());
        }
    }
}

int run(const Arguments& arguments) {
    if (arguments.boot) {
        std::fputs(boot_text().c_str(), stdout);
        return 0;
    }
    Plan plan{policies_of(arguments), arguments.quick ? 5 : arguments.energies, arguments.phases, 0, arguments.known};
    std::vector<device::DeviceProfile> profiles;
    for (const std::string& name : arguments.devices) profiles.push_back(device::load_profile(name));

    const auto wanted = [&](const Network& network) { return network.name.find(arguments.only) != std::string::npos; };
    std::vector<Network> drawn, published;
    for (uint32_t i = 0; i < (arguments.quick ? 14 : arguments.networks); ++i) {
        Network network = random_network(arguments.seed, i);
        if (wanted(network)) drawn.push_back(std::move(network));
    }
    for (Network& network : published_layers()) {
        if (wanted(network) && !arguments.quick) published.push_back(std::move(network));
    }
    std::vector<Job> jobs;
    for (const device::DeviceProfile& profile : profiles) {
        uint32_t oracles = &profile == profiles.data() ? arguments.oracle : 0;
        for (const Network& network : drawn) {
            jobs.push_back({&network, &profile, plan});
            if (oracles == 0) continue;
            jobs.back().plan.oracle_energies = 5;
            --oracles;
        }
        // What matters there is that nothing is special about them: on the first device.
        if (&profile != profiles.data()) continue;
        for (const Network& network : published) {
            jobs.push_back({&network, &profile, plan});
            jobs.back().plan.energies = std::min(plan.energies, arguments.published_energies);
        }
    }
    if (jobs.empty()) throw InputError("--only: there is no network of this name");
    if (!arguments.save.empty()) {
        save_images(jobs, arguments.save);
        return 0;
    }
    const std::vector<Result> results = measure_all(jobs, arguments.jobs);
    const std::vector<Growth> growths = arguments.only.empty() && !arguments.quick
                                            ? measure_growth(profiles, plan.policies, arguments.jobs)
                                            : std::vector<Growth>{};
    const Summary summary = summary_of(results, growths, plan);
    if (!arguments.json.empty())
        io::write_file(arguments.json, io::json_text(json_of(results, growths, plan), 1) + "\n");
    std::string text = arguments.points ? points_text(results, plan) + "\n" : "";
    text += fmt::format("{} networks, {} published layers, seed {}, {} devices\n\n", drawn.size(), published.size(),
                        arguments.seed, profiles.size()) +
            summary.text;
    if (!summary.misses.empty())
        text += fmt::format("\nMissed (replay: bench_policies --seed {} --points --only NAME):\n", arguments.seed);
    for (const std::string& miss : summary.misses) text += "  " + miss + "\n";
    std::fputs(text.c_str(), stdout);
    return summary.misses.empty() ? 0 : 1;
}

}  // namespace
}  // namespace dynbal::bench

int main(int argc, char** argv) {
    dynbal::bench::Arguments arguments;
    CLI::App app(
        "Measures the policies on drawn networks and published layers, against each other and against the oracle");
    app.add_option("--seed", arguments.seed, "Of the networks");
    app.add_option("--networks", arguments.networks, "How many are drawn");
    app.add_option("--energies", arguments.energies, "Of a power cycle, log spaced; half as many with a capacitor")
        ->check(CLI::Range(1, 1000));
    app.add_option("--published-energies", arguments.published_energies,
                   "The same for published layers, which are run on the first device alone")
        ->check(CLI::Range(1, 1000));
    app.add_option("--phases", arguments.phases, "First power cycles of a point")->check(CLI::Range(1, 1000));
    app.add_option("--policies", arguments.policies, "The last is judged against the others")->delimiter(',');
    app.add_option("--devices", arguments.devices, "Profiles")->delimiter(',');
    app.add_option("--only", arguments.only, "Only networks whose name contains this");
    app.add_option("--oracle", arguments.oracle,
                   "So many drawn networks on the first device are compared with the oracle, at 5 energies");
    app.add_option("--json", arguments.json, "Write every point to this file");
    app.add_option("--save", arguments.save,
                   "Instead: write the networks' images to this folder, as NUMBER@DEVICE.dynbal");
    app.add_option("--jobs", arguments.jobs, "Threads; 0: one a core");
    app.add_flag("--quick", arguments.quick, "14 networks, 5 energies, no published layers");
    app.add_flag("--known", arguments.known,
                 "Also run with each stage's row for the energy, known beforehand: what learning and changing cost");
    app.add_flag("--points", arguments.points, "Print every point");
    app.add_flag("--boot", arguments.boot,
                 "Instead: recovery's NVM bytes and least energies of the real models in $DYNBAL_SHARED");
    CLI11_PARSE(app, argc, argv);
    try {
        return dynbal::bench::run(arguments);
    } catch (const dynbal::InputError& error) {
        std::fprintf(stderr, "bench_policies: %s\n", error.what());
        return 2;
    }
}
