//! The time of a table's rows: a column of numbers or of clocks, several columns, or the same step from row to row.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "power/csv_columns.hpp"
#include "power/options.hpp"
#include "power/trace_layout.hpp"

namespace dynbal::power {

class CsvTime {
public:
    /// All must outlive this; what is found is written into the layout.
    CsvTime(const TextTable& table, Options& options, CsvColumns& columns, TraceLayout& layout);

    /// Throws InputError with what to write where there is no time, or more than one.
    void find();
    /// For people: "time in ms from 't', day first".
    std::string text() const;

private:
    void hide_parts();
    std::optional<size_t> best_column();
    void set_date_order();
    DateOrder order_by_content() const;
    std::string order_text() const;
    std::optional<Moment> moment_in(size_t column) const;
    std::optional<size_t> clock_column() const;
    void find_date();
    void refuse_unread_date() const;
    void refuse_unknown_order(size_t column) const;
    void set_source(size_t column);
    void set_unit(size_t column);
    void note_count(const std::string& name, std::string_view cell);
    void note_others();

    const TextTable& table_;
    Options& options_;
    CsvColumns& columns_;
    TraceLayout& layout_;
    std::vector<std::string_view> first_cells_;
    DateParts parts_;
};

}  // namespace dynbal::power
