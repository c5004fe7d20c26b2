//! A recording as somebody might have written it down, drawn from a seed: separators, decimal marks, ends of lines, headers, units,
//! times, instruments' preambles, other columns; and, sometimes, a fault that a reader must not pass over.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dynbal::power {

struct RandomRecording {
    std::string content;  ///< of the file
    std::string words;    ///< options that whoever wrote it would give
    std::string what;     ///< how it is written, for messages

    // What is true.
    std::vector<double> power_w;     ///< of each row
    std::vector<double> duration_s;  ///< of each row; the last one's is that of the one before

    bool ordinary = true;  ///< it must be read; else refusing it is as good
    bool faulty = false;   ///< it must be refused
};

RandomRecording random_recording(uint64_t seed);

}  // namespace dynbal::power
