//! What a user is told of a recording: the summary, or why it is refused.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "base/error.hpp"
#include "power/trace_file.hpp"
#include "temporary_folder.hpp"

namespace dynbal::power {

/// `words`: the options behind the file's name.
inline std::string told_of(const std::string& content, const std::string& words = "") {
    const std::string path = io::temporary_file("told.csv");
    std::ofstream(path, std::ios::binary) << content;
    Options options("trace", words);
    try {
        const Recording recording = read_trace(path, options);
        options.check_all_used();
        return recording.summary.text();
    } catch (const InputError& error) {
        return error.what();
    }
}

inline void expect_told(const std::string& content, const std::string& words, const std::string& text) {
    const std::string told = told_of(content, words);
    EXPECT_NE(told.find(text), std::string::npos) << content << words << '\n' << told;
}

}  // namespace dynbal::power
