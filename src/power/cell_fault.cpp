#include "power/cell_fault.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "io/printable.hpp"
#include "power/column_names.hpp"
#include "power/text_table.hpp"

namespace dynbal::power {
namespace {

constexpr int letters_in_word_min = 3;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string replaced(std::string_view text, std::string_view what, std::string_view with) {
    std::string result(text);
    for (size_t at = 0; (at = result.find(what, at)) != std::string::npos; at += with.size()) {
        result.replace(at, what.size(), with);
    }
    return result;
}

/// What stands behind the number with which a cell begins.
std::string_view behind_number(std::string_view cell) {
    if (cell.starts_with('+')) cell.remove_prefix(1);
    double value = 0;
    const std::string text = replaced(cell, ",", ".");
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} ? trimmed(cell.substr(static_cast<size_t>(end - text.data()))) : std::string_view();
}

/// Blanks of several kinds, and what the Swiss and programmers write.
bool has_thousands_marks(std::string_view cell) {
    constexpr std::array<std::string_view, 7> marks{"'",           "_", " ", "\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x89",
                                                    "\xE2\x80\x99"};
    return std::any_of(marks.begin(), marks.end(), [&](std::string_view mark) {
        return cell.find(mark) != std::string_view::npos && TextTable::is_number(replaced(cell, mark, ""));
    });
}

bool has_exponent_d(std::string_view cell) {
    std::string text(cell);
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == 'd' || c == 'D'; }, 'e');
    return text != cell && TextTable::is_number(text);
}

/// inf, -nan, 1.#QNAN and the like.
bool is_no_value(std::string_view cell) {
    const std::string text = folded(cell);
    const std::string_view unsigned_text = std::string_view(text).substr(text.find_first_not_of("+-") == 1 ? 1 : 0);
    const bool is_word = unsigned_text == "inf" || unsigned_text == "infinity" || unsigned_text.starts_with("nan");
    return is_word || unsigned_text.starts_with("1.#") || cell.find("\xE2\x88\x9E") != std::string_view::npos;
}

const char* advice(std::string_view cell) {
    const std::string_view rest = behind_number(cell);
    const auto count = [&](char mark) { return std::count(cell.begin(), cell.end(), mark); };
    if (is_no_value(cell)) return "; a value that is missing is an empty cell, with missing=zero or missing=hold";
    if (is_text(cell)) return "";
    if (has_exponent_d(cell)) return "; write its exponent with E";
    if (has_thousands_marks(cell)) return "; write numbers without thousands marks";
    if (rest.starts_with('#')) return "; write remarks into lines of their own";
    if (rest == "%") return "; write shares as numbers";
    if (!rest.empty() && meaning_of_unit(rest)) return "; its unit belongs into the name of the column";
    if (cell.find("\xE2\x88\x92") != std::string_view::npos) {
        return "; its minus sign is a character of its own, write -";
    }
    if (cell.starts_with("0x") || cell.starts_with("0X")) return "; write it in decimal";
    if (cell.starts_with('=')) return "; it is a formula, save its value";
    if (rest.starts_with('T') || cell.find(':') != std::string_view::npos || count('-') > 1 || count('/') > 1) {
        if (count(':') == 3) return ", and no time such as 12:00:00.5: write a point before the fraction of a second";
        if (count(':') == 1 && count('-') + count('/') == 0) {
            return ", and no time such as 12:00:00.5: write hours, minutes and seconds";
        }
        return ", and no time such as 2024-05-31 12:00:00.5";
    }
    if (count('.') > 1 || count(',') > 1) return "; it has more than one decimal mark";
    return "";
}

}  // namespace

std::string why_no_number(std::string_view cell) {
    if (cell.empty()) return "an empty cell is not a number";
    return fmt::format("'{}' is not a number{}", io::printable(cell, 40), advice(cell));
}

bool is_text(std::string_view cell) {
    return !cell.empty() && std::none_of(cell.begin(), cell.end(), is_digit) && !is_no_value(cell);
}

bool may_be_name(std::string_view cell) {
    if (!begins_like_number(cell)) return true;
    const std::string_view rest = behind_number(cell);
    if (meaning_of_unit(rest)) return false;
    int letters = 0;
    for (const char c : rest) {
        letters = is_letter(c) ? letters + 1 : 0;
        if (letters == letters_in_word_min) return true;
    }
    return false;
}

bool begins_like_number(std::string_view cell) {
    const size_t digit = cell.find_first_not_of("+-.,");
    return digit != std::string_view::npos && digit <= 2 && is_digit(cell[digit]);
}

}  // namespace dynbal::power
