#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>
#include <vector>

#include "io/picture.hpp"

namespace dynbal::io {
namespace {

TEST(Picture, Ascii) {
    const std::vector<float> values{0, 0.5F, 1, 0, 0.5F, 1, 1, 0, 0};
    EXPECT_EQ(picture(values, 3, 3, PictureStyle::ascii), " +@\n@  \n");
}

TEST(Picture, GreyHalfBlocks) {
    const std::vector<float> values{0, 255};
    EXPECT_EQ(picture(values, 2, 1, PictureStyle::grey), "\x1b[38;5;232;48;5;255m▀\x1b[0m\n");
    EXPECT_EQ(picture(values, 1, 2, PictureStyle::grey), "\x1b[38;5;232;48;5;232m▀\x1b[38;5;255;48;5;232m▀\x1b[0m\n");
}

TEST(Picture, OddValues) {
    constexpr float huge = std::numeric_limits<float>::max();
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    constexpr float infinity = std::numeric_limits<float>::infinity();
    const std::vector<float> values{-huge, huge, nan, infinity};
    EXPECT_EQ(picture(values, 1, 4, PictureStyle::ascii), " @  \n");
    EXPECT_EQ(picture(std::vector<float>(4, 3.0F), 1, 4, PictureStyle::ascii), "    \n");
}

TEST(Picture, WrongSize) {
    const std::vector<float> values(6);
    EXPECT_THROW(picture(values, 2, 2, PictureStyle::ascii), std::logic_error);
    EXPECT_THROW(picture(values, 0, 6, PictureStyle::ascii), std::logic_error);
    EXPECT_THROW(picture(values, 3, 3, PictureStyle::ascii), std::logic_error);
}

}  // namespace
}  // namespace dynbal::io
