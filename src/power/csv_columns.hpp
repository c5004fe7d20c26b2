//! The columns of a table by name or number, and what is said of them where one cannot be taken.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "power/text_table.hpp"
#include "power/trace_head.hpp"

namespace dynbal::power {

class CsvColumns {
public:
    /// The table must outlive this.
    explicit CsvColumns(const TextTable& table) : table_(table), head_(read_head(table)) {}

    TraceHead& head() { return head_; }
    const TraceHead& head() const { return head_; }
    const NamedColumn& at(size_t column) const { return head_.columns[column]; }

    /// At the header, or where there is none at the first row.
    [[noreturn]] void fail(const std::string& reason) const;
    /// In quotation marks, or "column 2".
    std::string name_of(size_t column) const;
    std::string all_names() const;
    /// `power, mW` names one column; where commas are decimal marks, too, it would look like two. Throws InputError.
    void check_names() const;
    /// Throws InputError where there is none.
    void need_header() const;
    /// A name, with its unit or without, or a number from 1; `key` is the option that names it. Throws InputError.
    size_t by_hand(const char* key, std::string_view text) const;
    /// The column of the time is no value: it is in none of the lists then.
    void set_time(size_t column) { times_.push_back(column); }
    bool is_time(size_t column) const { return std::find(times_.begin(), times_.end(), column) != times_.end(); }
    std::vector<size_t> of(Quantity quantity, bool with_unit) const;
    /// The only one with a unit; none if there is none. Throws InputError for two, naming the option that decides.
    std::optional<size_t> only(Quantity quantity, const char* key) const;
    /// How an option names it: by its number where an option cannot hold the name, or another column has the same.
    std::string word_of(size_t column) const;
    /// Throws InputError if the name says that this is no harvest, or no time.
    void refuse_other(size_t column) const;
    /// Throws InputError: the column says what it is, but not in which unit, or in none that is known. `option` is the one that gives it.
    [[noreturn]] void fail_without_unit(size_t column, const char* option) const;
    /// " in mW" where the column itself does not say it: what was taken for granted is said.
    std::string unit_text(size_t column, const ColumnMeaning& meaning) const;
    /// What may be wrong with the header where no column is known: "; no known units: 'lux'", or "".
    std::string doubts_text() const;

private:
    std::optional<size_t> with_name(const char* key, std::string_view text,
                                    std::string_view (*part_of)(std::string_view)) const;
    std::string choice_text(Quantity quantity, const char* key, const std::vector<size_t>& found) const;
    [[noreturn]] void fail_for_two(const char* key, std::string_view text, size_t one, size_t other) const;

    const TextTable& table_;
    TraceHead head_;
    std::vector<size_t> times_;
};

/// What to write where a header does not say enough.
inline constexpr const char* columns_by_hand =
    "or by hand: column=NAME or NUMBER, unit=mW, time=NAME or NUMBER, time_unit=ms, or step=1ms";

}  // namespace dynbal::power
