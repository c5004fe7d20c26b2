#include "experiment/row.hpp"
#include "io/json_text.hpp"

namespace dynbal::experiment {
namespace {

/// A field of a CSV line: quoted where it must be.
std::string csv_field(const nlohmann::ordered_json& value) {
    if (!value.is_string()) return io::json_text(value);
    const auto& text = value.get_ref<const std::string&>();
    if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

}  // namespace

nlohmann::ordered_json json_of(const Row& row) {
    return {{"cell", row.cell},
            {"model", row.model},
            {"device", row.device},
            {"supply", row.supply},
            {"policy", row.policy},
            {"repetitions", row.repetitions},
            {"completed", row.completed},
            {"outcome", row.outcome},
            {"power_cycles", row.power_cycles},
            {"reconfigurations", row.reconfigurations},
            {"shrinks", row.shrinks},
            {"nvm_read_bytes", row.read_bytes},
            {"nvm_write_bytes", row.write_bytes},
            {"nvm_transfers", row.transfers},
            {"macs", row.macs},
            {"cost_units", row.cost_units},
            {"latency_s", row.latency_s},
            {"charging_s", row.charging_s},
            {"energy_j", row.energy_j},
            {"message", row.message}};
}

Row row_of(const nlohmann::ordered_json& json) {
    Row row;
    json.at("cell").get_to(row.cell);
    json.at("model").get_to(row.model);
    json.at("device").get_to(row.device);
    json.at("supply").get_to(row.supply);
    json.at("policy").get_to(row.policy);
    json.at("repetitions").get_to(row.repetitions);
    json.at("completed").get_to(row.completed);
    json.at("outcome").get_to(row.outcome);
    json.at("power_cycles").get_to(row.power_cycles);
    json.at("reconfigurations").get_to(row.reconfigurations);
    json.at("shrinks").get_to(row.shrinks);
    json.at("nvm_read_bytes").get_to(row.read_bytes);
    json.at("nvm_write_bytes").get_to(row.write_bytes);
    json.at("nvm_transfers").get_to(row.transfers);
    json.at("macs").get_to(row.macs);
    json.at("cost_units").get_to(row.cost_units);
    json.at("latency_s").get_to(row.latency_s);
    json.at("charging_s").get_to(row.charging_s);
    json.at("energy_j").get_to(row.energy_j);
    json.at("message").get_to(row.message);
    return row;
}

std::string csv_of(const std::vector<Row>& rows) {
    const auto line_of = [](const std::vector<std::string>& fields) {
        std::string line;
        for (const std::string& field : fields) line += (line.empty() ? "" : ",") + field;
        return line + '\n';
    };
    std::vector<std::string> titles;
    const nlohmann::ordered_json names = json_of(Row{});
    for (const auto& [title, value] : names.items()) titles.push_back(title);
    std::string text = line_of(titles);
    for (const Row& row : rows) {
        std::vector<std::string> fields;
        const nlohmann::ordered_json json = json_of(row);
        for (const nlohmann::ordered_json& value : json) fields.push_back(csv_field(value));
        text += line_of(fields);
    }
    return text;
}

std::string json_lines_of(const std::vector<Row>& rows) {
    std::string text;
    for (const Row& row : rows) text += io::json_text(json_of(row)) + '\n';
    return text;
}

}  // namespace dynbal::experiment
