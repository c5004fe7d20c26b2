#include "io/printable.hpp"

#include <gtest/gtest.h>

#include "io/json_text.hpp"
#include "io/table.hpp"

namespace dynbal::io {
namespace {

TEST(Printable, KeepsWhatATerminalCanShow) {
    EXPECT_EQ(printable("/features/0/Conv"), "/features/0/Conv");
    EXPECT_EQ(printable("Größe 漢字 🙂"), "Größe 漢字 🙂");
    EXPECT_EQ(printable(""), "");
}

TEST(Printable, ReplacesWhatActsOnATerminal) {
    EXPECT_EQ(printable("a\x1b[31mb\r\nc\td\x7f"), "a?[31mb??c?d?");
    EXPECT_EQ(printable("a\xc2\x9b"
                        "31m"),
              "a?31m");  // a control character of two bytes
    EXPECT_EQ(printable("a\xe2\x80\xae"
                        "b\xe2\x81\xa6"
                        "c"),
              "a?b?c");  // turns the direction of text
    EXPECT_EQ(printable("\xff\xc0\xaf\xed\xa0\x80"
                        "a\xe2\x82"),
              "??????a??");  // no UTF-8
    EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a?b");
}

TEST(Printable, LongNamesLoseTheirMiddle) {
    EXPECT_EQ(printable("abcdefghij", 10), "abcdefghij");
    EXPECT_EQ(printable("abcdefghijk", 10), "abcde…hijk");
    EXPECT_EQ(printable("äöüÄÖÜß", 4), "äö…ß");
    EXPECT_EQ(display_width(printable(std::string(100'000, 'x'))), name_width_max);
    for (size_t width = 1; width < 12; ++width) EXPECT_EQ(display_width(printable("abcdefghijklm", width)), width);
}

TEST(Printable, LinesStayLines) {
    EXPECT_EQ(printable_lines("a\x1b\nb\n\nc\r"), "a?\nb\n\nc?");
    EXPECT_EQ(printable_lines("abcdefghijk\nabc\n", 10), "abcde…hijk\nabc\n");
}

TEST(Printable, TablesHoldNamesFromOutside) {
    Table table({{"name\x1b", Align::left}, {"n"}});
    table.add_row({"a\r\n\x1b[2J" + std::string(100'000, 'x'), "1"});
    const std::string text = table.text();
    EXPECT_LT(text.size(), 500U);
    EXPECT_EQ(text.find_first_of("\x1b\r"), std::string::npos);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
}

TEST(JsonText, TakesNamesThatAreNoUtf8) {
    EXPECT_EQ(json_text(nlohmann::json{{"name", "a\xff"}}), "{\"name\":\"a\xEF\xBF\xBD\"}");
    EXPECT_EQ(json_text(nlohmann::json("ä\n"), -1, JsonLetters::ascii), "\"\\u00e4\\n\"");
    EXPECT_EQ(json_text(nlohmann::ordered_json{{"b", 1}, {"a", 2}}, 1), "{\n \"b\": 1,\n \"a\": 2\n}");
}

}  // namespace
}  // namespace dynbal::io
