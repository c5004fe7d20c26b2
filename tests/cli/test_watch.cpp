// A run in the terminal: what is shown, and that watching changes nothing.
#include <fmt/format.h>

#include <algorithm>

#include "cli/watch_screen.hpp"
#include "cli_fixture.hpp"
#include "sim/session.hpp"
#include "sim/supply.hpp"

namespace dynbal::cli {
namespace {

struct Watched {
    std::vector<std::string> frames;
    sim::RunResult result;
    std::string last;
};

/// `frames` a second of the run.
Watched watch(const char* supply_text, double frames) {
    const ImageFile& file = sim::tiny_image();
    const sim::DeviceProfile& profile = sim::profile_by_name("cortex-m4");
    WatchSetting setting;
    setting.title = "tiny";
    setting.compute_s.assign(file.header().stage_count, 1);
    setting.on_v = profile.capacitor.on_v;
    setting.off_v = profile.capacitor.off_v;
    setting.seconds_a_frame = 1 / frames;
    Watched watched;
    WatchScreen screen(file, setting, [&] { watched.frames.push_back(screen.frame()); });
    sim::RunOptions options;
    options.observer = &screen;
    sim::Session session(file, profile);
    watched.result = session.run_inference(sim::tiny_input(file), *sim::parse_supply(supply_text, profile), options);
    watched.last = screen.frame();
    return watched;
}

constexpr const char* harvested = "power:2mW,capacitance=200uF";

TEST(WatchScreen, ShowsAFrameAtEachMomentWhateverTheSpans) {
    const Watched watched = watch(harvested, 100);
    ASSERT_TRUE(watched.result.completed()) << watched.result.message;
    ASSERT_GT(watched.result.power_cycles, 2U);
    EXPECT_NEAR(static_cast<double>(watched.frames.size()), 100 * watched.result.latency_s, 1.5);
    const auto lines = [](const std::string& text) { return std::count(text.begin(), text.end(), '\n'); };
    bool charging = false, on = false;
    for (const std::string& frame : watched.frames) {
        EXPECT_EQ(lines(frame), lines(watched.last)) << frame;
        charging |= frame.find("no power: charging") != std::string::npos;
        on |= frame.find("no power: charging") == std::string::npos;
    }
    EXPECT_TRUE(charging);
    EXPECT_TRUE(on);
    EXPECT_NE(watched.last.find("power cycle " + std::to_string(watched.result.power_cycles) + " "), std::string::npos)
        << watched.last;
    EXPECT_NE(watched.last.find(" V  "), std::string::npos) << watched.last;
}

size_t lines_of(const std::string& text) { return static_cast<size_t>(std::count(text.begin(), text.end(), '\n')); }

TEST(WatchScreen, AFrameFitsAndSaysWhatIsLeftOut) {
    const ImageFile& file = sim::tiny_image();
    const size_t layers = file.header().stage_count;
    ASSERT_GT(layers, 2U);
    WatchSetting setting;
    setting.title = "tiny";
    setting.compute_s.assign(layers, 1);
    WatchScreen screen(file, setting, [] {});
    const auto last = static_cast<uint16_t>(layers - 1);
    screen.event(0, {.kind = EventKind::stage_begin, .stage = last, .config = {}});
    EXPECT_EQ(lines_of(screen.frame()), 3 + layers);
    EXPECT_EQ(screen.frame().find("no room"), std::string::npos) << screen.frame();
    for (size_t room = 1; room < 3 + layers; ++room) {
        const std::string frame = screen.frame(room);
        EXPECT_EQ(lines_of(frame), room) << frame;
        EXPECT_NE(frame.find("power cycle"), std::string::npos) << frame;
        if (room < 4) continue;
        EXPECT_NE(frame.find("> " + fmt::format("{:>3}", last)), std::string::npos) << frame;
        if (room < 5) continue;
        const std::string rest = fmt::format("{} of {} layers have no room here", layers - (room - 4), layers);
        EXPECT_NE(frame.find(rest), std::string::npos) << frame;
    }
}

TEST(WatchScreen, MoreComputingThanALayerHasIsDoneAgainWhereMacsAreCounted) {
    const ImageFile& file = sim::tiny_image();
    WatchSetting setting;
    setting.compute_s.assign(file.header().stage_count, 2);
    WatchScreen screen(file, setting, [] {});
    const auto line_of = [&](size_t stage) {
        const std::string frame = screen.frame();
        const size_t begin = frame.find(fmt::format(" {:>3} ", stage), frame.find("no capacitor"));
        return frame.substr(begin, frame.find('\n', begin) - begin);
    };
    size_t counted = 0;
    for (uint16_t stage = 0; stage < file.header().stage_count; ++stage) {
        screen.event(0, {.kind = EventKind::stage_begin, .stage = stage, .config = {}});
        screen.span({.kind = sim::SpanKind::compute, .stage = stage, .duration_s = 2});
        EXPECT_EQ(line_of(stage).find("done again"), std::string::npos) << line_of(stage);
        screen.span({.kind = sim::SpanKind::compute, .stage = stage, .duration_s = 1});
        const bool macs = shape_of(file.header(), file.stage(stage)).counts_macs;
        EXPECT_EQ(line_of(stage).find(", 50 % done again") != std::string::npos, macs) << line_of(stage);
        counted += macs ? 1 : 0;
    }
    EXPECT_GT(counted, 0U);
    EXPECT_LT(counted, file.header().stage_count);
}

TEST(WatchScreen, ALongRunIsToldWhichSpeedIsShort) {
    EXPECT_EQ(speed_hint(50, 1), "");
    EXPECT_EQ(speed_hint(500, 10), "");
    EXPECT_EQ(speed_hint(1200, 1), "This takes 20 minutes to watch; with --speed 100x it takes 12 s.");
    EXPECT_EQ(speed_hint(1200, 0.5), "This takes 40 minutes to watch; with --speed 100x it takes 12 s.");
    EXPECT_EQ(speed_hint(1e12, 1e6), "");  // no faster one is there
}

TEST(WatchScreen, WatchingChangesNothing) {
    const Watched often = watch(harvested, 10'000);
    const Watched never = watch(harvested, 1e-6);
    EXPECT_TRUE(never.frames.empty());
    EXPECT_EQ(often.result.output, never.result.output);
    EXPECT_EQ(often.result.power_cycles, never.result.power_cycles);
    EXPECT_EQ(often.result.latency_s, never.result.latency_s);
}

TEST(WatchScreen, ASupplyWithoutCapacitorHasNoVoltage) {
    const Watched watched = watch("budget:60000", 1000);
    EXPECT_NE(watched.last.find("no capacitor"), std::string::npos) << watched.last;
}

TEST_F(CliTest, WatchShowsTheLastPictureWhereThereIsNoTerminal) {
    const Called called = call({"watch", image(), "--input", x(), "--device", "cortex-m4", "--supply", harvested});
    ASSERT_EQ(called.code, 0) << called.err;
    EXPECT_NE(called.out.find("[########################]"), std::string::npos) << called.out;
    EXPECT_NE(called.out.find("Answer: "), std::string::npos) << called.out;
    EXPECT_EQ(called.out.find('\x1b'), std::string::npos) << called.out;
}

TEST_F(CliTest, WatchRefusesWhatIsNoSpeed) {
    for (const char* speed : {"fast", "0x", "-1", "nan", "1e9x", "2xx"}) {
        const Called called = call({"watch", image(), "--input", x(), "--speed", speed});
        EXPECT_EQ(called.code, 2) << speed;
        EXPECT_NE(called.err.find("--speed"), std::string::npos) << called.err;
    }
}

}  // namespace
}  // namespace dynbal::cli
