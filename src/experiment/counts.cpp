#include "experiment/counts.hpp"

namespace dynbal::experiment {

nlohmann::ordered_json counts_json(const sim::RunResult& result) {
    return {{"power_cycles", result.power_cycles},
            {"reconfigurations", result.activity.reconfigurations},
            {"shrinks", result.activity.shrinks},
            {"nvm_read_bytes", result.traffic.read_bytes},
            {"nvm_write_bytes", result.traffic.write_bytes},
            {"nvm_transfers", result.traffic.transfers},
            {"macs", result.traffic.macs},
            {"jobs", result.traffic.jobs},
            {"cost_units", result.cost_units()},
            {"latency_s", result.latency_s},
            {"charging_s", result.charging_s},
            {"energy_j", result.energy_j}};
}

}  // namespace dynbal::experiment
