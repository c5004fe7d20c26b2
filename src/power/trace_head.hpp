//! Where the table of a trace begins and what its columns are called: headers, lines of units, what instruments write before.
#pragma once

#include <string>
#include <vector>

#include "power/column_names.hpp"
#include "power/text_table.hpp"

namespace dynbal::power {

struct NamedColumn {
    std::string name;  ///< empty without a header
    ColumnMeaning meaning{};
    std::string unit{};  ///< as written in a line of its own; empty without such a line
};

struct TraceHead {
    std::vector<NamedColumn> columns;
    const HeadLine* header = nullptr;  ///< null: the trace has none
    const HeadLine* first_row = nullptr;
    std::string hint{};      ///< for messages: what stands between names that are known and the rows
    std::string instrument;  ///< whose export it is, if that gave the units
    double step_s = 0;       ///< from row to row, where the head says it and no column the time; 0: it does not
};

/// Throws InputError with the line, if there are no two rows of numbers or the header does not fit them. The result lives as long as
/// `table`.
TraceHead read_head(const TextTable& table);

/// A number in either way of writing it, a missing one, or a date.
bool looks_like_value(std::string_view cell);

}  // namespace dynbal::power
