#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "base/error.hpp"
#include "input/kinds.hpp"
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

}  // namespace

SampleSetPointer open_table(const Spec& spec) {
    power::TextTable table(spec.path);
    const power::HeadLine* first = nullptr;
    bool header = false;
    for (const power::HeadLine& line : table.head()) {
        if (line.comment) continue;
        if (is_row(table, line)) {
            first = &line;
            break;
        }
        if (std::exchange(header, true)) table.fail_at(line.number, "neither a header nor a row of numbers");
    }
    if (first == nullptr) table.fail_at(table.head().front().number, "no row of numbers");
    const size_t columns = table.split(first->text).size();
    table.begin_rows(*first, columns);
    Samples samples;
    int64_t rows = 0;
    while (table.next()) {
        ++rows;
        for (size_t column = 0; column < columns; ++column) {
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
