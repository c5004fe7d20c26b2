#include "sim/size.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/program.hpp"
#include "cli/repeat.hpp"
#include "cli/size_reasons.hpp"
#include "cli/write_report.hpp"
#include "io/progress.hpp"
#include "io/table.hpp"
#include "power/quantity.hpp"
#include "power/recording.hpp"

namespace dynbal::cli {
namespace {

struct SizeArguments {
    ImageArguments image;
    std::string input;
    std::string supply;
    std::string policy = policy_of(default_policy).name;
    std::string device;
    std::string period, deadline;
    double share_percent = 100;
    uint64_t count = 0;
};

using power::si_text;

sim::SizeTask task_of(const SizeArguments& arguments, const ImageFile& file, Context& context) {
    sim::SizeTask task;
    task.file = &file;
    task.profile = profile_for(file, arguments.device, context);
    task.options.policy = sim::parse_policy(arguments.policy);
    task.options.stuck_cycles = 50;
    const auto plan = sim::plan_harvest(arguments.supply, task.profile);
    if (!plan) {
        throw InputError("--supply " + arguments.supply +
                         ": size needs one that harvests: power:, trace:, markov:, walk: or daynight:");
    }
    task.plan = *plan;
    if (plan->trace) context.note(plan->trace->text());
    task.share = arguments.share_percent / 100;
    sim::Series& series = task.series;
    const auto period = seconds_of("--period", arguments.period);
    const auto deadline = seconds_of("--deadline", arguments.deadline);
    if (!period && !deadline) {
        throw InputError(
            "--period T or --deadline T is needed: how often, or how soon after it is due, an inference must end");
    }
    series.period_s = period.value_or(0);
    series.deadline_s = deadline.value_or(series.period_s);
    // Of a steady supply, too: the first charge is one of so many, and one inference may leave the next one less.
    series.count = arguments.count > 0 ? arguments.count : 100;
    const double whole_s = plan->trace ? plan->trace->offered_s() : plan->day_s;
    if (arguments.count == 0 && (plan->trace || whole_s > series.each_s() * static_cast<double>(series.count))) {
        series.count = 1'000'000;
        series.until_s = whole_s;
    }
    sim::check_length(series);
    return task;
}

/// A value beside what it brings.
struct Line {
    std::string name;
    sim::SizeTrial trial;
};

const char* outcome_of(const sim::SizeTrial& trial) {
    if (trial.met) return "met";
    if (trial.drains) return "not for long";
    return trial.result.stuck.empty() ? "missed" : "never ends";
}

void add_row(io::Table& table, const Line& line, const std::string& value) {
    const sim::SeriesResult& result = line.trial.result;
    const bool any = result.ended() > 0;
    table.add_row({line.name, value, fmt::format("{:.3g} %", 100 * result.share_met()),
                   any ? quantity(result.mean_s(), "s") : "", any ? quantity(result.worst_s(), "s") : "",
                   any ? fmt::format("{:.3g}", result.per_minute()) : "", outcome_of(line.trial)});
}

nlohmann::ordered_json json_of(const Line& line) {
    nlohmann::ordered_json json = series_json(line.trial.result);
    json["name"] = line.name;
    json["value"] = line.trial.value;
    json["met"] = line.trial.met;
    json["drains"] = line.trial.drains;
    return json;
}

class Sizer {
public:
    Sizer(sim::SizeTask task, std::string supply) : task_(std::move(task)), supply_(std::move(supply)) {}

    void run() {
        {
            io::Progress progress("size", 250);
            task_.on_trial = [&] { progress.advance(); };
            capacitance();
            power();
            voltage();
        }
        if (json_["capacitance_f"].is_null()) {
            io::Progress progress("reasons", 400);
            task_.on_trial = [&] { progress.advance(); };
            reasons();
        }
        task_.on_trial = {};
    }

    bool any_met() const { return any_met_; }
    nlohmann::ordered_json json() const { return json_; }
    std::string text() const { return table_.text() + remark_ + curve_ + reasons_; }

private:
    /// As si_text() prints; and of volts, of which the last millivolts count.
    static constexpr int digits = 3, volt_digits = 4;

    void capacitance() {
        const double given = task_.plan.chain.capacitor.capacitance_f;
        const Line as_it_is{"capacitor, as it is", sim::try_size(task_, sim::SizeOf::capacitance, given)};
        add_row(table_, as_it_is, si_text(given, "F"));
        json_["as_it_is"] = json_of(as_it_is);
        const sim::LeastCapacitor found = sim::least_capacitor(task_);
        const std::optional<double>& least = found.farads;
        json_["capacitance_f"] = least ? nlohmann::ordered_json(*least) : nlohmann::ordered_json(nullptr);
        if (!least) {
            table_.add_row({"capacitor", "none from 1 uF to 1 F", "", "", "", "", "missed"});
            best_ = *found.best;
            return;
        }
        any_met_ = true;
        choice({"capacitor, least", sim::writable_size(task_, sim::SizeOf::capacitance, *least, digits)});
        constexpr double generous_margin = 2 * sim::sensible_margin;
        const auto sensible = sim::sold_capacitor(task_, *least * sim::sensible_margin, *least);
        const auto generous = sim::sold_capacitor(task_, *least * generous_margin, *least);
        if (sensible) choice({"capacitor, sensible", *sensible});
        const bool more = generous && sensible && generous->value > sensible->value * 1.001;
        if (more) choice({"capacitor, generous", *generous});
        if (!sensible) {
            remark_ =
                "\nNone of the usual values (1, 1.5, 2.2, 3.3, 4.7, 6.8 and so on) does; some between them do, such as "
                "the least.\n";
        } else if (sensible->value < *least * sim::sensible_margin * (1 - 1e-9)) {
            remark_ = fmt::format("\nThere is little room: a larger capacitor than {} charges too long.\n",
                                  si_text(sensible->value, "F"));
        } else if (!more) {
            remark_ = fmt::format("\nNo generous one: a larger capacitor than {} charges too long.\n",
                                  si_text(sensible->value, "F"));
        }
        const device::Capacitor& capacitor = task_.plan.chain.capacitor;
        if (capacitor.leakage_a == 0 && task_.plan.chain.sleep_w == 0) {
            remark_ += "\nNothing is lost while it waits: neither leakage= nor sleep= is given.\n";
        }
        if (sensible) {
            remark_ += fmt::format("\nTo see it: simulate, compare or report with capacitance={} in --supply.\n",
                                   sim::option_text(sensible->value, "F"));
        }
        curve(*least);
    }

    void choice(const Line& line) {
        add_row(table_, line, si_text(line.trial.value, "F"));
        json_["choices"].push_back(json_of(line));
    }

    void reasons() {
        const sim::SizeLimits limits = sim::limits_of(task_, best_);
        reasons_ = reasons_text(task_, limits);
        json_["limits"] = {{"inference_s", limits.inference_s},
                           {"inference_j", limits.inference_j},
                           {"cycle_j", limits.cycle_j},
                           {"needed_w", limits.needed_w},
                           {"lost_w", limits.lost_w},
                           {"harvested_w", limits.mean.harvested_w},
                           {"reaching_w", limits.mean.reaching_w},
                           {"weakest_j", limits.weakest_j},
                           {"shortage",
                            {{"begin_s", limits.shortage.begin_s},
                             {"end_s", limits.shortage.end_s},
                             {"came_j", limits.shortage.came_j},
                             {"missing_j", limits.shortage.missing_j}}},
                           {"best", json_of({"capacitor, best", limits.best})}};
        nlohmann::ordered_json& json = json_["limits"];
        if (limits.charged) {
            json["charged"] = {{"least_f", limits.charged->least_f}, {"sold_f", limits.charged->sold_f}};
        }
        if (limits.without_esr_f) json["without_esr_f"] = *limits.without_esr_f;
        if (limits.met) {
            json[task_.series.period_s > 0 ? "met_period_s" : "met_deadline_s"] = limits.met->series.each_s();
            json["met_f"] = limits.met->farads;
        }
    }

    /// Latency over capacitance, as values are sold.
    void curve(double least) {
        std::vector<double> values;
        for (double farads = sim::standard_value(least / 5); farads <= 50 * least && farads <= 1;
             farads = sim::standard_value(farads * 1.01)) {
            values.push_back(farads);
        }
        const std::vector<sim::SizeTrial> trials = sim::try_sizes(task_, sim::SizeOf::capacitance, values);
        double worst_s = 0;
        for (const sim::SizeTrial& trial : trials) worst_s = std::max(worst_s, trial.result.worst_s());
        curve_ = "\nmean (#) and worst (:) latency over the capacitance\n";
        for (const sim::SizeTrial& trial : trials) {
            const sim::SeriesResult& result = trial.result;
            json_["curve"].push_back(json_of({"", trial}));
            const auto width = [&](double seconds) { return static_cast<size_t>(std::lround(40 * seconds / worst_s)); };
            std::string bar = !result.stuck.empty()
                                  ? "never ends"
                                  : std::string(width(result.mean_s()), '#') +
                                        std::string(width(result.worst_s()) - width(result.mean_s()), ':');
            curve_ += fmt::format("{:>8} |{}{}\n", si_text(trial.value, "F"), bar,
                                  result.stuck.empty()
                                      ? fmt::format(" {} / {}, {:.3g} % in time", quantity(result.mean_s(), "s"),
                                                    quantity(result.worst_s(), "s"), 100 * result.share_met())
                                      : "");
        }
    }

    void power() {
        const auto least = sim::smallest_size(task_, sim::SizeOf::power, sim::range_of(task_, sim::SizeOf::power));
        json_["power_factor"] = least ? nlohmann::ordered_json(*least) : nlohmann::ordered_json(nullptr);
        if (!least) {
            table_.add_row({"power", "not up to 1000 times", "", "", "", "", "missed"});
            return;
        }
        any_met_ = true;
        const Line line{"power, least", writable_power(*least)};
        add_row(table_, line, power_text(line.trial.value));
        json_["power"] = json_of(line);
        if (const auto sure = sim::sure_size(task_, sim::SizeOf::power, *least)) {
            json_["power_factor_sure"] = *sure;
            remark_ +=
                fmt::format("\nThe least power is a lucky one: some a little stronger miss; from {} on all tried do.\n",
                            power_text(writable_power(*sure).value));
        }
    }

    /// Of the supply as it is; nothing where no one number says it.
    std::optional<double> mean_w() const {
        if (task_.plan.trace) return task_.plan.trace->mean_w;
        if (!supply_.starts_with("power:")) return std::nullopt;
        return power::parse_quantity(supply_.substr(6, supply_.find(',') - 6), power::Unit::watt);
    }

    /// In watts, where they are known, since these are typed in.
    sim::SizeTrial writable_power(double factor) {
        return sim::writable_size(task_, sim::SizeOf::power, factor, digits, 1 / mean_w().value_or(1));
    }

    std::string power_text(double factor) const {
        const std::string times = fmt::format("{:.3g} x the supply", factor);
        return mean_w() ? fmt::format("{} ({})", si_text(*mean_w() * factor, "W"), times) : times;
    }

    static std::string volts_text(double volts) { return fmt::format("{:.{}g} V", volts, volt_digits); }

    void voltage() {
        const auto least =
            sim::smallest_size(task_, sim::SizeOf::on_voltage, sim::range_of(task_, sim::SizeOf::on_voltage));
        json_["on_voltage_v"] = least ? nlohmann::ordered_json(*least) : nlohmann::ordered_json(nullptr);
        if (!least) {
            const double max_v = task_.plan.chain.capacitor.max_v;
            table_.add_row(
                {"on voltage", fmt::format("none up to {:.3g} V (max_voltage)", max_v), "", "", "", "", "missed"});
            return;
        }
        any_met_ = true;
        const Line line{"on voltage, least", sim::writable_size(task_, sim::SizeOf::on_voltage, *least, volt_digits)};
        add_row(table_, line, volts_text(line.trial.value));
        json_["on_voltage"] = json_of(line);
        if (const auto sure = sim::sure_size(task_, sim::SizeOf::on_voltage, *least)) {
            json_["on_voltage_sure_v"] = *sure;
            remark_ += fmt::format(
                "\nThe least on voltage is a lucky one: some a little higher miss; from {} on all tried do.\n",
                volts_text(sim::rounded_up_to(*sure, volt_digits)));
        }
    }

    sim::SizeTask task_;
    std::string supply_;
    io::Table table_{
        {{"one thing changed", io::Align::left}, {"to"}, {"in time"}, {"mean"}, {"worst"}, {"per minute"}, {""}}};
    nlohmann::ordered_json json_;
    sim::SizeTrial best_;  ///< if none is enough
    std::string remark_, curve_, reasons_;
    bool any_met_ = false;
};

void run(const SizeArguments& arguments, Context& context) {
    const ImageFile file = arguments.image.read();
    sim::SizeTask task = task_of(arguments, file, context);
    const std::vector<int16_t> input = read_input(context, file, arguments.input, arguments.image.scale_for(file));
    task.input = input;
    task.inference = sim::cost_of_inference(task);
    Sizer sizer(task, arguments.supply);
    sizer.run();
    const device::Capacitor& capacitor = task.plan.chain.capacitor;
    nlohmann::ordered_json json{{"supply", arguments.supply},           {"policy", arguments.policy},
                                {"device", task.profile.name},          {"period_s", task.series.period_s},
                                {"deadline_s", task.series.deadline_s}, {"share", task.share}};
    json.update(sizer.json());
    std::string text = fmt::format(
        "Wanted: an inference {}, {:g} % of them within {}, on {} ({}; {} between {:.3g} V and {:.3g} V, at most "
        "{:.3g} V):\n\n",
        task.series.period_s > 0 ? "every " + quantity(task.series.period_s, "s") : "after the other",
        arguments.share_percent, quantity(task.series.deadline_s, "s"), arguments.supply, task.profile.name,
        si_text(capacitor.capacitance_f, "F"), capacitor.on_v, capacitor.off_v, capacitor.max_v);
    context.print(json, text + sizer.text());
    context.exit_code = sizer.any_met() ? exit_ok : exit_failed;
}

}  // namespace

void add_size(CLI::App& app, Context& context) {
    CLI::App* command =
        app.add_subcommand("size", "Find the capacitor, power and voltages that inferences need to end in time");
    const auto arguments = std::make_shared<SizeArguments>();
    arguments->image.add_to(*command, true);
    add_input(*command, arguments->input);
    command->add_option("--supply", arguments->supply, "A supply that harvests; see `dynbal help supplies`")
        ->required();
    command->add_option(
        "--period", arguments->period,
        "Begin an inference every T, such as 10s (default: one after the other, and --deadline is needed)");
    command->add_option("--deadline", arguments->deadline,
                        "An inference must end within T after it was due (default: the period)");
    command->add_option("--share", arguments->share_percent, "Percentage of the inferences that must end in time")
        ->check(number_between(1.0, 100.0))
        ->capture_default_str();
    command
        ->add_option("--repeat", arguments->count,
                     "Number of inferences (default: those of a whole trace or day; else 100)")
        ->check(CLI::Range(uint64_t{1}, uint64_t{1'000'000}));
    add_policy(*command, arguments->policy);
    add_device(*command, arguments->device);
    add_json(*command, context);
    command->callback([arguments, &context] { run(*arguments, context); });
}

}  // namespace dynbal::cli
