//! The tiny network on a supply: its inferences in a row, and what size is asked about it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/series.hpp"
#include "sim/size.hpp"
#include "tiny_model.hpp"

namespace dynbal::sim {

inline std::vector<int16_t> input_of(const ImageFile& file) {
    std::vector<int16_t> input(file.header().input_values);
    for (size_t i = 0; i < input.size(); ++i) input[i] = static_cast<int16_t>(i * 37 % 101);
    return input;
}

inline SeriesResult run(const std::string& supply_text, const Series& series) {
    const ImageFile file = tiny_image();
    Session session(file);
    const auto supply = parse_supply(supply_text);
    return run_series(session, input_of(file), *supply, {}, series);
}

inline SizeTask task_with(const ImageFile& file, const std::vector<int16_t>& input, const std::string& supply) {
    SizeTask task;
    task.file = &file;
    task.profile = default_profile();
    task.input = input;
    task.plan = *plan_harvest(supply, task.profile);
    return task;
}

}  // namespace dynbal::sim
