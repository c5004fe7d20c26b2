#include "power/text_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/error.hpp"
#include "io/file.hpp"
#include "io/printable.hpp"
#include "io/wrong_kind.hpp"
#include "power/cell_fault.hpp"

namespace dynbal::power {
namespace {

constexpr size_t head_lines_max = 200;
constexpr const char* missing_value = "; a value that is missing is an empty cell, with missing=zero or missing=hold";
constexpr std::string_view blanks = " \t";

std::string_view unquoted(std::string_view cell) {
    cell = trimmed(cell);
    const bool quoted =
        cell.size() >= 2 && (cell.front() == '"' || cell.front() == '\'') && cell.back() == cell.front();
    return quoted ? trimmed(cell.substr(1, cell.size() - 2)) : cell;
}

/// A point as decimal mark.
std::optional<double> parse_number(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool good = error == std::errc{} && end == text.data() + text.size() && std::isfinite(value);
    return good && !text.empty() ? std::optional(value) : std::nullopt;
}

std::string_view without_mark(std::string_view comment) {
    return trimmed(comment.substr(std::min(comment.find_first_not_of("#%"), comment.size())));
}

std::string with_point(std::string_view cell) {
    std::string text(cell);
    std::replace(text.begin(), text.end(), ',', '.');
    return text;
}

/// Where a quoted cell ends, or no cell at all. Behind the closing mark comes the separator or the end of the line.
std::optional<size_t> quoted_cell_end(std::string_view line, size_t begin, char separator) {
    const size_t content = line.find_first_not_of(blanks, begin);
    if (content == std::string_view::npos || line[content] != '"') return std::nullopt;
    const size_t close = closing_mark(line, content);
    if (close == std::string_view::npos) return std::nullopt;
    return std::min(separator == ' ' ? line.find_first_of(blanks, close) : line.find(separator, close), line.size());
}

/// Where the cell that begins at `begin` ends; a separator in quotation marks is none.
size_t cell_end(std::string_view line, size_t begin, char separator) {
    if (const auto end = quoted_cell_end(line, begin, separator)) return *end;
    return std::min(separator == ' ' ? line.find_first_of(blanks, begin) : line.find(separator, begin), line.size());
}

bool has_unquoted(std::string_view line, char wanted) {
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') quoted = !quoted;
        if (c == wanted && !quoted) return true;
    }
    return false;
}

void split_into(std::vector<std::string_view>& cells, std::string_view line, char separator) {
    cells.clear();
    if (separator == ' ') {
        for (size_t begin = line.find_first_not_of(blanks); begin != std::string_view::npos;) {
            const size_t end = cell_end(line, begin, separator);
            cells.push_back(unquoted(line.substr(begin, end - begin)));
            begin = line.find_first_not_of(blanks, end);
        }
        return;
    }
    for (size_t begin = 0; begin <= line.size();) {
        const size_t end = cell_end(line, begin, separator);
        cells.push_back(unquoted(line.substr(begin, end - begin)));
        begin = end + 1;
    }
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    const size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

TextTable::TextTable(const std::string& path) : path_(path), text_(io::read_text(path)), lines_(text_) {
    const std::string wrong = io::wrong_kind(text_);
    if (!wrong.empty()) throw InputError(path + ": " + wrong);
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (text_.starts_with(mark)) text_.erase(0, mark.size());
    lines_ = TextLines(text_);
    refuse_binary();
    read_head();
    separator_ = take_separator();
    if (head_.empty()) throw InputError(path + ": the file is empty");
}

/// A logger whose power fails leaves zeros at the end.
void TextTable::refuse_binary() const {
    const size_t zero = text_.find('\0');
    if (zero == std::string::npos) return;
    const std::string_view before = std::string_view(text_).substr(0, zero);
    const bool is_wide = text_.size() > 3 && zero < 2 && text_[zero + 2] == '\0' && text_[zero + 1] != '\0';
    if (is_wide) throw InputError(path_ + ": this is text in UTF-16; save it as UTF-8");
    const bool is_text = std::all_of(before.begin(), before.end(), [](char c) {
        return static_cast<unsigned char>(c) >= ' ' || c == '\t' || c == '\r' || c == '\n';
    });
    const auto lines = static_cast<size_t>(std::count(before.begin(), before.end(), '\n'));
    if (is_text && lines > 1) {
        fail_at(lines + 1, "zeros (NUL) instead of text, as where writing was cut off; remove them");
    }
    throw InputError(path_ + ": this is a binary file, and no table of text");
}

std::vector<std::string_view> TextTable::split(std::string_view line, char separator) {
    std::vector<std::string_view> cells;
    split_into(cells, line, separator);
    return cells;
}

void TextTable::read_head() {
    while (head_.size() < head_lines_max && lines_.next("\t;|,")) {
        std::string_view text = trimmed(lines_.line());
        if (text.empty()) continue;
        const bool comment = is_comment(text);
        if (comment) text = without_mark(text);
        // A tab at an end is an empty cell.
        head_.push_back({comment ? text : lines_.line(), lines_.number(), lines_.begin(), comment});
    }
}

/// Spreadsheets say it in the first line, which is no other line then.
char TextTable::take_separator() {
    const bool said = !head_.empty() && head_.front().text.size() == 5 && head_.front().text.starts_with("sep=");
    if (!said) return guess_separator();
    const char separator = head_.front().text[4];
    head_.erase(head_.begin());
    return separator;
}

/// What half of the lines hold, or more of those at the end of the head: what comes before the table may be written in any way.
char TextTable::guess_separator() const {
    for (const char candidate : {'\t', ';', '|', ','}) {
        size_t with = 0, lines = 0, with_at_end = 0, lines_at_end = 0;
        for (size_t i = 0; i < head_.size(); ++i) {
            if (head_[i].comment) continue;
            const size_t holds = has_unquoted(head_[i].text, candidate) ? 1 : 0;
            const size_t at_end = 2 * i + 1 >= head_.size() ? 1 : 0;
            with += holds;
            with_at_end += holds * at_end;
            ++lines;
            lines_at_end += at_end;
        }
        if (with > 0 && (2 * with >= lines || 2 * with_at_end > lines_at_end)) return candidate;
    }
    return ' ';
}

void TextTable::begin_rows(const HeadLine& first, size_t cells) {
    lines_.go_to(first.begin, first.number);
    first_begin_ = first.begin;
    cell_count_ = cells;
}

bool TextTable::next() {
    const std::string_view separators(&separator_, 1);
    while (lines_.next(separators)) {
        const std::string_view line = lines_.line();
        if (line.find_first_not_of(blanks) == std::string_view::npos) continue;
        if (is_comment(line)) {
            note_comment(line);
            continue;
        }
        split_row(line);
        ends_within_row_ = line.data() + line.size() == text_.data() + text_.size();
        if (lines_.count() > 1) refuse_hidden_rows(line);
        return true;
    }
    return false;
}

void TextTable::split_row(std::string_view line) {
    split_into(cells_, line, separator_);
    if (cells_.size() == cell_count_) return;
    const std::string why = fmt::format("{}, but the table has {} columns", cells_text(cells_.size()), cell_count_);
    const bool is_at_end = line.data() + line.size() == text_.data() + text_.size();
    const bool is_cut = is_at_end && cells_.size() < cell_count_;
    fail(why + remark_text(line, is_cut ? "; the last line is cut off: remove it" : ""));
}

/// What to do with a line that is no row.
std::string TextTable::remark_text(std::string_view line, const char* otherwise) const {
    const bool again = std::any_of(head_.begin(), head_.end(), [&](const HeadLine& before) {
        return before.begin < first_begin_ && before.text == line;
    });
    if (again) return "; this is the header again, as where recording began anew: make files of their own of them";
    const bool is_row = begins_like_number(cells_.front()) || std::any_of(cells_.begin(), cells_.end(), is_number);
    if (is_row) return otherwise;
    return fmt::format("; if '{}' is a remark begin it with #", io::printable(trimmed(line), 40));
}

/// A row that was taken out by a mark: nothing is left out without a word.
void TextTable::note_comment(std::string_view line) {
    const auto cells = split(without_mark(trimmed(line)));
    const auto filled = std::count_if(cells.begin(), cells.end(), [](std::string_view c) { return !c.empty(); });
    const bool row =
        cells.size() == cell_count_ && 2 * std::count_if(cells.begin(), cells.end(), begins_like_number) > filled;
    if (!row) return;
    if (commented_rows_ == 0) commented_line_ = lines_.number();
    ++commented_rows_;
}

/// A mark that was forgotten, and one that was forgotten below, would hide the rows between.
void TextTable::refuse_hidden_rows(std::string_view line) const {
    TextLines parts(line);
    const auto looks_like_row = [&] {
        const std::string_view part = parts.line();
        if (separator_ == ' ') return split(part).size() == cell_count_;
        return static_cast<size_t>(std::count(part.begin(), part.end(), separator_)) + 1 == cell_count_;
    };
    parts.next("");
    const bool first = looks_like_row();
    for (size_t i = 1; parts.next(""); ++i) {
        const bool is_last = i + 1 == lines_.count();
        if (!looks_like_row() || (is_last && !first)) continue;
        fail(fmt::format(
            "a quotation mark opens a cell here that holds line ends, and line {} looks like a row; close it "
            "here, or write what it holds on one line",
            lines_.number() + i));
    }
}

std::string TextTable::commented_rows_text() const {
    if (commented_rows_ == 0) return "";
    if (commented_rows_ == 1) {
        return fmt::format("line {} is left out as a comment, but looks like a row", commented_line_);
    }
    return fmt::format("{} rows are left out as comments, the first in line {}", commented_rows_, commented_line_);
}

std::string TextTable::cut_row_text() const {
    return ends_within_row_ ? "the file ends without a line end: its last row may be cut" : "";
}

std::string cells_text(size_t count) { return fmt::format("{} {}", count, count == 1 ? "cell" : "cells"); }

bool TextTable::is_missing(std::string_view cell) {
    constexpr std::array<std::string_view, 10> words{"", "nan", "na", "n/a", "null", "none", "-", "--", "ol", "ovld"};
    if (cell.size() > 4) return false;
    std::string lower(cell);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return std::find(words.begin(), words.end(), lower) != words.end();
}

bool TextTable::may_be_thousands(std::string_view cell) {
    if (cell.starts_with('+') || cell.starts_with('-')) cell.remove_prefix(1);
    const size_t mark = cell.find_first_of(".,");
    return mark >= 1 && mark <= 3 && cell.size() == mark + 4 && cell.front() != '0' &&
           cell.find_first_not_of("0123456789", mark + 1) == std::string_view::npos &&
           cell.find_first_not_of("0123456789") == mark;
}

bool TextTable::is_number(std::string_view cell) { return parse_number(with_point(cell)).has_value(); }

double TextTable::number(size_t column) {
    const std::string_view cell = cells_[column];
    const bool comma = cell.find(',') != std::string_view::npos;
    const bool point = cell.find('.') != std::string_view::npos;
    if (comma && point) {
        fail(fmt::format("'{}' has both a point and a comma; write numbers without thousands marks", cell));
    }
    if (comma && separator_ == ',') {
        fail(fmt::format("'{}': where commas separate cells the decimal mark is a point", cell));
    }
    if (comma || point) {
        const char mark = comma ? ',' : '.';
        if (decimal_ == 0) decimal_ = mark;
        if (decimal_ != mark) {
            fail(fmt::format("'{}': the numbers before have the decimal mark '{}'; write all in the same way", cell,
                             decimal_));
        }
    }
    const auto value = comma ? parse_number(with_point(cell)) : parse_number(cell);
    if (!value) {
        fail(fmt::format("column {}: {}{}", column + 1, why_no_number(cell),
                         is_text(cell) ? remark_text(lines_.line(), missing_value) : ""));
    }
    return *value;
}

void TextTable::fail_at(size_t line, const std::string& reason) const {
    throw InputError(fmt::format("{}:{}: {}", path_, line, reason));
}

void ThousandsDoubt::note(const TextTable& table, size_t column) {
    const std::string_view cell = table.cell(column);
    if (table.separator() == ',' || cell.find_first_of(".,") == std::string_view::npos) return;
    only_threes_ = only_threes_ && TextTable::may_be_thousands(cell);
    if (example_.empty()) example_ = cell;
}

std::string ThousandsDoubt::text() const {
    // A factor for all would spoil the numbers without a mark: 950 beside 1.200.
    std::string plain = example_;
    std::erase_if(plain, [](char c) { return c == '.' || c == ','; });
    return fmt::format(
        "'{}' is taken for a number with a fraction; if it is a thousand times as much write {}, without the mark",
        example_, plain);
}

}  // namespace dynbal::power
