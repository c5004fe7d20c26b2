#include <gtest/gtest.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "demo/page_api.hpp"
#include "demo_fixture.hpp"

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

}  // namespace
}  // namespace dynbal::demo
