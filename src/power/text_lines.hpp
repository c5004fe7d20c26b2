//! A text cut into lines. A line holds more than one of the file's where a cell in quotation marks holds line ends (RFC 4180).
//!
//! Invariants:
//!  1. the lines follow each other and leave out nothing but line ends: LF, CR LF, CR, and CR CR LF or LF CR, which programs write by
//!     mistake;
//!  2. a quotation mark that no other closes within 32 lines, right before a separator or a line's end, is a character like others.
#pragma once

#include <cstddef>
#include <string_view>

namespace dynbal::power {

/// Opens at its beginning a cell in quotation marks; `close` is where the mark is that ends it: a doubled one does not. npos if none does.
size_t closing_mark(std::string_view text, size_t open);

class TextLines {
public:
    /// The text must outlive this.
    explicit TextLines(std::string_view text) : text_(text) {}

    /// False at the end. Only what is behind one of the separators can open a cell; a line that is a comment has no cells.
    bool next(std::string_view separators);
    std::string_view line() const { return line_; }
    /// Of the first of the file's lines that this one holds; from 1. Before the first: 0.
    size_t number() const { return number_; }
    /// How many of the file's lines it holds.
    size_t count() const { return count_; }
    size_t begin() const { return begin_; }
    /// The next line begins there.
    void go_to(size_t begin, size_t number);

private:
    struct End {
        size_t end, next;
    };
    End end_of_line(size_t begin);
    void join_quoted(std::string_view separators);

    std::string_view text_, line_;
    size_t begin_ = 0, next_ = 0;
    size_t number_ = 0, count_ = 1;
    size_t feed_from_ = 1, feed_ = 0;  ///< the first line feed behind a place
};

/// The file's line is a remark: it begins with # or %, and is no error of a spreadsheet (#N/A).
bool is_comment(std::string_view line);

}  // namespace dynbal::power
