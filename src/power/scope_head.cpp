#include "power/scope_head.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "power/quantity.hpp"

namespace dynbal::power {
namespace {

using Cells = std::vector<std::string_view>;

/// Older Tektronix oscilloscopes write what they know beside the first rows: `Record Length,2500,,-0.5,0.04,`.
std::optional<TraceHead> read_beside_rows(const TextTable& table) {
    const auto& head = table.head();
    const Cells first = table.split(head.front().text);
    if (first.size() < 5 || folded(first[0]) != "record length" || !looks_like_value(first[3])) return std::nullopt;
    TraceHead result{.columns = std::vector<NamedColumn>(first.size()),
                     .header = nullptr,
                     .first_row = &head.front(),
                     .instrument = "Tektronix"};
    result.columns[3] = {.name = "time", .meaning = {Quantity::time, 1}};
    result.columns[4] = {.name = "value", .meaning = {Quantity::voltage, 1}};
    for (const HeadLine& line : head) {
        const Cells cells = table.split(line.text);
        const bool unit = cells.size() > 1 && folded(cells[0]) == "vertical units";
        if (unit) result.columns[4].meaning = meaning_of_unit(cells[1]).value_or(ColumnMeaning{});
    }
    return result;
}

/// Rigol's oscilloscopes count the rows, and write below `X,CH1,Start,Increment` how far apart they are. The header has other cells than
/// the rows.
void refuse_rigol(const TextTable& table) {
    const auto& head = table.head();
    if (head.size() < 3) return;
    const Cells names = table.split(head[0].text), values = table.split(head[1].text);
    const auto found =
        std::find_if(names.begin(), names.end(), [](std::string_view name) { return folded(name) == "increment"; });
    const auto index = static_cast<size_t>(found - names.begin());
    if (found == names.end() || index >= values.size() || !TextTable::is_number(values[index])) return;
    const bool fits = names.size() == table.split(head[2].text).size();
    table.fail_at(
        head[1].number,
        fmt::format("an oscilloscope's start and increment, and no row; remove {}, and give "
                    "step={}s,column=2,unit=V",
                    fits ? fmt::format("line {}", head[1].number) : "the lines before the rows", values[index]));
}

bool begins_with(std::string_view cell, std::string_view word) { return folded(cell).starts_with(word); }

/// tInc = 1.0e-06, or with its unit: 1.0e-06s
double step_of(const TextTable& table, const HeadLine& line, std::string_view cell) {
    constexpr double step_s_min = 1e-12;
    std::string text(trimmed(cell.substr(std::min(cell.find('=') + 1, cell.size()))));
    if (!text.ends_with('s')) text += 's';
    const auto step_s = parse_quantity(text, Unit::second);
    if (step_s && *step_s >= step_s_min) return *step_s;
    table.fail_at(line.number, fmt::format("'{}' is no time from row to row; write it as tInc = 1.0e-06", cell));
}

/// CH1V is channel 1 in volts.
ColumnMeaning meaning_of_channel(std::string_view name) {
    const std::string text = folded(name);
    if (!text.starts_with("ch") || text.size() < 3) return meaning_of(name);
    const size_t unit = text.find_first_not_of("0123456789", 2);
    if (unit == 2 || unit == std::string::npos) return {Quantity::voltage, 1};
    return meaning_of_unit(std::string_view(text).substr(unit)).value_or(ColumnMeaning{});
}

/// Newer ones of Rigol write behind the names where the rows begin and how far apart they are: `CH1V,CH2V,t0 =-1.0e-03, tInc = 1.0e-06,`.
std::optional<TraceHead> read_rigol(const TextTable& table) {
    const auto& head = table.head();
    for (size_t i = 0; i + 1 < head.size(); ++i) {
        const Cells cells = TextTable::split(head[i].text, ',');
        const auto step =
            std::find_if(cells.begin(), cells.end(), [](std::string_view c) { return begins_with(c, "tinc"); });
        if (step == cells.end()) continue;
        const auto start = std::find_if(cells.begin(), step, [](std::string_view c) { return begins_with(c, "t0"); });
        const auto count = static_cast<size_t>(start - cells.begin());
        TraceHead result{.columns = {}, .header = &head[i], .first_row = &head[i + 1], .instrument = "Rigol"};
        result.step_s = step_of(table, head[i], *step);
        result.columns.resize(table.split(head[i + 1].text).size());
        if (count > result.columns.size()) {
            table.fail_at(head[i + 1].number, fmt::format("{}, but line {} names {} columns",
                                                          cells_text(result.columns.size()), head[i].number, count));
        }
        for (size_t column = 0; column < count; ++column) {
            result.columns[column] = {std::string(cells[column]), meaning_of_channel(cells[column])};
        }
        return result;
    }
    return std::nullopt;
}

}  // namespace

std::optional<TraceHead> read_scope_head(const TextTable& table) {
    if (auto beside = read_beside_rows(table)) return beside;
    if (auto rigol = read_rigol(table)) return rigol;
    refuse_rigol(table);
    return std::nullopt;
}

}  // namespace dynbal::power
