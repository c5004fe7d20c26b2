//! Energy is neither made nor lost, and the curves are those of the equations.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "power/chain.hpp"
#include "sim/session.hpp"
#include "tiny_model.hpp"

namespace dynbal::power {
namespace {

ChainOptions plain_options() {
    ChainOptions options;
    options.capacitor = {.capacitance_f = 1e-3, .on_v = 3, .off_v = 2, .max_v = 3.5, .leakage_a = 0, .esr_ohm = 0};
    options.start_v = 2;
    return options;
}

PowerChain constant(double power_w, const ChainOptions& options) {
    return {std::make_unique<ConstantHarvester>(power_w), options};
}

void expect_balanced(const EnergyBalance& balance) {
    const double whole = std::max({std::abs(balance.harvested), std::abs(balance.delivered), std::abs(balance.stored)});
    EXPECT_LE(std::abs(balance.error()), 1e-9 * whole);
    EXPECT_GE(balance.lost_converter, 0);
    EXPECT_GE(balance.lost_leakage, -1e-12 * whole);
    EXPECT_GE(balance.lost_resistance, 0);
    EXPECT_GE(balance.lost_clipped, -1e-12 * whole);
}

TEST(PowerChain, ChargesAndEmptiesAsTheEquationsSay) {
    PowerChain chain = constant(2e-3, plain_options());
    EXPECT_DOUBLE_EQ(chain.charge(), 2.5e-3 / 2e-3);  // C/2 (9 - 4) = 2.5 mJ
    EXPECT_DOUBLE_EQ(chain.voltage_v(), 3);
    EXPECT_DOUBLE_EQ(chain.draw(12e-3, 10), 2.5e-3 / 10e-3) << "harvesting goes on";
    EXPECT_NEAR(chain.voltage_v(), 2, 1e-12);
    EXPECT_EQ(chain.draw(12e-3, 10), 0) << "it has stopped";
    EXPECT_EQ(chain.draw(1e-3, 0.5), 0.5) << "less than is harvested";
}

TEST(PowerChain, SleepsWithTheDeviceOnUntilTheCapacitorIsAtItsOffVoltage) {
    ChainOptions options = plain_options();
    options.sleep_w = 1e-3;
    PowerChain chain = constant(0.5e-3, options);
    EXPECT_THROW(chain.charge(), NeverCharges);
    options.start_v = 3;
    PowerChain full = constant(0.5e-3, options);
    EXPECT_TRUE(full.sleep(4));
    EXPECT_NEAR(full.balance().stored, -0.5e-3 * 4, 1e-12);
    EXPECT_NEAR(full.balance().lost_sleeping, 1e-3 * 4, 1e-12);
    EXPECT_FALSE(full.sleep(4)) << "2.5 mJ last for 5 s";
    EXPECT_LT(full.voltage_v(), 2) << "off, it goes on to draw";
    expect_balanced(full.balance());
}

TEST(PowerChain, IsResumedWithAnotherHarvester) {
    PowerChain chain = constant(2e-3, plain_options());
    chain.rest(0.5);
    PowerChain other = chain.resumed(std::make_unique<ConstantHarvester>(4e-3));
    EXPECT_EQ(other.voltage_v(), chain.voltage_v());
    EXPECT_NEAR(other.charge(), 1.5e-3 / 4e-3, 1e-12);
    expect_balanced(other.balance());
    EXPECT_NEAR(chain.charge(), 1.5e-3 / 2e-3, 1e-12) << "the first one is as it was";
}

TEST(PowerChain, ClipsAtTheHighestVoltage) {
    PowerChain chain = constant(2e-3, plain_options());
    chain.charge();
    EXPECT_EQ(chain.draw(1e-3, 100), 100);
    EXPECT_DOUBLE_EQ(chain.voltage_v(), 3.5);
    const double room_j = 0.5e-3 * (3.5 * 3.5 - 9);
    EXPECT_NEAR(chain.balance().lost_clipped, 100 * 1e-3 - room_j, 1e-12);
    expect_balanced(chain.balance());
}

TEST(PowerChain, LeaksAsAResistorDoes) {
    ChainOptions options = plain_options();
    options.capacitor.leakage_a = 35e-6;  // 100 kOhm
    options.start_v = 3;
    PowerChain chain(std::make_unique<ConstantHarvester>(1e-12), options);
    EXPECT_EQ(chain.draw(1e-12, 20), 20);
    EXPECT_NEAR(chain.voltage_v(), 3 * std::exp(-20 / (100e3 * 1e-3)), 1e-6);
    expect_balanced(chain.balance());
}

TEST(PowerChain, LosesEnergyInItsResistance) {
    ChainOptions options = plain_options();
    options.capacitor.esr_ohm = 10;
    options.start_v = 3;
    PowerChain chain(std::make_unique<ConstantHarvester>(0), options);
    const double ran_s = chain.draw(60e-3, 10);
    // The current is 20 to 30 mA, so the terminals are 0.2 to 0.3 V lower; integrated numerically: 37.3 ms.
    double volts = 3, time_s = 0;
    for (; volts > 2 + 60e-3 / 2 * 10; time_s += 1e-6) {
        const double ampere = (volts - std::sqrt(volts * volts - 4 * 10 * 60e-3)) / 20;
        volts -= ampere * 1e-6 / 1e-3;
    }
    EXPECT_NEAR(ran_s, time_s, 0.01 * time_s);
    EXPECT_GT(chain.balance().lost_resistance, 0.05 * chain.balance().delivered);
    expect_balanced(chain.balance());
}

TEST(PowerChain, ConvertsOnlyAboveItsStart) {
    ChainOptions options = plain_options();
    options.converter = {.efficiency = 0.8, .least_w = 1e-3, .least_v = 0};
    std::vector<Piece> pieces{{1, 0.9e-3, 1}, {1, 2e-3, 1}};
    PowerChain chain(std::make_unique<TraceHarvester>(pieces, true, 0), options);
    EXPECT_NEAR(chain.charge(), 2 + 1 + (2.5e-3 - 1.6e-3) / 1.6e-3, 1e-9);
    expect_balanced(chain.balance());
    options.converter.least_v = 1.5;
    PowerChain low(std::make_unique<TraceHarvester>(pieces, true, 0), options);
    EXPECT_THROW(low.charge(), NeverCharges);
}

TEST(PowerChain, SaysWhenItCanNeverCharge) {
    const auto reason = [](PowerChain chain) {
        try {
            chain.charge();
        } catch (const NeverCharges& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_NE(reason(constant(0, plain_options())).find("start the device: nothing is harvested"), std::string::npos);
    ChainOptions leaking = plain_options();
    leaking.capacitor.leakage_a = 1e-3;  // 2 mW at 2 V
    EXPECT_NE(reason(constant(1e-3, leaking)).find("as fast as it comes"), std::string::npos);
    ChainOptions sleeping = plain_options();
    sleeping.sleep_w = 2e-3;
    EXPECT_NE(reason(constant(1e-3, sleeping)).find("never start"), std::string::npos);
    const std::vector<Piece> weak{{1, 1e-3, 9}, {9, 0, 9}}, faint{{1, 1e-9, 9}, {9, 0, 9}};
    EXPECT_NE(reason({std::make_unique<TraceHarvester>(weak, true, 0), leaking}).find("repetition"), std::string::npos);
    EXPECT_NE(reason({std::make_unique<TraceHarvester>(weak, false, 0), plain_options()}).find("nothing more"),
              std::string::npos);
    EXPECT_NE(reason(constant(1e-10, plain_options())).find("30 days"), std::string::npos);
    ChainOptions nearly = plain_options();
    nearly.start_v = 2.9999;
    EXPECT_EQ(
        reason({std::make_unique<TraceHarvester>(faint, false, 0), nearly}),
        "the supply can never start the device: it starts when its capacitor of 1 mF is at 3 V (on_voltage); after "
        "10 s the capacitor is at 2.9999 V and never gets there, because nothing more is harvested");
}

/// A gain that is small beside what the capacitor holds is one all the same.
TEST(PowerChain, ManySmallRepetitionsChargeAsConstantPowerDoes) {
    const std::vector<Piece> pieces{{1e-3, 1e-6, 9}, {1e-3, 1e-6, 9}};
    PowerChain trace(std::make_unique<TraceHarvester>(pieces, true, 0), plain_options());
    PowerChain steady = constant(1e-6, plain_options());
    EXPECT_NEAR(trace.charge() / steady.charge(), 1, 1e-6);
}

TEST(TraceHarvester, RepeatsAndSkips) {
    TraceHarvester trace({{1, 10, 0}, {2, 20, 0}}, true, 3 + 1.5);
    const Piece first = trace.next();
    EXPECT_EQ(first.power_w, 20);
    EXPECT_EQ(first.duration_s, 1.5);
    EXPECT_EQ(trace.repetitions(), 0U);
    EXPECT_EQ(trace.next().power_w, 10);
    EXPECT_EQ(trace.repetitions(), 1U);
    EXPECT_EQ(trace.next().duration_s, 2);
}

TEST(SyntheticHarvesters, AreWhatTheyPromise) {
    MarkovHarvester markov({.power_w = 2, .low_w = 1, .on_s = 0.5, .off_s = 2, .seed = 3});
    double on_s = 0, off_s = 0;
    for (int i = 0; i < 20000; ++i) {
        const Piece piece = markov.next();
        ASSERT_GT(piece.duration_s, 0);
        (piece.power_w == 2 ? on_s : off_s) += piece.duration_s;
    }
    EXPECT_NEAR(on_s, 5000, 200);
    EXPECT_NEAR(off_s, 20000, 800);
    WalkHarvester walk({.low_w = 1, .high_w = 3, .step_w = 0.5, .every_s = 2, .seed = 3});
    WalkHarvester same({.low_w = 1, .high_w = 3, .step_w = 0.5, .every_s = 2, .seed = 3});
    for (int i = 0; i < 1000; ++i) {
        const double power_w = walk.next().power_w;
        EXPECT_EQ(power_w, same.next().power_w);
        EXPECT_TRUE(power_w >= 1 && power_w <= 3);
    }
    DayNightHarvester day({.peak_w = 1, .period_s = 480, .clouds = 0, .seed = 1});
    double energy_j = 0;
    for (uint64_t i = 0; i < DayNightHarvester::pieces_per_period; ++i) energy_j += day.next().power_w;
    EXPECT_NEAR(energy_j, 480 / M_PI, 0.01);
}

double quantity(int low, int high, double unit) { return *rc::gen::inRange(low, high) * unit; }

std::unique_ptr<Harvester> any_harvester() {
    const uint64_t seed = *rc::gen::arbitrary<uint32_t>();
    switch (*rc::gen::inRange(0, 5)) {
        case 0: return std::make_unique<ConstantHarvester>(quantity(1, 20'000, 1e-6));
        case 1:
            return std::make_unique<MarkovHarvester>(
                MarkovHarvester::Options{quantity(1000, 20'000, 1e-6), quantity(0, 100, 1e-6), quantity(1, 500, 1e-3),
                                         quantity(1, 500, 1e-3), seed});
        case 2:
            return std::make_unique<WalkHarvester>(
                WalkHarvester::Options{quantity(0, 100, 1e-6), quantity(1000, 20'000, 1e-6), quantity(0, 900, 1e-6),
                                       quantity(1, 900, 1e-3), seed});
        case 3:
            return std::make_unique<DayNightHarvester>(DayNightHarvester::Options{
                quantity(1000, 20'000, 1e-6), quantity(1, 100, 1e-1), quantity(0, 100, 1e-2), seed});
        default: break;
    }
    std::vector<Piece> pieces;
    const int count = *rc::gen::inRange(1, 9);
    for (int i = 0; i < count; ++i)
        pieces.push_back({quantity(1, 300, 1e-3), quantity(0, 9000, 1e-6), quantity(0, 4, 1)});
    return std::make_unique<TraceHarvester>(pieces, *rc::gen::arbitrary<bool>(), quantity(0, 9, 0.1));
}

ChainOptions any_options() {
    ChainOptions options;
    device::Capacitor& capacitor = options.capacitor;
    capacitor.capacitance_f = quantity(10, 5000, 1e-6);
    capacitor.off_v = quantity(10, 30, 0.1);
    capacitor.on_v = capacitor.off_v + quantity(1, 20, 0.1);
    capacitor.max_v = capacitor.on_v + quantity(0, 10, 0.1);
    capacitor.leakage_a = *rc::gen::element(0.0, 1e-7, 1e-5, 2e-4);
    capacitor.esr_ohm = *rc::gen::element(0.0, 0.0, 0.1, 5.0, 50.0);
    options.start_v = *rc::gen::element(0.0, capacitor.off_v, capacitor.max_v);
    options.sleep_w = *rc::gen::element(0.0, 1e-6, 5e-4);
    options.converter = {quantity(30, 101, 0.01), *rc::gen::element(0.0, 1e-4), *rc::gen::element(0.0, 2.0)};
    return options;
}

RC_GTEST_PROP(PowerChain, NeitherMakesNorLosesEnergy, ()) {
    const ChainOptions options = any_options();
    PowerChain chain(any_harvester(), options);
    double delivered_j = 0;
    try {
        for (int cycle = 0; cycle < 20; ++cycle) {
            chain.charge();
            RC_ASSERT(chain.voltage_v() >= options.capacitor.on_v * (1 - 1e-12));
            for (int i = 0; i < 50; ++i) {
                const double power_w = quantity(0, 60'000, 1e-6), duration_s = quantity(1, 100'000, 1e-6);
                const double ran_s = chain.draw(power_w, duration_s);
                delivered_j += ran_s * power_w;
                RC_ASSERT(ran_s >= 0 && ran_s <= duration_s);
                RC_ASSERT(chain.voltage_v() <= options.capacitor.max_v * (1 + 1e-12));
                if (ran_s < duration_s) break;
            }
        }
    } catch (const NeverCharges&) {
    }
    const EnergyBalance& balance = chain.balance();
    expect_balanced(balance);
    RC_ASSERT(std::abs(balance.delivered - delivered_j) <= 1e-9 * delivered_j);
    const double begin_j = options.capacitor.energy_at(options.start_v);
    const double end_j = options.capacitor.energy_at(chain.voltage_v());
    RC_ASSERT(std::abs(balance.stored - (end_j - begin_j)) <= 1e-9 * std::max(begin_j, end_j));
}

/// The same over whole inferences, where the device says what it drew and the clock what was harvested.
TEST(PowerChain, BalancesOverInferences) {
    const ImageFile file = sim::tiny_image();
    for (const std::string text :
         {"power:4mW", "power:1mW,efficiency=0.7,leakage=5uA,max_voltage=3.5V", "power:30mW,esr=2Ohm,sleep=10uW",
          "markov:power=8mW,on=20ms,off=50ms,leakage=2uA,esr=1Ohm,start_voltage=0V", "walk:high=6mW,every=10ms",
          "daynight:peak=10mW,period=2s,clouds=0.5"}) {
        sim::Session session(file);
        const auto supply = sim::parse_supply(text);
        for (int i = 0; i < 5; ++i) {
            const sim::RunResult result = session.run_inference(sim::tiny_input(file), *supply, {});
            ASSERT_TRUE(result.completed()) << text << ": " << result.message;
            ASSERT_TRUE(result.energy_balance);
            expect_balanced(*result.energy_balance);
            EXPECT_NEAR(result.energy_balance->delivered, result.energy_j, 1e-9 * result.energy_j) << text;
            if (text.starts_with("power:4mW")) {
                EXPECT_NEAR(result.energy_balance->harvested, 4e-3 * result.latency_s, 4e-12 * result.latency_s);
            }
        }
    }
}

}  // namespace
}  // namespace dynbal::power
