#include "power/text_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/error.hpp"
#include "io/file.hpp"
#include "io/wrong_kind.hpp"

namespace dynbal::power {
namespace {

constexpr size_t head_lines_max = 200;
constexpr std::string_view blanks = " \t";

std::string_view unquoted(std::string_view cell) {
    cell = trimmed(cell);
    const bool quoted =
        cell.size() >= 2 && (cell.front() == '"' || cell.front() == '\'') && cell.back() == cell.front();
    return quoted ? trimmed(cell.substr(1, cell.size() - 2)) : cell;
}

/// A spreadsheet's errors are none: #DIV/0!, #N/A.
bool is_comment(std::string_view line) {
    constexpr std::array<std::string_view, 7> errors{"#DIV/0!", "#N/A",  "#NAME?", "#NULL!",
                                                     "#NUM!",   "#REF!", "#VALUE!"};
    const bool marked = line.front() == '#' || line.front() == '%';
    return marked &&
           std::none_of(errors.begin(), errors.end(), [&](std::string_view error) { return line.starts_with(error); });
}

/// A point as decimal mark.
std::optional<double> parse_number(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool good = error == std::errc{} && end == text.data() + text.size() && std::isfinite(value);
    return good && !text.empty() ? std::optional(value) : std::nullopt;
}

std::string with_point(std::string_view cell) {
    std::string text(cell);
    std::replace(text.begin(), text.end(), ',', '.');
    return text;
}

/// Where the cell that begins at `begin` ends; a separator in quotation marks is none.
size_t cell_end(std::string_view line, size_t begin, char separator) {
    const size_t content = line.find_first_not_of(blanks, begin);
    if (content != std::string_view::npos && line[content] == '"') {
        const size_t close = line.find('"', content + 1);
        if (close != std::string_view::npos) return std::min(line.find(separator, close), line.size());
    }
    return std::min(line.find(separator, begin), line.size());
}

void split_into(std::vector<std::string_view>& cells, std::string_view line, char separator) {
    cells.clear();
    if (separator == ' ') {
        for (size_t begin = line.find_first_not_of(blanks); begin != std::string_view::npos;) {
            const size_t end = std::min(line.find_first_of(blanks, begin), line.size());
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

TextTable::TextTable(const std::string& path) : path_(path), text_(io::read_text(path)) {
    const std::string wrong = io::wrong_kind(text_);
    if (!wrong.empty()) throw InputError(path + ": " + wrong);
    if (std::string_view(text_).substr(0, 4096).find('\0') != std::string_view::npos) {
        throw InputError(path + ": this is a binary file; recordings are tables of text, or shepherd's HDF5 files");
    }
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (text_.starts_with(mark)) text_.erase(0, mark.size());
    // As once on a Macintosh.
    if (text_.find('\n') == std::string::npos) line_end_ = '\r';
    read_head();
    separator_ = guess_separator();
}

std::vector<std::string_view> TextTable::split(std::string_view line, char separator) {
    std::vector<std::string_view> cells;
    split_into(cells, line, separator);
    return cells;
}

bool TextTable::next_line(std::string_view& line) {
    if (position_ >= text_.size()) return false;
    const size_t end = std::min(text_.find(line_end_, position_), text_.size());
    line = std::string_view(text_).substr(position_, end - position_);
    if (line.ends_with('\r')) line.remove_suffix(1);
    position_ = end + 1;
    ++number_;
    return true;
}

void TextTable::read_head() {
    std::string_view line;
    while (head_.size() < head_lines_max) {
        const size_t begin = position_;
        if (!next_line(line)) break;
        std::string_view text = trimmed(line);
        if (text.empty()) continue;
        const bool comment = is_comment(text);
        if (comment) text = trimmed(text.substr(std::min(text.find_first_not_of("#%"), text.size())));
        // A tab at an end is an empty cell.
        head_.push_back({comment ? text : line, number_, begin, comment});
    }
    if (head_.empty()) fail_at(number_, "the trace is empty");
}

/// What half of the lines hold, or half of those at the end of the head: what comes before the table may be written in any way.
char TextTable::guess_separator() const {
    for (const HeadLine& line : head_) {
        // Spreadsheets say it in the first line.
        if (line.text.size() == 5 && line.text.starts_with("sep=")) return line.text[4];
    }
    constexpr std::array<char, 4> candidates{'\t', ';', '|', ','};
    for (const char candidate : candidates) {
        for (const size_t begin : {head_.size() / 2, size_t{0}}) {
            size_t with = 0, lines = 0;
            for (size_t i = begin; i < head_.size(); ++i) {
                if (head_[i].comment) continue;
                ++lines;
                if (head_[i].text.find(candidate) != std::string_view::npos) ++with;
            }
            if (with > 0 && 2 * with >= lines) return candidate;
        }
    }
    return ' ';
}

void TextTable::begin_rows(const HeadLine& first, size_t cells) {
    position_ = first.begin;
    number_ = first.number - 1;
    cell_count_ = cells;
}

bool TextTable::next() {
    std::string_view line;
    while (next_line(line)) {
        const size_t content = line.find_first_not_of(blanks);
        if (content == std::string_view::npos || is_comment(line.substr(content))) continue;
        split_row(line);
        return true;
    }
    return false;
}

void TextTable::split_row(std::string_view line) {
    split_into(cells_, line, separator_);
    if (cells_.size() == cell_count_) return;
    fail(fmt::format("{} cells, but the table has {} columns", cells_.size(), cell_count_));
}

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
    if (!value) fail(fmt::format("column {}: '{}' is not a number", column + 1, cell));
    return *value;
}

void TextTable::fail_at(size_t line, const std::string& reason) const {
    throw InputError(fmt::format("{}:{}: {}", path_, line, reason));
}

}  // namespace dynbal::power
