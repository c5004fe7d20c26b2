#include <gtest/gtest.h>

#include <stdexcept>

#include "io/table.hpp"

namespace dynbal::io {
namespace {

TEST(Table, AlignsColumns) {
    Table table({{"policy", Align::left}, {"energy nJ"}, {"note", Align::left}});
    table.add_row({"best", "12", "x"});
    table.add_row({"fixed tiles", "1234567890"});
    table.add_rule();
    table.add_row({"µ-größe", "7", "the end"});
    EXPECT_EQ(table.text(),
              "policy        energy nJ  note\n"
              "--------------------------------\n"
              "best                 12  x\n"
              "fixed tiles  1234567890\n"
              "--------------------------------\n"
              "µ-größe               7  the end\n");
}

TEST(Table, WithoutRowsOrColumns) {
    EXPECT_EQ(Table({{"a"}}).text(), "a\n-\n");
    EXPECT_EQ(Table({}).text(), "");
}

TEST(Table, WithoutTitlesHasNoHead) {
    Table table({{"", Align::left}, {""}});
    table.add_row({"a", "1"});
    table.add_row({"bc", "23"});
    EXPECT_EQ(table.text(), "a    1\nbc  23\n");
}

TEST(Table, TooManyCells) {
    Table table({{"a"}});
    EXPECT_THROW(table.add_row({"1", "2"}), std::logic_error);
}

TEST(Table, DisplayWidthCountsCodePoints) {
    EXPECT_EQ(display_width(""), 0U);
    EXPECT_EQ(display_width("abc"), 3U);
    EXPECT_EQ(display_width("µ×…"), 3U);
}

}  // namespace
}  // namespace dynbal::io
