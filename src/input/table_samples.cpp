#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/error.hpp"
#include "input/kinds.hpp"
#include "power/column_names.hpp"
#include "power/text_table.hpp"

namespace dynbal::input {
namespace {

using Dims = std::vector<int64_t>;

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

bool is_class(std::string_view name) {
    constexpr std::array<std::string_view, 6> names{"label", "labels", "class", "target", "activity", "species"};
    return std::find(names.begin(), names.end(), power::folded(name)) != names.end();
}

/// How many of the first columns are no values. A time is none either, but to leave it out would be a guess.
size_t columns_to_skip(const power::TextTable& table, const power::HeadLine& header, const power::HeadLine& first) {
    const auto names = table.split(header.text), cells = table.split(first.text);
    if (names.size() != cells.size()) {
        table.fail_at(first.number,
                      fmt::format("{} cells, but line {} names {} columns", cells.size(), header.number, names.size()));
    }
    for (const std::string_view name : names) {
        if (is_class(name)) {
            table.fail_at(header.number, fmt::format("column '{}' holds classes, which are no values for the model; "
                                                     "remove it (evaluate takes them as --labels FILE.npy)",
                                                     name));
        }
        if (name.size() > 2 && power::meaning_of(name).quantity == power::Quantity::time) {
            table.fail_at(header.number,
                          fmt::format("column '{}' holds times, which are no values for the model; remove it", name));
        }
    }
    return is_index(names.front(), cells.front()) ? 1 : 0;
}

/// What the columns of a table may be to the model. Its dimensions of one value do not count.
struct Columns {
    bool in_order = false;  ///< a row is a sample, or what some of the last dimensions hold together
    bool first = false;  ///< rows are steps: the columns are the model's first dimension, where the channels are first
    bool told_apart = false;  ///< no other dimension of the model is as large as the first
};

Columns columns_of(const Dims& model_dims, int64_t columns) {
    Dims dims = model_dims;
    std::erase(dims, 1);
    Columns result;
    int64_t size = 1;
    for (auto extent = dims.rbegin(); extent != dims.rend(); ++extent) {
        size *= *extent;
        result.in_order = result.in_order || columns == size;
    }
    if (dims.size() < 2) {
        result.in_order = size % columns == 0;
        return result;
    }
    result.first = columns == dims.front() && columns != size;
    result.told_apart = std::count(dims.begin(), dims.end(), columns) == 1;
    return result;
}

/// Are the columns to become the first dimension? The note says so where a reader could have thought otherwise.
bool is_turned(const Spec& spec, const Columns& fits, int64_t columns, std::string& note) {
    if (!spec.columns.empty()) return spec.columns == "first";
    if (!fits.first) return false;
    const std::string what = fits.in_order ? "the last dimension" : "the first dimension";
    note = fmt::format("{}: its {} columns are taken for {} of the model's input {}", spec.path, columns, what,
                       shape_text(spec.dims));
    if (fits.in_order) note += "; if they are its first one, give " + spec.path + ",columns=first";
    return !fits.in_order;
}

/// From [samples][steps][columns] to [samples][columns][steps].
void turn(Samples& samples, int64_t size, int64_t columns) {
    const int64_t steps = size / columns;
    std::vector<float> turned(samples.values.size());
    for (size_t i = 0; i < turned.size(); ++i) {
        const auto place = static_cast<int64_t>(i) % size;
        const auto begin = static_cast<int64_t>(i) - place;
        turned[static_cast<size_t>(begin + place % columns * steps + place / columns)] = samples.values[i];
    }
    samples.values = std::move(turned);
}

/// A first column that grows evenly from row to row is an index or a time; without a header nobody says so.
class FirstColumn {
public:
    void add(double value) {
        const double step = value - last_;
        if (rows_ == 1) step_ = step;
        even_ = even_ && (rows_ < 1 || step > 0) && (rows_ < 2 || std::fabs(step - step_) <= 1e-3 * step_);
        last_ = value;
        ++rows_;
    }
    bool counts() const { return even_ && rows_ >= 8; }

private:
    double last_ = 0, step_ = 0;
    int64_t rows_ = 0;
    bool even_ = true;
};

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
    FirstColumn first_column;
    while (table.next()) {
        ++rows;
        first_column.add(table.number(0));
        for (size_t column = skipped; column < cells; ++column) {
            const auto value = static_cast<float>(table.number(column));
            if (!std::isfinite(value)) table.fail(fmt::format("column {} is more than a float holds", column + 1));
            samples.values.push_back(value);
        }
    }
    const int64_t size = spec.values();
    const auto total = static_cast<int64_t>(samples.values.size());
    if (header == nullptr && columns > 1 && first_column.counts()) {
        table.fail_at(
            first->number,
            "the first column grows evenly from row to row, so it is an index or a time; remove it, or give the "
            "columns names in a first line if it is a value");
    }
    // Windows follow each other row by row: none begins within a row.
    const Columns fits = columns_of(spec.dims, static_cast<int64_t>(columns));
    const bool fit = spec.columns == "first"  ? fits.first
                     : spec.columns == "last" ? fits.in_order
                                              : fits.in_order || (fits.first && fits.told_apart);
    if (!fit || total % size != 0) {
        throw InputError(fmt::format(
            "{}: {} rows of {} numbers are no whole number of the model's inputs {}, which have {} "
            "values{}; a row is a sample, or a step with all channels, or the last dimension{}",
            spec.path, rows, columns, shape_text(spec.dims), size,
            static_cast<int64_t>(columns) == size + 1 ? " (is one column a label? remove it)" : "",
            fits.first && !fit ? "; " + spec.path + ",columns=first if the columns are the first one" : ""));
    }
    if (is_turned(spec, fits, static_cast<int64_t>(columns), samples.note)) {
        turn(samples, size, static_cast<int64_t>(columns));
    }
    samples.count = total / size;
    return in_memory(spec.path, std::move(samples), size);
}

}  // namespace dynbal::input
