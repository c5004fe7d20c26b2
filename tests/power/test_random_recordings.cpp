//! Recordings drawn from seeds: each is read right or refused. DYNBAL_SEEDS=FIRST:COUNT draws others.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "base/error.hpp"
#include "power/trace_file.hpp"
#include "random_recording.hpp"
#include "temporary_folder.hpp"

namespace dynbal::power {
namespace {

/// "" if it was read right, else what is wrong with it; `refusal` has the message if it was refused.
std::string check(const RandomRecording& truth, std::string& refusal) {
    const std::string path = io::temporary_file("random.csv");
    std::ofstream(path, std::ios::binary) << truth.content;
    Options options("trace", truth.words);
    try {
        const Recording read = read_trace(path, options);
        options.check_all_used();
        size_t piece = 0;
        double left_s = (*read.pieces)[0].duration_s;
        for (size_t row = 0; row < truth.power_w.size(); ++row) {
            if (piece >= read.pieces->size()) return "it is too short";
            const double got_w = (*read.pieces)[piece].power_w;
            if (std::abs(got_w - truth.power_w[row]) > 1e-6 * truth.power_w[row] + 1e-12)
                return "row " + std::to_string(row) + " has " + std::to_string(1e6 * got_w) + " uW instead of " +
                       std::to_string(1e6 * truth.power_w[row]);
            left_s -= truth.duration_s[row];
            if (left_s < -1e-4 * truth.duration_s[row]) return "row " + std::to_string(row) + " lasts too short";
            if (left_s < 1e-4 * truth.duration_s[row] && ++piece < read.pieces->size())
                left_s = (*read.pieces)[piece].duration_s;
        }
        return piece < read.pieces->size() ? "it is too long" : "";
    } catch (const InputError& error) {
        refusal = error.what();
        return "";
    }
}

TEST(RandomRecordings, AreReadRightOrRefused) {
    uint64_t first = 0, count = 3000;
    if (const char* const text = std::getenv("DYNBAL_SEEDS")) {
        char* end = nullptr;
        first = std::strtoull(text, &end, 10);
        if (*end == ':') count = std::strtoull(end + 1, nullptr, 10);
    }
    uint64_t read = 0;
    for (uint64_t seed = first; seed < first + count; ++seed) {
        const RandomRecording truth = random_recording(seed);
        std::string refusal;
        const std::string wrong = check(truth, refusal);
        const auto place = [&] {
            return "seed " + std::to_string(seed) + ": " + truth.what + "\nwith '" + truth.words + "'\n" +
                   truth.content.substr(0, 600);
        };
        if (refusal.empty()) {
            ++read;
            EXPECT_FALSE(truth.faulty) << "a fault was passed over; " << place();
            if (!truth.faulty) {
                EXPECT_EQ(wrong, "") << place();
            }
        } else if (truth.ordinary && !truth.faulty) {
            ADD_FAILURE() << "refused: " << refusal << '\n' << place();
        } else {
            const bool says_where = refusal.find("random.csv:") != std::string::npos;
            const bool asks_for_option = refusal.find("= is missing") != std::string::npos;
            EXPECT_TRUE(says_where || asks_for_option) << "without a line: " << refusal << place();
        }
    }
    EXPECT_GT(read, count / 2);
}

}  // namespace
}  // namespace dynbal::power
