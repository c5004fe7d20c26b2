#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/output_file.hpp"
#include "fidelity/choices.hpp"
#include "fidelity/fidelity_page.hpp"
#include "fidelity/fit.hpp"
#include "fidelity/predict.hpp"
#include "io/file.hpp"
#include "power/quantity.hpp"

namespace dynbal::cli {
namespace {

struct FidelityArguments {
    std::string device;
    std::string policy = "dynbal";
    std::vector<std::string> powers;
    std::string write;
    bool fit = false;
};

double watts_of(const std::string& text) {
    const auto watts = power::parse_quantity(text, power::Unit::watt);
    if (watts && *watts >= 1e-6 && *watts <= 10) return *watts;
    throw InputError("--power " + text + " is not " + power::example_of(power::Unit::watt));
}

fidelity::Policy policy_of(const std::string& text) {
    for (const fidelity::Policy policy : {fidelity::Policy::fixed, fidelity::Policy::dynbal}) {
        if (text == fidelity::name_of(policy)) return policy;
    }
    throw InputError("--policy " + text + " is neither fixed nor dynbal, the policies of the reference");
}

/// Infinite becomes null: JSON knows no infinity.
nlohmann::ordered_json number(double value) {
    return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json row_json(const fidelity::ReferenceModel& model, double power_w,
                                const fidelity::Prediction& row) {
    return {{"model", model.name},
            {"power_w", power_w},
            {"predicted_s", number(row.period_s)},
            {"power_cycles", number(row.power_cycles)},
            {"cycle_units", number(row.cycle_units)},
            {"work_j", row.work_j},
            {"work_s", row.work_s}};
}

nlohmann::ordered_json cells_json(const device::DeviceProfile& profile) {
    nlohmann::ordered_json cells = nlohmann::ordered_json::array();
    for (const fidelity::PublishedCell& cell : fidelity::published_cells()) {
        const fidelity::ReferenceModel& model = fidelity::model_of(cell);
        nlohmann::ordered_json json{{"model", cell.model}, {"supply", cell.supply}};
        if (cell.power_w) {
            json.update(
                row_json(model, *cell.power_w, predict(model, fidelity::Policy::dynbal, profile, *cell.power_w)));
            json["relative_error"] = number(relative_error(profile, cell));
        } else {
            const auto power_w = equivalent_power_w(model, fidelity::Policy::dynbal, profile, cell.period_s);
            json["equivalent_power_w"] = power_w ? nlohmann::ordered_json(*power_w) : nlohmann::ordered_json(nullptr);
        }
        json["published_s"] = cell.period_s;
        cells.push_back(json);
    }
    return cells;
}

nlohmann::ordered_json choices_json() {
    const auto json = [](const fidelity::Tiles& tiles) { return nlohmann::ordered_json{tiles.in, tiles.out}; };
    nlohmann::ordered_json choices = nlohmann::ordered_json::array();
    for (const fidelity::PublishedChoice& published : fidelity::published_choices()) {
        const fidelity::Tiles ours = fidelity::paper_choice(published.shape);
        choices.push_back({{"model", published.model},
                           {"layer", published.layer},
                           {"published", json(published.tiles)},
                           {"paper", json(ours)},
                           {"same_parts", fidelity::same_parts(published.shape, published.tiles, ours)}});
    }
    return choices;
}

void run_powers(const FidelityArguments& arguments, const device::DeviceProfile& profile, Context& context) {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    std::string text;
    for (const std::string& power : arguments.powers) {
        for (const fidelity::ReferenceModel& model : fidelity::reference_models()) {
            const auto row = predict(model, policy_of(arguments.policy), profile, watts_of(power));
            rows.push_back(row_json(model, watts_of(power), row));
            text += fmt::format("{} at {}: {}\n", model.name, power,
                                std::isfinite(row.period_s) ? fmt::format("{:.3g} s", row.period_s) : "never ends");
        }
    }
    context.print({{"device", profile.name}, {"policy", arguments.policy}, {"predictions", rows}}, text);
}

void run_fit(const device::DeviceProfile& profile, Context& context) {
    const fidelity::Constants constants = fit(profile, fidelity::steady_cells());
    nlohmann::ordered_json json;
    std::string text;
    for (size_t i = 0; i < constants.size(); ++i) {
        const char* name = fidelity::fitted_constants()[i].name;
        json[name] = constants[i];
        text += fmt::format("{} = {:.4g}\n", name, constants[i]);
    }
    context.print({{"device", profile.name}, {"fitted", json}}, text);
}

void run(const FidelityArguments& arguments, Context& context) {
    check_output("--write", arguments.write, {arguments.device});
    const device::DeviceProfile profile = device::load_profile(arguments.device);
    if (arguments.fit) return run_fit(profile, context);
    if (!arguments.powers.empty()) return run_powers(arguments, profile, context);
    const std::string document = fidelity::document(profile);
    if (!arguments.write.empty()) io::write_file(arguments.write, document);
    context.print({{"device", profile.name}, {"cells", cells_json(profile)}, {"choices", choices_json()}},
                  arguments.write.empty() ? document : arguments.write + " written\n");
}

}  // namespace

void add_fidelity(CLI::App& app, Context& context) {
    CLI::App* command =
        app.add_subcommand("fidelity", "Compare predicted times with those published for the DynBal paper's system");
    const auto arguments = std::make_shared<FidelityArguments>();
    arguments->device = device::published_profile().name;
    add_device(*command, arguments->device, arguments->device);
    command->add_option("--power", arguments->powers, "Predict at this steady power; may be given several times");
    command->add_option("--policy", arguments->policy, "With --power: policy of the published system, fixed or dynbal");
    command->add_option("-o,--write,--output", arguments->write, "Write the document to this file");
    command->add_flag("--fit", arguments->fit, "Fit the constants of the profile to the published cells again");
    add_json(*command, context);
    command->callback([arguments, &context] { run(*arguments, context); });
}

}  // namespace dynbal::cli
