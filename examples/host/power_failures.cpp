// An inference through power failures, simulated: power_failures IMAGE SUPPLY tells what it cost under each policy.
#include <cstdio>
#include <exception>
#include <vector>

#include "image_file/image_file.hpp"
#include "sim/session.hpp"
#include "sim/supply.hpp"

int main(int argc, char** argv) try {
    if (argc != 3) return std::puts("usage: power_failures IMAGE SUPPLY"), 2;
    const dynbal::ImageFile file = dynbal::read_image_file(argv[1]);
    const std::vector<int16_t> input(file.header().input_values);  // zeros
    for (const dynbal::Policy& policy : dynbal::policies) {
        dynbal::sim::Session device(file);
        const auto supply = dynbal::sim::parse_supply(argv[2]);
        dynbal::sim::RunOptions options;
        options.policy = policy.kind;
        const dynbal::sim::RunResult result = device.run_inference(input, *supply, options);
        std::printf("%s %s %llu power cycles, %.0f units\n", policy.name, dynbal::sim::name_of(result.outcome),
                    static_cast<unsigned long long>(result.power_cycles), result.cost_units());
    }
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
}
