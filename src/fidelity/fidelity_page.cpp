#include "fidelity/fidelity_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "fidelity/choices.hpp"
#include "fidelity/fit.hpp"
#include "fidelity/predict.hpp"

namespace dynbal::fidelity {
namespace {

constexpr const char* opening = R"(# How close to hardware?

Written by `dynbal fidelity --write docs/fidelity.md`; a test checks that it still is what the command writes.

The published system (DynBal, ACM TECS 2023: MSP432P401R, serial FRAM at 8 MHz, stateful) was measured by its authors: the
seconds between two inferences on harvested power, recharging included. Its research code tells how many bytes, transfers and
MACs an inference takes, and how that grows when power fails. Here this counted work is priced by the device profile
`msp432p401r-published` and run through the simulator's power chain: the same profile and chain that `dynbal simulate` uses. What the
work of *our* engine costs does not enter.

SQN is a SqueezeNet for small pictures, HAR tells what a person does, KWS tells spoken words. RF is power from radio waves. A *cell* is a network
under a supply; in a *steady* cell the power is constant. `fixed` takes the largest tiles, `dynbal` is the authors' own policy.

)";

constexpr const char* unknowns = R"(
## What cannot be known

* **RF and thermal.** Their traces are not published, so these cells can be neither predicted nor checked. The table says which
  steady power would give the published period; it is no prediction.
* **Capacitor, converter, board.** Neither capacitance nor efficiency nor the current of the board is published. Only what the
  device draws *divided by* the efficiency shows in these periods: another pair with the same quotient, and a capacitance
  scaled with it, predicts the same.
* **What overheads are for.** Three networks cannot tell a dear byte from a dear transfer or a dear value. The profile takes
  published numbers where there are any (transfer set-up, 5 ms a layer, 5 ms a boot, SPI clock) and fits the four others
  together, each held near what is physically likely.
* **`fixed` below 100,000 units a power cycle** never ends in the reference's own counts.
)";

std::string seconds(double period_s) {
    return std::isfinite(period_s) ? fmt::format("{:.3g}", period_s) : "never ends";
}

std::string percent(double share) { return fmt::format("{:+.1f} %", 100 * share); }

std::string cell_table(const device::DeviceProfile& profile) {
    std::string text =
        "## All 15 cells\n\n| network | supply | published s | predicted s | error | power cycles "
        "|\n|---|---|---:|---:|---:|---:|\n";
    for (const PublishedCell& cell : published_cells()) {
        const ReferenceModel& model = model_of(cell);
        if (cell.power_w) {
            const Prediction prediction = predict(model, Policy::dynbal, profile, *cell.power_w);
            text += fmt::format("| {} | {} | {:g} | {} | {} | {:.0f} |\n", cell.model, cell.supply, cell.period_s,
                                seconds(prediction.period_s), percent(prediction.period_s / cell.period_s - 1),
                                prediction.power_cycles);
        } else {
            const auto power_w = equivalent_power_w(model, Policy::dynbal, profile, cell.period_s);
            text += fmt::format("| {} | {} | {:g} | unknown trace | as {} steady | |\n", cell.model, cell.supply,
                                cell.period_s, power_w ? fmt::format("{:.2f} mW", *power_w * 1e3) : "no power");
        }
    }
    double worst = 0, sum = 0;
    for (const PublishedCell& cell : steady_cells()) {
        worst = std::max(worst, std::abs(relative_error(profile, cell)));
        sum += std::abs(relative_error(profile, cell));
    }
    return text + fmt::format("\nSteady cells: worst error {:.1f} %, mean {:.1f} %.\n", 100 * worst,
                              100 * sum / static_cast<double>(steady_cells().size()));
}

std::string constants_table(const device::DeviceProfile& profile) {
    std::string text = "\n## The fitted constants\n\n| constant | likely before | fitted |\n|---|---:|---:|\n";
    const Constants constants = constants_of(profile);
    for (size_t i = 0; i < constants.size(); ++i) {
        const FittedConstant& constant = fitted_constants()[i];
        text += fmt::format("| `{}` | {:g} (times or by {:g}) | {:.4g} |\n", constant.name, constant.likely,
                            constant.factor, constants[i]);
    }
    return text +
           "\nOne set for all networks, in `devices/msp432p401r-published.toml` and its base, `msp432p401r`. `dynbal "
           "fidelity --fit` finds them again.\n";
}

constexpr const char* choices_opening = R"(
## Does `paper` choose what the published system chose?

The most frequent choices in the authors' logs, as input and output channels of a tile, beside those of our policy `paper` with a
power cycle of 100,000 MACs, which is about what all published choices together speak for. Two sizes that cut a layer into as many
parts count as the same. The last column says how much dearer the published choice is by the paper's own formula: where it is
not 0 %, the published search stopped beside the least (it tries few sizes, and the second dimension with the first one's old
value), or its power cycles brought another energy.

)";

std::string left_out_row(const device::DeviceProfile& profile, const std::string& what,
                         const std::vector<PublishedCell>& kept, const std::vector<PublishedCell>& left_out) {
    const device::DeviceProfile other = with_constants(profile, fit(profile, kept));
    std::string text = fmt::format("| {} |", what);
    for (const PublishedCell& cell : left_out) text += fmt::format(" {} |", percent(relative_error(other, cell)));
    return text + "\n";
}

/// Fitted without some cells: how far off are these then?
std::string generalisation(const device::DeviceProfile& profile) {
    std::string text = "\n## Does it generalise?\n\nErrors of the cells that a fit has not seen:\n\n";
    const std::vector<PublishedCell> cells = steady_cells();
    const auto add = [&](const std::string& what, const auto& is_left_out) {
        std::vector<PublishedCell> kept, left_out;
        for (const PublishedCell& cell : cells) (is_left_out(cell) ? left_out : kept).push_back(cell);
        text += left_out_row(profile, what, kept, left_out);
    };
    text += "| fitted without network | 2 mW | 4 mW | 12 mW |\n|---|---:|---:|---:|\n";
    for (const ReferenceModel& model : reference_models()) {
        add(model.name, [&](const PublishedCell& cell) { return model.name == cell.model; });
    }
    text += "\n| fitted without power | SQN | HAR | KWS |\n|---|---:|---:|---:|\n";
    for (const double power_w : {2e-3, 4e-3, 12e-3}) {
        add(fmt::format("{:g} mW", power_w * 1e3), [&](const PublishedCell& cell) { return *cell.power_w == power_w; });
    }
    return text;
}

std::string further_cells(const device::DeviceProfile& profile) {
    std::string text =
        "\n## Predicted, with nothing to compare\n\nSeconds; the same constants. `dynbal fidelity --power 6mW --policy "
        "fixed --device msp432p401r-6mhz` gives any other.\n\n| network | policy | SPI | 2 mW | 4 mW | 12 mW |\n"
        "|---|---|---|---:|---:|---:|\n";
    device::DeviceProfile slow = device::load_profile("msp432p401r-6mhz");
    for (const ReferenceModel& model : reference_models()) {
        for (const Policy policy : {Policy::fixed, Policy::dynbal}) {
            for (const device::DeviceProfile* each : {&profile, static_cast<const device::DeviceProfile*>(&slow)}) {
                text += fmt::format("| {} | {} | {} |", model.name, name_of(policy), each == &slow ? "6 MHz" : "8 MHz");
                for (const double power_w : {2e-3, 4e-3, 12e-3}) {
                    text += fmt::format(" {} |", seconds(predict(model, policy, *each, power_w).period_s));
                }
                text += "\n";
            }
        }
    }
    return text;
}

}  // namespace

std::string document(const device::DeviceProfile& profile) {
    return opening + cell_table(profile) + constants_table(profile) + generalisation(profile) + further_cells(profile) +
           choices_opening + choices_table() + unknowns;
}

}  // namespace dynbal::fidelity
