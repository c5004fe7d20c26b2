#include "experiment/row.hpp"

#include <gtest/gtest.h>

namespace dynbal::experiment {
namespace {

Row example() {
    Row row;
    row.cell = 7;
    row.model = "a,b \"c\"";
    row.device = "device";
    row.supply = "random:1,2,3";
    row.policy = "best";
    row.repetitions = 20;
    row.completed = 19;
    row.outcome = "stuck";
    row.power_cycles = ~uint64_t{0};
    row.shrinks = 1;
    row.read_bytes = 2;
    row.write_bytes = 3;
    row.transfers = 4;
    row.macs = 5;
    row.reconfigurations = 6;
    row.cost_units = 0.1 + 0.2;
    row.latency_s = 1e-300;
    row.charging_s = 1.0 / 3.0;
    row.energy_j = 12345678901234567.0;
    row.message = "no\nprogress";
    return row;
}

TEST(Row, JsonKeepsEveryBit) {
    const std::string line = json_lines_of({example()});
    EXPECT_EQ(row_of(nlohmann::ordered_json::parse(line)), example());
    EXPECT_EQ(line.find('\n'), line.size() - 1);
}

TEST(Row, EveryFieldIsNeeded) {
    const nlohmann::ordered_json json = json_of(example());
    for (const auto& [key, value] : json.items()) {
        nlohmann::ordered_json lacking = json;
        lacking.erase(key);
        EXPECT_THROW(row_of(lacking), nlohmann::json::exception) << key;
    }
}

TEST(Row, CsvHasOneLineARowAndQuotesWhatItMust) {
    Row plain;
    plain.model = "m";
    plain.message = "";
    const std::string text = csv_of({plain, example()});
    EXPECT_EQ(text.substr(0, text.find('\n')),
              "cell,model,device,supply,policy,repetitions,completed,outcome,power_cycles,reconfigurations,shrinks,"
              "nvm_read_bytes,nvm_write_bytes,nvm_transfers,macs,cost_units,latency_s,charging_s,energy_j,message");
    EXPECT_NE(text.find("\n0,m,,,,0,0,,0,0,0,0,0,0,0,0.0,0.0,0.0,0.0,\n"), std::string::npos);
    EXPECT_NE(
        text.find("7,\"a,b \"\"c\"\"\",device,\"random:1,2,3\",best,20,19,stuck,18446744073709551615,6,1,2,3,4,5,"),
        std::string::npos);
    EXPECT_NE(text.find("\"no\nprogress\"\n"), std::string::npos);
}

}  // namespace
}  // namespace dynbal::experiment
