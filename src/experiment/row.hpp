//! The result of one cell of a grid: sums over its inferences.
//!
//! Invariant: row_of(json_of(row)) == row, to the last bit of every number.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace dynbal::experiment {

struct Row {
    uint32_t cell = 0;
    std::string model, device, supply, policy;
    uint32_t repetitions = 0;  ///< asked for
    uint32_t completed = 0;    ///< inferences that came to their end; the first that does not is the last
    std::string outcome;       ///< completed, stuck, refused
    uint64_t power_cycles = 0;
    uint64_t reconfigurations = 0;  ///< tiles changed inside a stage because another promised less cost
    uint64_t shrinks = 0;           ///< tiles changed because a power cycle made no progress
    uint64_t read_bytes = 0, write_bytes = 0, transfers = 0, macs = 0;
    double cost_units = 0;
    double latency_s = 0, charging_s = 0;
    double energy_j = 0;
    std::string message;  ///< why not completed

    bool operator==(const Row&) const = default;
};

nlohmann::ordered_json json_of(const Row& row);
/// Throws nlohmann::json::exception if a field is missing or of another kind.
Row row_of(const nlohmann::ordered_json& json);

/// A title line and one line a row, as RFC 4180 has it, lines ending in '\n'.
std::string csv_of(const std::vector<Row>& rows);
/// One JSON object a line.
std::string json_lines_of(const std::vector<Row>& rows);

}  // namespace dynbal::experiment
