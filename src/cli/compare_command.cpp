#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/compare_rows.hpp"
#include "cli/preservations.hpp"
#include "cli/program.hpp"
#include "cli/repeat.hpp"
#include "cli/waiting.hpp"
#include "cli/write_report.hpp"
#include "experiment/grid.hpp"
#include "experiment/oracle.hpp"
#include "experiment/stage_image.hpp"
#include "image_file/method_names.hpp"
#include "io/progress.hpp"
#include "io/table.hpp"
#include "sim/advice.hpp"
#include "sim/session.hpp"
#include "sim/supply.hpp"

namespace dynbal::cli {
namespace {

using experiment::Strategy;

struct CompareArguments {
    ImageArguments image;
    std::string input;
    std::vector<std::string> supplies;
    std::vector<std::string> policies = sim::policy_names();
    std::vector<std::string> preservations;  ///< none: that of the image
    std::string device;
    uint32_t jobs = 0;
    RepeatArguments repeat;
};

std::vector<Strategy> policies_of(const CompareArguments& arguments) {
    std::vector<Strategy> policies;
    for (const std::string& name : arguments.policies) {
        policies.push_back(experiment::parse_strategy(name));
        if (std::count(policies.begin(), policies.end(), policies.back()) > 1) {
            throw InputError("--policies: '" + name + "' is there twice");
        }
    }
    return policies;
}

/// The image for each of the methods asked for.
std::vector<ImageFile> images_of(const CompareArguments& arguments, const ImageFile& file) {
    if (arguments.preservations.empty()) return {file};
    return images_for(file, arguments.preservations);
}

experiment::Oracle oracle_for(const CompareArguments& arguments, const ImageFile& file,
                              const sim::DeviceProfile& profile, const std::string& supply) {
    constexpr double parts = 1e6;
    io::Progress progress("oracle, " + supply, static_cast<int64_t>(parts));
    experiment::OracleOptions options;
    options.jobs = arguments.jobs;
    options.on_progress = [&](double share) { progress.advance(std::llround(share * parts)); };
    return experiment::find_oracle(file, profile, supply, options);
}

CompareRow run_one(const CompareArguments& arguments, const sim::DeviceProfile& profile,
                   const std::vector<int16_t>& input, const CompareRow& wanted) {
    CompareRow row = wanted;
    const ImageFile& file = *row.file;
    std::optional<ImageFile> chosen;
    if (row.policy == Strategy::oracle) {
        row.oracle = oracle_for(arguments, file, profile, row.supply);
        chosen = experiment::with_choices(file, row.oracle->configs());
    }
    sim::Session session(chosen ? *chosen : file, profile);
    const auto supply = sim::parse_supply(row.supply, profile);
    sim::RunOptions options;
    options.on_waiting = waiting_bar();
    options.policy = experiment::policy_of(row.policy);
    row.result = session.run_inference(input, *supply, options);
    if (arguments.repeat.asked_for()) {
        row.repeated = run_repeated(arguments.repeat, chosen ? *chosen : file, profile, input, row.supply, options);
    }
    return row;
}

std::vector<CompareRow> run_all(const CompareArguments& arguments, const std::vector<ImageFile>& images,
                                const sim::DeviceProfile& profile, const std::vector<int16_t>& input) {
    std::vector<CompareRow> rows;
    for (const std::string& supply : arguments.supplies) {
        for (const ImageFile& file : images) {
            for (const Strategy policy : policies_of(arguments)) {
                rows.push_back(run_one(arguments, profile, input, {supply, &file, policy, {}, {}, {}}));
            }
        }
    }
    return rows;
}

/// All answers that there are must be the same.
bool same_answers(const std::vector<CompareRow>& rows) {
    const std::vector<int16_t>* first = nullptr;
    for (const CompareRow& row : rows) {
        if (!row.result.completed()) continue;
        if (first == nullptr) first = &row.result.output;
        if (row.result.output != *first) return false;
    }
    return true;
}

/// Did the runs end on whose behalf the others are there: of `best`, or without it of the last policy asked for; of the methods
/// that keep something, or without them of all?
bool judged_completes(const std::vector<CompareRow>& rows) {
    const auto is_best = [](const CompareRow& row) { return row.policy == Strategy::best; };
    const Strategy judged = std::any_of(rows.begin(), rows.end(), is_best) ? Strategy::best : rows.back().policy;
    const auto keeps_nothing = [](const CompareRow& row) { return keeps_stages_only(*row.file); };
    const bool all = std::all_of(rows.begin(), rows.end(), keeps_nothing);
    return std::all_of(rows.begin(), rows.end(), [&](const CompareRow& row) {
        const bool ends = row.result.completed() && (!row.repeated || row.repeated->result.stuck.empty());
        return row.policy != judged || ends || (keeps_nothing(row) && !all);
    });
}

nlohmann::ordered_json json_of(const experiment::Oracle& oracle) {
    nlohmann::ordered_json stages = nlohmann::ordered_json::array();
    for (const experiment::StageChoice& stage : oracle.stages) {
        stages.push_back({{"config", config_json(stage.config)},
                          {"configurations", stage.configs},
                          {"tried", stage.tried},
                          {"complete", stage.complete}});
    }
    return stages;
}

/// What an oracle is worth.
std::string text_of(const experiment::Oracle& oracle) {
    uint64_t configs = 0;
    uint64_t tried = 0;
    uint64_t cut_short = 0;
    for (const experiment::StageChoice& stage : oracle.stages) {
        configs += stage.configs;
        tried += stage.tried;
        cut_short += stage.complete ? 0 : 1;
    }
    std::string text = fmt::format("{} of {} configurations run", grouped(tried), grouped(configs));
    if (cut_short == 0) return text + ", the others cost too much even without failures";
    return text + fmt::format("; in {} of {} stages the effort allowed was spent before all were tried", cut_short,
                              oracle.stages.size());
}

/// Where a capacitor is charged, time and boots count, which cost units leave out.
bool judged_by_latency(const sim::RunResult& result) { return result.energy_balance.has_value(); }

nlohmann::ordered_json against_json(const sim::RunResult& result, const sim::RunResult* fixed) {
    if (fixed == nullptr || !result.completed()) return nullptr;
    return {{"cost", result.cost_units() / fixed->cost_units()},
            {"latency", result.latency_s / fixed->latency_s},
            {"energy", result.energy_j / fixed->energy_j}};
}

std::string against_text(const sim::RunResult& result, const sim::RunResult* fixed, bool latency) {
    if (fixed == nullptr || judged_by_latency(result) != latency) return "";
    return fmt::format("{:.2f} x",
                       latency ? result.latency_s / fixed->latency_s : result.cost_units() / fixed->cost_units());
}

std::string table_of(const std::vector<CompareRow>& rows) {
    const auto is_judged_by_latency = [](const CompareRow& row) { return judged_by_latency(row.result); };
    const bool any_latency = std::any_of(rows.begin(), rows.end(), is_judged_by_latency);
    const bool any_cost = !std::all_of(rows.begin(), rows.end(), is_judged_by_latency);
    std::vector<io::Column> columns{{"supply", io::Align::left},
                                    {"preservation", io::Align::left},
                                    {"policy", io::Align::left},
                                    {"power cycles"},
                                    {"NVM bytes"},
                                    {"transfers"},
                                    {"cost units"}};
    if (any_cost) columns.push_back({"cost against fixed"});
    columns.push_back({"latency"});
    if (any_latency) columns.push_back({"latency against fixed"});
    columns.push_back({"energy"});
    io::Table table(columns);
    bool any_fixed = false;
    SupplyCells supplies;
    for (size_t index = 0; index < rows.size(); ++index) {
        const CompareRow& row = rows[index];
        const sim::RunResult& result = row.result;
        const char* const method = method_name(*row.file);
        const std::string supply = supplies.next(row.supply, table);
        if (!result.completed()) {
            table.add_row({supply, method, experiment::name_of(row.policy), "never ends"});
            continue;
        }
        const sim::RunResult* const fixed = fixed_beside(rows, index);
        any_fixed = any_fixed || fixed != nullptr;
        std::vector<std::string> cells{supply,
                                       method,
                                       experiment::name_of(row.policy),
                                       grouped(result.power_cycles),
                                       grouped(result.traffic.read_bytes + result.traffic.write_bytes),
                                       grouped(result.traffic.transfers),
                                       grouped(static_cast<uint64_t>(std::llround(result.cost_units())))};
        if (any_cost) cells.push_back(against_text(result, fixed, false));
        cells.push_back(quantity(result.latency_s, "s"));
        if (any_latency) cells.push_back(against_text(result, fixed, true));
        cells.push_back(quantity(result.energy_j, "J"));
        table.add_row(cells);
    }
    const bool any_uncharged = std::any_of(rows.begin(), rows.end(), [](const CompareRow& row) {
        return row.result.completed() && row.result.power_cycles > 1 && !judged_by_latency(row.result);
    });
    return table.text() + against_note(any_fixed) + uncharged_note(any_uncharged);
}

/// Where the policies of a row's supply and method do not differ: why; else "".
std::string alike_text(const std::vector<CompareRow>& rows, const CompareRow& row) {
    double least = std::numeric_limits<double>::infinity(), most = 0;
    uint64_t cycles = 0;
    int count = 0;
    for (const CompareRow& other : rows) {
        if (other.supply != row.supply || other.file != row.file) continue;
        if (!other.result.completed()) return "";
        const bool latency = judged_by_latency(other.result);
        const double value = latency ? other.result.latency_s : other.result.cost_units();
        least = std::min(least, value);
        most = std::max(most, value);
        cycles = std::max(cycles, other.result.power_cycles);
        ++count;
    }
    constexpr double alike = 1.01;
    if (count < 2 || most > alike * least) return "";
    return cycles == 1 ? "alike: without a power failure the largest tiles are the best, and all begin with them"
                       : "alike to 1 %: policies differ where layers take several power cycles each";
}

/// Once for each supply with which `best` never ends.
std::string advice_text(const CompareArguments& arguments, const sim::DeviceProfile& profile,
                        const std::vector<int16_t>& input, const std::vector<CompareRow>& rows) {
    std::string text;
    for (const CompareRow& row : rows) {
        if (row.policy != Strategy::best || row.result.outcome != sim::Outcome::stuck) continue;
        const auto plan = sim::plan_harvest(row.supply, profile);
        if (!plan) continue;
        const std::string advice =
            sim::advice_for({.file = row.file, .profile = profile, .input = input, .plan = *plan});
        if (advice.empty()) continue;
        text += "\n" + row.supply + ": " + advice +
                least_text({arguments.image.path, arguments.input, row.supply, arguments.device, &*plan}, advice) +
                "\n";
    }
    return text;
}

void run(const CompareArguments& arguments, Context& context) {
    const ImageFile file = arguments.image.read();
    const sim::DeviceProfile profile = profile_for(file, arguments.device, context);
    for (const std::string& text : arguments.supplies) {
        (void)arguments.repeat.series_for(*read_supply(context, text, profile));  // mistakes first
    }
    const std::vector<int16_t> input = read_input(context, file, arguments.input, arguments.image.scale_for(file));
    const std::vector<ImageFile> images = images_of(arguments, file);
    const std::vector<CompareRow> rows = run_all(arguments, images, profile, input);
    const bool same = same_answers(rows);

    const bool completes = judged_completes(rows);
    const std::vector<int16_t>* answer = nullptr;
    nlohmann::ordered_json runs = nlohmann::ordered_json::array();
    for (size_t index = 0; index < rows.size(); ++index) {
        const CompareRow& row = rows[index];
        if (row.result.completed()) answer = &row.result.output;
        nlohmann::ordered_json json{{"supply", row.supply}, {"policy", experiment::name_of(row.policy)}};
        json.update(result_json(*row.file, row.result));
        if (row.repeated) json["repeated"] = repeated_json(rows, index);
        json["against_fixed"] = against_json(row.result, fixed_beside(rows, index));
        if (row.oracle) json["oracle"] = json_of(*row.oracle);
        runs.push_back(json);
    }
    std::string text = table_of(rows);
    for (const CompareRow& row : rows) {
        if (row.oracle) text += fmt::format("\n{}, oracle: {}\n", row.supply, text_of(*row.oracle));
    }
    text += said_of(rows, [](const CompareRow& row) { return row.result.completed() ? "" : row.result.message; });
    text += said_of(rows, [&](const CompareRow& row) { return alike_text(rows, row); });
    text += repeated_text(rows);
    text += advice_text(arguments, profile, input, rows);
    if (!same) {
        text += "\nThe answers DIFFER: this is a fault of the engine, please report it\n";
    } else if (answer != nullptr) {
        text += "\nAnswer, the same bits in every run that ended: " + answer_text(file, *answer) + "\n";
    }
    context.print({{"completed", completes}, {"same_answers", same}, {"runs", runs}}, text);
    context.exit_code = same && completes ? exit_ok : exit_failed;
}

}  // namespace

void add_compare(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand("compare", "Run one input with several policies, side by side");
    const auto arguments = std::make_shared<CompareArguments>();
    arguments->image.add_to(*command, true);
    add_input(*command, arguments->input);
    command->add_option("--supply", arguments->supplies, "May be given several times; see `dynbal help supplies`")
        ->required()
        ->take_all();
    command
        ->add_option(
            "--policies", arguments->policies,
            "Some of fixed, paper, best, and oracle, which tries every tile of each stage under the supply and "
            "takes a while (default: fixed,paper,best)")
        ->delimiter(',');
    add_preservations(*command, arguments->preservations, "the method of the image");
    add_jobs(*command, arguments->jobs);
    add_device(*command, arguments->device);
    arguments->repeat.add_to(*command);
    add_json(*command, context);
    command->callback([arguments, &context] { run(*arguments, context); });
}

}  // namespace dynbal::cli
