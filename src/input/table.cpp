#include <fmt/format.h>

#include <cmath>

#include "base/error.hpp"
#include "input/kinds.hpp"
#include "power/column_names.hpp"
#include "power/text_table.hpp"

namespace dynbal::input {
namespace {

bool is_row(const power::TextTable& table, const power::HeadLine& line) {
    const auto cells = table.split(line.text);
    for (const std::string_view cell : cells) {
        if (!power::TextTable::is_number(cell) && !power::TextTable::is_missing(cell)) return false;
    }
    return !cells.empty();
}

/// An index, as pandas writes it: the first column, without a name of its own, and it counts.
bool is_index(std::string_view name, std::string_view first_cell) {
    return (name.empty() || name.starts_with("Unnamed: 0")) && (first_cell == "0" || first_cell == "1");
}

/// How many of the first columns are no values. A time is none either, but to leave it out would be a guess.
size_t columns_to_skip(const power::TextTable& table, const power::HeadLine& header, const power::HeadLine& first) {
    const auto names = table.split(header.text), cells = table.split(first.text);
    if (names.size() != cells.size()) {
        table.fail_at(first.number,
                      fmt::format("{} cells, but line {} names {} columns", cells.size(), header.number, names.size()));
    }
    for (const std::string_view name : names) {
        if (name.size() > 2 && power::meaning_of(name).quantity == power::Quantity::time)
            table.fail_at(header.number,
                          fmt::format("column '{}' holds times, which are no values for the model; remove it", name));
    }
    return is_index(names.front(), cells.front()) ? 1 : 0;
}

}  // namespace

SampleSetPointer open_table(const Spec& spec) {
    power::TextTable table(spec.path);
    const power::HeadLine *first = nullptr, *header = nullptr;
    for (const power::HeadLine& line : table.head()) {
        if (line.comment) continue;
        if (is_row(table, line)) {
            first = &line;
            break;
        }
        if (header != nullptr) table.fail_at(line.number, "neither a header nor a row of numbers");
        header = &line;
    }
    if (first == nullptr) table.fail_at(table.head().front().number, "no row of numbers");
    const size_t cells = table.split(first->text).size();
    const size_t skipped = header != nullptr ? columns_to_skip(table, *header, *first) : 0;
    const size_t columns = cells - skipped;
    table.begin_rows(*first, cells);
    Samples samples;
    int64_t rows = 0;
    while (table.next()) {
        ++rows;
        for (size_t column = skipped; column < cells; ++column) {
            const auto value = static_cast<float>(table.number(column));
            if (!std::isfinite(value)) table.fail(fmt::format("column {} is more than a float holds", column + 1));
            samples.values.push_back(value);
        }
    }
    const int64_t size = spec.values();
    const auto total = static_cast<int64_t>(samples.values.size());
    // Windows follow each other row by row: none begins within a row.
    const bool whole_rows = static_cast<int64_t>(columns) <= size && size % static_cast<int64_t>(columns) == 0;
    if (!whole_rows || total % size != 0) {
        throw InputError(fmt::format(
            "{}: {} rows of {} numbers are no whole number of the model's inputs {}, which have {} values{}", spec.path,
            rows, columns, shape_text(spec.dims), size,
            static_cast<int64_t>(columns) == size + 1 ? "; is one column a label? remove it" : ""));
    }
    samples.count = total / size;
    return in_memory(spec.path, std::move(samples), size);
}

}  // namespace dynbal::input
