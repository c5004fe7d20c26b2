#include <gtest/gtest.h>

#include <cmath>

#include "fidelity/choices.hpp"
#include "fidelity/fidelity_page.hpp"
#include "fidelity/fit.hpp"
#include "fidelity/predict.hpp"
#include "io/file.hpp"
#include "plugin/policy.hpp"

namespace dynbal::fidelity {
namespace {

const ReferenceModel& model(const std::string& name) {
    for (const ReferenceModel& each : reference_models()) {
        if (each.name == name) return each;
    }
    throw std::logic_error(name);
}

TEST(Fidelity, SteadyCellsAreWithinTwentyPercent) {
    ASSERT_EQ(steady_cells().size(), 9U);
    for (const PublishedCell& cell : steady_cells()) {
        EXPECT_LT(std::abs(relative_error(device::published_profile(), cell)), 0.2) << cell.model << " " << cell.supply;
    }
}

TEST(Fidelity, TheProfileHoldsWhatTheFitFinds) {
    const device::DeviceProfile& profile = device::published_profile();
    const Constants fitted = fit(profile, steady_cells());
    const Constants held = constants_of(profile);
    for (size_t i = 0; i < fitted.size(); ++i) {
        EXPECT_NEAR(held[i] / fitted[i], 1, 0.01) << fitted_constants()[i].name << " = " << fitted[i];
    }
}

/// The fit must find constants from which periods were made.
TEST(Fidelity, TheFitFindsKnownConstants) {
    const Constants truth{15, 60, 0.6, 1.3e-3};
    const device::DeviceProfile profile = with_constants(device::published_profile(), truth);
    std::vector<PublishedCell> cells = steady_cells();
    for (PublishedCell& cell : cells) {
        cell.period_s = predict(model_of(cell), Policy::dynbal, profile, *cell.power_w).period_s;
    }
    const device::DeviceProfile found = with_constants(profile, fit(profile, cells));
    for (const PublishedCell& cell : cells) {
        EXPECT_LT(std::abs(relative_error(found, cell)), 0.05) << cell.model << " " << cell.supply;
    }
}

TEST(Fidelity, PredictionsBehaveAsPhysicsDoes) {
    const device::DeviceProfile& profile = device::published_profile();
    const device::DeviceProfile slow = device::load_profile("msp432p401r-6mhz");
    for (const ReferenceModel& each : reference_models()) {
        double before_s = INFINITY;
        for (const double power_w : {1e-3, 2e-3, 4e-3, 8e-3, 16e-3, 200e-3}) {
            const Prediction prediction = predict(each, Policy::dynbal, profile, power_w);
            EXPECT_LT(prediction.period_s, before_s) << each.name << " " << power_w;
            EXPECT_GE(prediction.period_s, prediction.work_s);
            EXPECT_GT(predict(each, Policy::dynbal, slow, power_w).period_s, prediction.period_s) << "a slower bus";
            before_s = prediction.period_s;
        }
        EXPECT_DOUBLE_EQ(before_s, predict(each, Policy::dynbal, profile, 200e-3).work_s) << "never fails";
        const double power_w =
            *equivalent_power_w(each, Policy::dynbal, profile, predict(each, Policy::dynbal, profile, 3e-3).period_s);
        EXPECT_NEAR(power_w, 3e-3, 1e-6);
    }
    device::DeviceProfile weak = profile;
    weak.capacitor.capacitance_f = 1e-4;
    EXPECT_FALSE(std::isfinite(predict(model("SQN"), Policy::fixed, weak, 1e-3).period_s));
}

/// Where ours differs, the formula that both follow must say that it is no worse.
TEST(Fidelity, PaperChoosesWhatThePublishedLogsShowOrBetterByItsFormula) {
    size_t same = 0;
    for (const PublishedChoice& published : published_choices()) {
        const Tiles ours = paper_choice(published.shape);
        const auto formula = [&](const Tiles& tiles) {
            return paper_usage_span(published.shape, tiles.out, tiles.in, choice_cycle_macs);
        };
        if (same_parts(published.shape, published.tiles, ours)) {
            ++same;
        } else {
            EXPECT_LE(formula(ours), formula(published.tiles)) << published.model << " " << published.layer;
        }
    }
    EXPECT_GE(2 * same, published_choices().size());
}

TEST(Fidelity, ASizeStandsForAllThatGiveAsManyParts) {
    const LoopShape& shape = published_choices()[2].shape;  // 16 to 64 channels
    EXPECT_TRUE(same_parts(shape, {8, 12}, {8, 11}));
    EXPECT_FALSE(same_parts(shape, {8, 12}, {8, 13}));
    EXPECT_FALSE(same_parts(shape, {8, 12}, {16, 12}));
}

TEST(Fidelity, TheDocumentIsWhatTheCommandWrites) {
    const std::string path = DYNBAL_REPOSITORY "/docs/fidelity.md";
    EXPECT_EQ(io::read_text(path), document(device::published_profile()))
        << "run: dynbal fidelity --write docs/fidelity.md";
}

}  // namespace
}  // namespace dynbal::fidelity
