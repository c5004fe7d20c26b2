#include "io/table.hpp"

#include <algorithm>
#include <stdexcept>

#include "io/printable.hpp"

namespace dynbal::io {
namespace {

constexpr size_t gap = 2;  // spaces between columns

std::string format_row(const std::vector<std::string>& cells, const std::vector<Column>& columns,
                       const std::vector<size_t>& widths) {
    std::string line;
    for (size_t i = 0; i < cells.size(); ++i) {
        const std::string padding(widths[i] - display_width(cells[i]), ' ');
        if (i > 0) line.append(gap, ' ');
        line += columns[i].align == Align::right ? padding + cells[i] : cells[i] + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line + '\n';
}

}  // namespace

size_t display_width(std::string_view text) {
    // Every code point has exactly one byte that is no continuation byte (10xxxxxx).
    const auto is_first = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    return static_cast<size_t>(std::count_if(text.begin(), text.end(), is_first));
}

void Table::add_row(std::vector<std::string> cells) {
    if (cells.size() > columns_.size()) throw std::logic_error("Table::add_row: too many cells");
    for (std::string& cell : cells) cell = printable(cell);
    cells.resize(columns_.size());
    rows_.push_back(std::move(cells));
}

void Table::add_rule() { rows_.emplace_back(); }

std::string Table::text() const {
    std::vector<std::string> titles;
    std::vector<size_t> widths;
    for (const Column& column : columns_) {
        titles.push_back(printable(column.title));
        widths.push_back(display_width(titles.back()));
    }
    for (const auto& row : rows_) {
        for (size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], display_width(row[i]));
        }
    }

    size_t total = 0;
    for (const size_t width : widths) total += width + gap;
    const std::string rule = std::string(total - std::min(total, gap), '-') + '\n';
    const bool titled =
        std::any_of(titles.begin(), titles.end(), [](const std::string& title) { return !title.empty(); });
    std::string result = titled ? format_row(titles, columns_, widths) + rule : "";
    for (const auto& row : rows_) {
        result += row.empty() ? rule : format_row(row, columns_, widths);
    }
    return result;
}

}  // namespace dynbal::io
