//! A text file as a table: lines, cells, numbers; strict, so that nothing is misread without a word.
//!
//! Invariants:
//!  1. every row that next() gives has as many cells as was asked for; a line that has not is an error with its number;
//!  2. one file has one separator and one decimal mark: a comma decides for itself where it cannot separate cells.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "power/text_lines.hpp"

namespace dynbal::power {

/// Without blanks and tabs around it.
std::string_view trimmed(std::string_view text);
/// "1 cell", "2 cells"
std::string cells_text(size_t count);

/// A line before it is known what it means.
struct HeadLine {
    std::string_view text;  ///< of a comment without its mark, without blanks around it
    size_t number = 0;      ///< from 1
    size_t begin = 0;       ///< where it begins in the file
    bool comment = false;
};

class TextTable {
public:
    /// Reads the whole file; a byte order mark is skipped. Throws InputError, also for files that are no text.
    explicit TextTable(const std::string& path);
    TextTable(const TextTable&) = delete;
    TextTable& operator=(const TextTable&) = delete;

    /// The first lines that are not empty.
    const std::vector<HeadLine>& head() const { return head_; }
    char separator() const { return separator_; }
    /// By the separator of the file, or another.
    std::vector<std::string_view> split(std::string_view line) const { return split(line, separator_); }
    static std::vector<std::string_view> split(std::string_view line, char separator);

    /// The rows begin with this line and have so many cells.
    void begin_rows(const HeadLine& first, size_t cells);
    /// The next line that is neither empty nor a comment. Throws InputError if it has another number of cells.
    bool next();
    /// The first of its lines, where a cell in quotation marks holds line ends.
    size_t line_number() const { return lines_.number(); }
    /// What may be wrong with a last row that reaches to the end of the file, behind which no line ends; else "".
    std::string cut_row_text() const;
    /// Of the comments so far those that would have been rows; "" if there are none.
    std::string commented_rows_text() const;
    std::string_view cell(size_t column) const { return cells_[column]; }
    /// Empty, or one of the words that instruments write for "nothing".
    bool is_missing(size_t column) const { return is_missing(cells_[column]); }
    /// A finite number. Throws InputError.
    double number(size_t column);

    static bool is_missing(std::string_view cell);
    /// 1.500 or 12,345: three digits behind the mark and no 0 before it, thousands to some people and fractions to others.
    static bool may_be_thousands(std::string_view cell);
    /// With either decimal mark.
    static bool is_number(std::string_view cell);
    [[noreturn]] void fail(const std::string& reason) const { fail_at(lines_.number(), reason); }
    [[noreturn]] void fail_at(size_t line, const std::string& reason) const;

private:
    void refuse_binary() const;
    void read_head();
    char take_separator();
    char guess_separator() const;
    void split_row(std::string_view line);
    std::string remark_text(std::string_view line, const char* otherwise) const;
    void note_comment(std::string_view line);
    void refuse_hidden_rows(std::string_view line) const;

    std::string path_, text_;
    TextLines lines_;
    std::vector<HeadLine> head_;
    char separator_ = ',';
    size_t cell_count_ = 0, first_begin_ = 0;
    bool ends_within_row_ = false;
    char decimal_ = 0;  ///< unknown before the first number that has one
    size_t commented_rows_ = 0, commented_line_ = 0;
    std::vector<std::string_view> cells_;
};

/// All numbers with a mark that were noted are of the kind 1.500: fractions to this reader, thousands perhaps to their writer.
class ThousandsDoubt {
public:
    /// Where cells are separated by commas a mark within one is a point.
    void note(const TextTable& table, size_t column);
    bool exists() const { return only_threes_ && !example_.empty(); }
    /// "'1.500' is taken for a number with a fraction; if it is a thousand times as much write 1500, without the mark"
    std::string text() const;

private:
    bool only_threes_ = true;
    std::string example_;
};

}  // namespace dynbal::power
