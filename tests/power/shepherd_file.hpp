//! Small files written as shepherd documents its recordings (docs/user/data_format.md of nes-lab/shepherd): the group `data`
//! with the attributes `datatype` and `window_samples`, raw integers in `time`, `voltage`, `current`, each with `gain` and
//! `offset`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dynbal::power {

struct Written {
    std::string mode = "harvester";
    std::string datatype = "ivsample";  ///< empty: none, as in the first version
    uint32_t window_samples = 0;
    std::vector<uint64_t> times_ns;
    std::vector<uint32_t> volts_raw, amperes_raw;  ///< mV and uA
    std::string volts_unit{};                      ///< empty: not said
    double amperes_offset = 0;
    bool with_gain = true;
    bool fixed_text = false;
    bool lzf = false;
    std::string times_unit{};
    bool times_as_float = false;   ///< seconds, as another program may write them
    bool volts_cut_short = false;  ///< the dataset is longer than what was written
    bool volts_elsewhere = false;  ///< in a file that is not there
};

/// Four samples, 10 ms apart.
Written four_samples();

/// Throws std::runtime_error if the file cannot be written.
void write_recording(const Written& recording, const std::string& path);

}  // namespace dynbal::power
