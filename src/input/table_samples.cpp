#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "input/kinds.hpp"
#include "io/printable.hpp"
#include "power/cell_fault.hpp"
#include "power/column_names.hpp"
#include "power/text_table.hpp"

namespace dynbal::input {
namespace {

using Dims = std::vector<int64_t>;

using Cells = std::vector<std::string_view>;

bool may_be_in_row(std::string_view cell) {
    return power::TextTable::is_number(cell) || power::TextTable::is_missing(cell);
}

/// A row that was not understood is no header: its cells would be lost.
void refuse_as_header(const power::TextTable& table, size_t line, const Cells& cells) {
    const auto number = std::find_if_not(cells.begin(), cells.end(), power::may_be_name);
    if (number == cells.end()) return;
    const auto text = std::find_if_not(cells.begin(), cells.end(), may_be_in_row);
    table.fail_at(
        line, fmt::format("neither a row of numbers, for column {}: {}; nor a header, for '{}' in column {} is no name",
                          text - cells.begin() + 1, power::why_no_number(*text), io::printable(*number, 40),
                          number - cells.begin() + 1));
}

/// An index, as pandas writes it: the first column, without a name of its own, and it counts.
bool is_index(std::string_view name, std::string_view first_cell) {
    return (name.empty() || name.starts_with("Unnamed: 0")) && (first_cell == "0" || first_cell == "1");
}

/// What a column holds that is no value for the model; nothing if its name does not say so. All are in small letters. `y` is what is
/// to be found, or an axis beside `x`.
const char* no_value(const std::vector<std::string>& names, const std::string& name) {
    constexpr std::array<std::string_view, 7> classes{"label",  "labels",   "class",  "classes",
                                                      "target", "activity", "species"};
    constexpr std::array<std::string_view, 4> counts{"id", "ids", "index", "idx"};
    const auto is_among = [&](const auto& words) { return std::find(words.begin(), words.end(), name) != words.end(); };
    if (is_among(classes) || name.ends_with("_label") || name.ends_with("_class")) return "classes";
    if (name == "y" && std::find(names.begin(), names.end(), "x") == names.end()) return "classes";
    if (is_among(counts) || name.ends_with("_id")) return "numbers of rows or things";
    if (name.size() > 2 && power::meaning_of(name).quantity == power::Quantity::time) return "times";
    return nullptr;
}

/// How many of the first columns are no values. A time is none either, but to leave it out would be a guess.
size_t columns_to_skip(const power::TextTable& table, const power::HeadLine& header, const power::HeadLine& first) {
    const auto names = table.split(header.text), cells = table.split(first.text);
    if (names.size() != cells.size()) {
        table.fail_at(first.number, fmt::format("{}, but line {} names {} columns", power::cells_text(cells.size()),
                                                header.number, names.size()));
    }
    std::vector<std::string> folded;
    folded.reserve(names.size());
    for (const std::string_view name : names) folded.push_back(power::folded(name));
    for (size_t i = 0; i < names.size(); ++i) {
        const char* const what = no_value(folded, folded[i]);
        if (what == nullptr) continue;
        table.fail_at(
            header.number,
            fmt::format("column '{}' holds {}, which are no values for the model; remove it{}", names[i], what,
                        what == std::string_view("classes") ? " (evaluate takes them as --labels FILE.npy)" : ""));
    }
    if (is_index(names.front(), cells.front())) return 1;
    if (names.front().empty() && names.size() > 1) {
        table.fail_at(header.number,
                      "the first column has no name; remove it if it is an index, name it if it is a value");
    }
    return 0;
}

/// 0, 1, ... up to the last: how pandas names columns that have no names.
bool counts_columns(std::span<const std::string_view> cells) {
    for (size_t i = 0; i < cells.size(); ++i) {
        if (cells[i] != std::to_string(i)) return false;
    }
    return cells.size() > 1;
}

/// What comes before the numbers, and where they begin.
struct Head {
    const power::HeadLine *header = nullptr, *first = nullptr;
    bool may_be_header = false;  ///< the first row is 0, 1, ...
};

/// A second line of text.
[[noreturn]] void fail_for_row(const power::TextTable& table, const power::HeadLine& line) {
    const Cells cells = table.split(line.text);
    const auto text = std::find_if_not(cells.begin(), cells.end(), may_be_in_row);
    table.fail_at(line.number,
                  fmt::format("neither a header, for that is above, nor a row of numbers, for column {}: {}",
                              text - cells.begin() + 1, power::why_no_number(*text)));
}

Head head_of(const power::TextTable& table) {
    Head head;
    for (const power::HeadLine& line : table.head()) {
        if (line.comment) continue;
        const auto cells = table.split(line.text);
        // As pandas writes it before a column that is an index.
        const bool counts_after_index = cells.front().empty() && counts_columns(std::span(cells).subspan(1));
        const bool is_row = std::all_of(cells.begin(), cells.end(), may_be_in_row);
        if (is_row && !(counts_after_index && head.header == nullptr)) {
            head.first = &line;
            head.may_be_header = head.header == nullptr && counts_columns(cells);
            return head;
        }
        if (head.header != nullptr) fail_for_row(table, line);
        if (!counts_after_index) refuse_as_header(table, line.number, cells);
        head.header = &line;
    }
    if (head.header != nullptr) table.fail_at(head.header->number, "a header and no row");
    table.fail_at(table.head().front().number, "no row of numbers: all are comments, which begin with # or %");
}

/// What the columns of a table may be to the model. Its dimensions of one value do not count.
struct Columns {
    bool in_order = false;  ///< a row is a sample, or what some of the last dimensions hold together
    bool first = false;  ///< rows are steps: the columns are the model's first dimension, where the channels are first
    bool told_apart = false;  ///< no other dimension of the model is as large as the first
};

Dims dims_that_count(Dims dims) {
    std::erase(dims, 1);
    return dims;
}

Columns columns_of(const Dims& model_dims, int64_t columns) {
    const Dims dims = dims_that_count(model_dims);
    Columns result;
    int64_t size = 1;
    for (auto extent = dims.rbegin(); extent != dims.rend(); ++extent) {
        size *= *extent;
        result.in_order = result.in_order || columns == size;
    }
    result.in_order = result.in_order || columns == 1;
    if (dims.size() < 2) {
        result.in_order = size % columns == 0;
        return result;
    }
    result.first = columns == dims.front() && columns != size;
    result.told_apart = std::count(dims.begin(), dims.end(), columns) == 1;
    return result;
}

void add_note(std::string& note, const std::string& more) {
    if (!note.empty()) note += "; ";
    note += more;
}

/// Are the columns to become the first dimension? The note says so where a reader could have thought otherwise.
bool is_turned(const Spec& spec, const Columns& fits, int64_t columns, std::string& note) {
    if (!spec.columns.empty()) return spec.columns == "first";
    if (columns == 1 && dims_that_count(spec.dims).size() > 1) {
        add_note(note,
                 spec.path + ": its numbers are taken one by one in the order of the model's " + shape_text(spec.dims));
    }
    if (!fits.first) return false;
    const std::string what = fits.in_order ? "the last dimension" : "the first dimension";
    add_note(note,
             fmt::format("{}: its {} columns are taken for {} of the model's input {}{}", spec.path, columns, what,
                         shape_text(spec.dims),
                         fits.in_order ? "; if they are its first one, give " + spec.path + ",columns=first" : ""));
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
    const auto [header, first, may_be_header] = head_of(table);
    const size_t cells = table.split(first->text).size();
    const size_t skipped = header != nullptr ? columns_to_skip(table, *header, *first) : 0;
    const size_t columns = cells - skipped;
    table.begin_rows(*first, cells);
    Samples samples;
    int64_t rows = 0;
    FirstColumn first_column;
    power::ThousandsDoubt doubt;
    while (table.next()) {
        ++rows;
        first_column.add(table.number(0));
        for (size_t column = skipped; column < cells; ++column) {
            const auto value = static_cast<float>(table.number(column));
            if (!std::isfinite(value)) table.fail(fmt::format("column {} is more than a float holds", column + 1));
            samples.values.push_back(value);
            doubt.note(table, column);
        }
    }
    samples.note = table.commented_rows_text();
    if (!samples.note.empty()) samples.note = spec.path + ": " + samples.note;
    const std::string cut = table.cut_row_text();
    if (!cut.empty()) add_note(samples.note, fmt::format("{}: {}", spec.path, cut));
    if (doubt.exists()) add_note(samples.note, fmt::format("{}: {}", spec.path, doubt.text()));
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
            "{}: {} rows of {} numbers {} the model's inputs {}, which have {} "
            "values{}; a row is a sample, or a step with all channels, or the last dimension{}",
            spec.path, rows, columns, total % size != 0 ? "are no whole number of" : "do not lie in the order of",
            shape_text(spec.dims), size,
            static_cast<int64_t>(columns) == size + 1 ? " (is one column a label? remove it)" : "",
            fits.first && !fit ? "; " + spec.path + ",columns=first if the columns are the first one" : ""));
    }
    if (may_be_header && rows > 1) {
        add_note(samples.note,
                 spec.path + ": its first row is 0, 1, ... and is taken as values; if it is a header, leave it out " +
                     "(pandas: to_csv(header=False, index=False))");
    }
    if (is_turned(spec, fits, static_cast<int64_t>(columns), samples.note)) {
        turn(samples, size, static_cast<int64_t>(columns));
    }
    samples.count = total / size;
    return in_memory(spec.path, std::move(samples), size);
}

}  // namespace dynbal::input
