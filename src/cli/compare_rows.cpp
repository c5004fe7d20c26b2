#include "cli/compare_rows.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/write_report.hpp"
#include "image_file/method_names.hpp"
#include "io/table.hpp"

namespace dynbal::cli {
namespace {

/// The row of `fixed` on the supply of `rows[index]`, with the same method; null if there is none, or if it did not end.
const CompareRow* fixed_row(const std::vector<CompareRow>& rows, size_t index) {
    const auto fixed = std::find_if(rows.begin(), rows.end(), [&](const CompareRow& row) {
        return row.policy == experiment::Strategy::fixed && row.supply == rows[index].supply &&
               row.file == rows[index].file;
    });
    return fixed != rows.end() && fixed->result.completed() ? &*fixed : nullptr;
}

/// The same of what was repeated; null if no inference of it ended.
const sim::SeriesResult* repeated_fixed(const std::vector<CompareRow>& rows, size_t index) {
    const CompareRow* const fixed = fixed_row(rows, index);
    return fixed != nullptr && fixed->repeated && fixed->repeated->result.ended() > 0 ? &fixed->repeated->result
                                                                                      : nullptr;
}

}  // namespace

const sim::RunResult* fixed_beside(const std::vector<CompareRow>& rows, size_t index) {
    const CompareRow* const fixed = fixed_row(rows, index);
    return fixed != nullptr ? &fixed->result : nullptr;
}

std::string said_of(const std::vector<CompareRow>& rows,
                    const std::function<std::string(const CompareRow&)>& text_of_row) {
    std::string said;
    for (size_t index = 0; index < rows.size(); ++index) {
        const CompareRow& row = rows[index];
        const std::string text = text_of_row(row);
        const auto is_same = [&](const CompareRow& other) {
            return other.supply == row.supply && other.file == row.file && text_of_row(other) == text;
        };
        const auto here = rows.begin() + static_cast<std::ptrdiff_t>(index);
        if (text.empty() || std::any_of(rows.begin(), here, is_same)) continue;
        std::string names;
        for (const CompareRow& other : rows) {
            if (is_same(other)) names += (names.empty() ? "" : ", ") + std::string(experiment::name_of(other.policy));
        }
        said += fmt::format("\n{}, {}, {}: {}\n", row.supply, method_name(*row.file), names, text);
    }
    return said;
}

std::string SupplyCells::next(const std::string& supply, io::Table& table) {
    if (supply == last_) return "";
    if (!last_.empty()) table.add_rule();
    return last_ = supply;
}

nlohmann::ordered_json repeated_json(const std::vector<CompareRow>& rows, size_t index) {
    const sim::SeriesResult& result = rows[index].repeated->result;
    const sim::SeriesResult* const fixed = repeated_fixed(rows, index);
    nlohmann::ordered_json json = series_json(result);
    const bool both = fixed != nullptr && result.ended() > 0;
    json["against_fixed"] = both ? nlohmann::ordered_json{{"mean", result.mean_s() / fixed->mean_s()},
                                                          {"per_minute", result.per_minute() / fixed->per_minute()}}
                                 : nlohmann::ordered_json(nullptr);
    return json;
}

std::string repeated_text(const std::vector<CompareRow>& rows) {
    std::vector<io::Column> columns{
        {"supply", io::Align::left}, {"preservation", io::Align::left}, {"policy", io::Align::left}};
    for (const io::Column& column : series_columns()) columns.push_back(column);
    io::Table table(columns);
    std::string heading;
    bool any_fixed = false;
    SupplyCells supplies;
    for (size_t index = 0; index < rows.size(); ++index) {
        const CompareRow& row = rows[index];
        if (!row.repeated) continue;
        heading = series_heading(row.repeated->series);
        std::vector<std::string> cells{supplies.next(row.supply, table), method_name(*row.file),
                                       experiment::name_of(row.policy)};
        const sim::SeriesResult* const fixed = repeated_fixed(rows, index);
        any_fixed = any_fixed || fixed != nullptr;
        for (std::string& cell : series_cells(row.repeated->result, fixed)) {
            cells.push_back(std::move(cell));
        }
        table.add_row(cells);
    }
    // Why a single one does not end has been said.
    const auto stuck = [](const CompareRow& row) {
        return row.repeated && row.result.completed() ? row.repeated->result.stuck : std::string();
    };
    if (heading.empty()) return "";
    return "\n" + heading + ":\n" + table.text() + repeated_against_note(any_fixed) + said_of(rows, stuck);
}

}  // namespace dynbal::cli
