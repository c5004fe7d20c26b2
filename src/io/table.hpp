//! Plain-text tables with aligned columns, for people. Machines get JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dynbal::io {

enum class Align : uint8_t { left, right };

struct Column {
    std::string title;
    Align align = Align::right;
};

/// Number of characters a terminal shows for a UTF-8 text (one column per code point).
size_t display_width(std::string_view text);

class Table {
public:
    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

    /// One cell per column, made printable (io/printable.hpp); missing cells are empty, more than the columns is an error
    /// (std::logic_error).
    void add_row(std::vector<std::string> cells);
    /// A horizontal line between the rows added before and after.
    void add_rule();

    /// Title row, a line (neither if no column has a title), the rows; every line ends with '\n' and
    /// without trailing spaces.
    std::string text() const;

private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;  // without cells: a horizontal line
};

}  // namespace dynbal::io
