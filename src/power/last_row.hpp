//! Rows below a table that are none of a recording: totals, means, ends; and a last row that may have been cut.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "power/text_table.hpp"
#include "power/trace_layout.hpp"

namespace dynbal::power {

class RowKinds {
public:
    /// The layout must outlive this.
    explicit RowKinds(const TraceLayout& layout) : layout_(layout) {}

    /// Of each row, before its numbers are read. Throws InputError where a cell that is not looked at otherwise says that this is none:
    /// its number would be a row more.
    void look_at(const TextTable& table);
    /// The value of the row that was looked at last.
    void add(double value);
    /// Behind the last row. Throws InputError if that is none.
    void finish(const TextTable& table) const;
    /// What may be wrong with the last row, for people.
    std::vector<std::string> notes(const TextTable& table) const;

private:
    bool is_looked_at(size_t column) const;
    [[noreturn]] void refuse(const TextTable& table, size_t column) const;

    const TraceLayout& layout_;
    size_t rows_ = 0, line_ = 0;
    bool begins_with_value_ = false;  ///< the first cell of the first row
    double sum_ = 0, largest_ = 0, last_ = 0;
    size_t filled_ = 0;  ///< rows with more than nothing
};

}  // namespace dynbal::power
