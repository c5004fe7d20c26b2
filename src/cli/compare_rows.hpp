//! The rows that `dynbal compare` sets side by side, and what is said of them.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/repeat.hpp"
#include "experiment/grid.hpp"
#include "experiment/oracle.hpp"
#include "image_file/image_file.hpp"
#include "io/table.hpp"
#include "sim/session.hpp"

namespace dynbal::cli {

struct CompareRow {
    std::string supply;
    const ImageFile* file = nullptr;
    experiment::Strategy policy = experiment::Strategy::fixed;
    sim::RunResult result;
    std::optional<experiment::Oracle> oracle;
    std::optional<Repeated> repeated;
};

/// The run of `fixed` on the supply of `rows[index]`, with the same method; null if there is none, or if it did not end.
const sim::RunResult* fixed_beside(const std::vector<CompareRow>& rows, size_t index);

/// What is said of rows, each once for all the policies of which it is the same: "SUPPLY, METHOD, fixed, best: TEXT".
std::string said_of(const std::vector<CompareRow>& rows,
                    const std::function<std::string(const CompareRow&)>& text_of_row);
/// The first cells of a table: a supply may be long, so it stands in the first of its rows only, below a rule.
class SupplyCells {
public:
    std::string next(const std::string& supply, io::Table& table);

private:
    std::string last_;
};

/// What was repeated in `rows[index]`, which has it.
nlohmann::ordered_json repeated_json(const std::vector<CompareRow>& rows, size_t index);
/// Of --repeat and --whole-trace; "" without. Latencies are of those that ended.
std::string repeated_text(const std::vector<CompareRow>& rows);

}  // namespace dynbal::cli
