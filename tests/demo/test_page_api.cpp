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

TEST(PageApi, RunsARaceFromFilesToAnswers) {
    EXPECT_EQ(json::parse(dynbal_demo_program())["policies"][0]["name"], "fixed");
    const json network = json::parse(dynbal_demo_network(hand(tiny_file()), "tiny.dynbal"));
    EXPECT_FALSE(network["layers"].empty());
    const json input = json::parse(dynbal_demo_input(hand(tiny_samples(3)), "x.npy", 2));
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

TEST(PageApi, SaysWhatIsWrongAndStaysAsItWas) {
    ASSERT_FALSE(json::parse(dynbal_demo_network(hand(tiny_file()), "tiny.dynbal")).contains("error"));
    const auto error = [](const char* text) { return json::parse(text).value("error", ""); };
    EXPECT_NE(error(dynbal_demo_start("fixed", "best", 1e-3, 0)).find("no input"), std::string::npos);
    EXPECT_NE(error(dynbal_demo_network(hand(tiny_samples(1)), "mine.dynbal")).find("mine.dynbal: "),
              std::string::npos);
    EXPECT_NE(error(dynbal_demo_input(hand(tiny_file()), "mine.npy", 0)).find("mine.npy: "), std::string::npos);
    EXPECT_NE(error(dynbal_demo_input(hand({}), "empty.npy", 0)).find("empty.npy: "), std::string::npos);
    EXPECT_NE(error(dynbal_demo_input(hand(tiny_samples(2)), "x.npy", 2)).find("there is no sample 2"),
              std::string::npos);
    ASSERT_EQ(error(dynbal_demo_input(hand(tiny_samples(2)), "x.npy", 1)), "");
    EXPECT_NE(error(dynbal_demo_start("fixed", "bets", 1e-3, 0)).find("bets"), std::string::npos);
    EXPECT_EQ(error(dynbal_demo_start("fixed", "paper", 1e-3, 0)), "");
}

}  // namespace
}  // namespace dynbal::demo
