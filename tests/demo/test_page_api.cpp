#include <gtest/gtest.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "demo/page_api.hpp"
#include "demo_fixture.hpp"
#include "input/sample_set.hpp"

namespace dynbal::demo {
namespace {

using nlohmann::json;

uint32_t hand(const std::vector<std::byte>& bytes) {
    const auto size = static_cast<uint32_t>(bytes.size());
    uint8_t* buffer = dynbal_demo_buffer(size);
    if (size != 0) std::memcpy(buffer, bytes.data(), size);
    return size;
}

json open_files(std::vector<std::byte> image, const std::vector<std::byte>& samples, int32_t index) {
    const auto image_bytes = static_cast<uint32_t>(image.size());
    image.insert(image.end(), samples.begin(), samples.end());
    const uint32_t all = hand(image);
    return json::parse(dynbal_demo_open(image_bytes, "mine.dynbal", all - image_bytes, "mine.npy", index));
}

TEST(PageApi, RunsARaceFromFilesToAnswers) {
    EXPECT_EQ(json::parse(dynbal_demo_program())["policies"][0]["name"], "fixed");
    const json network = json::parse(dynbal_demo_network(hand(tiny_file()), "tiny.dynbal"));
    EXPECT_FALSE(network["layers"].empty());
    const json opened = open_files(tiny_file(), tiny_samples(3), 2);
    EXPECT_EQ(opened["network"], network);
    const json& input = opened["input"];
    EXPECT_EQ(input["samples"], 3);
    EXPECT_EQ(input["values"].size(), 72U);
    json state = json::parse(dynbal_demo_start("fixed", "best", 4e-3, 0));
    for (int i = 0; i < 10'000 && !state["ended"]; ++i) state = json::parse(dynbal_demo_advance(0.01, 0.001));
    ASSERT_TRUE(state["ended"]);
    for (const json& board : state["boards"]) {
        EXPECT_TRUE(board["answer"]["same"]);
        EXPECT_EQ(board["layers"].back()["share"], 1);
    }
    EXPECT_NE(dynbal_demo_values(1), nullptr);
    EXPECT_EQ(dynbal_demo_values(2), nullptr);
}

TEST(PageApi, SaysWhatIsWrongAndTheRaceGoesOn) {
    const auto error = [](const json& answer) { return answer.value("error", ""); };
    ASSERT_EQ(error(open_files(tiny_file(), tiny_samples(2), 1)), "");
    EXPECT_NE(error(json::parse(dynbal_demo_start("fixed", "bets", 1e-3, 0))).find("bets"), std::string::npos);
    ASSERT_EQ(error(json::parse(dynbal_demo_start("fixed", "paper", 1e-3, 0))), "");
    const json before = json::parse(dynbal_demo_advance(0.5, 0.01));
    ASSERT_EQ(error(before), "");

    EXPECT_EQ(error(json::parse(dynbal_demo_network(hand(tiny_file()), "other.dynbal"))), "");
    const json wrong = json::parse(dynbal_demo_network(hand(tiny_samples(1)), "other.dynbal"));
    EXPECT_NE(error(wrong).find("other.dynbal: "), std::string::npos) << wrong;
    EXPECT_NE(error(open_files(tiny_samples(1), tiny_samples(1), 0)).find("mine.dynbal: "), std::string::npos);
    EXPECT_NE(error(open_files(tiny_file(), tiny_file(), 0)).find("mine.npy: "), std::string::npos);
    EXPECT_NE(error(open_files(tiny_file(), {}, 0)).find("mine.npy: "), std::string::npos);
    EXPECT_NE(error(open_files(tiny_file(), tiny_samples(2), 2)).find("there is no sample 2"), std::string::npos);

    const json after = json::parse(dynbal_demo_advance(0.5, 0.01));
    ASSERT_EQ(error(after), "");
    EXPECT_EQ(after["time_s"], 1.0);
    EXPECT_EQ(after["boards"].size(), 2U);
    EXPECT_GE(after["boards"][0]["power_cycles"], before["boards"][0]["power_cycles"]);
}

/// What `dynbal run` reads from a file of this shape, or says of it.
json program_says(const std::vector<std::byte>& npy, int32_t index) {
    const io::TemporaryFolder folder;
    const std::string path = folder.path("mine.npy");
    io::write_file(path, {reinterpret_cast<const char*>(npy.data()), npy.size()});
    try {
        const auto samples = input::open_samples(path, {1, 6, 6, 2});
        return {{"values", samples->sample(index)}, {"samples", samples->count()}, {"note", samples->note()}};
    } catch (const InputError& error) {
        return {{"error", error.what()}};
    }
}

/// Without the folder, of which a page knows nothing.
std::string from_name(std::string text) { return text.erase(0, std::min(text.find("mine.npy"), text.size())); }

TEST(PageApi, TakesTheShapesThatTheProgramTakes) {
    ASSERT_FALSE(open_files(tiny_file(), tiny_samples(1), 0).contains("error"));
    ASSERT_FALSE(json::parse(dynbal_demo_start("fixed", "best", 1e-3, 0)).contains("error"));
    double time = 0;
    const auto check = [&](const std::vector<int64_t>& shape, bool is_taken) {
        SCOPED_TRACE(input::shape_text(shape));
        const std::vector<std::byte> npy = tiny_array(shape);
        const json native = program_says(npy, 0);
        const json opened = open_files(tiny_file(), npy, 0);
        ASSERT_EQ(native.contains("error"), !is_taken) << native;
        ASSERT_EQ(opened.contains("error"), !is_taken) << opened;
        if (is_taken) {
            EXPECT_EQ(opened["input"]["values"], native["values"]);
            EXPECT_EQ(opened["input"]["samples"], native["samples"]);
            EXPECT_EQ(opened["input"]["note"], from_name(native["note"]));
            ASSERT_FALSE(json::parse(dynbal_demo_start("fixed", "best", 1e-3, 0)).contains("error"));
            time = 0;
        } else {
            EXPECT_EQ(opened["error"], from_name(native["error"]));
            // The race that is under way knows nothing of it.
            EXPECT_NEAR(json::parse(dynbal_demo_advance(0.125, 0.01))["time_s"].get<double>(), time += 0.125, 1e-9);
        }
    };
    for (const auto& shape :
         std::vector<std::vector<int64_t>>{{6, 2, 6}, {5, 2, 6, 6}, {360}, {30, 12}, {5, 3, 24}, {0, 6, 6, 2}, {71}}) {
        check(shape, false);
    }
    // Flat ones are taken value by value, and told.
    for (const auto& shape :
         std::vector<std::vector<int64_t>>{{6, 6, 2}, {1, 6, 6, 2}, {5, 6, 6, 2}, {5, 1, 6, 6, 2}, {72}, {5, 72}}) {
        check(shape, true);
    }
}

}  // namespace
}  // namespace dynbal::demo
