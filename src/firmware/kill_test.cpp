#include "firmware/kill_test.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <sstream>

namespace dynbal::firmware {
namespace {

void fail(KillResult& result, const std::string& reason) {
    if (result.wrong++ == 0) result.first_failure = reason;
}

/// "inference N class C output WORDS": checks the words and that N is the last number or the next.
void check_answer(const std::string& line, const std::string& expected, KillResult& result) {
    std::istringstream words(line);
    std::string word, output;
    uint64_t inference = 0, best = 0;
    words >> word >> inference >> word >> best >> word >> output;
    ++result.answers;
    if (!words || output != expected) {
        fail(result, fmt::format("after {} kills: '{}', expected output {}", result.kills, line, expected));
    } else if (inference != result.inferences && inference != result.inferences + 1) {
        fail(result,
             fmt::format("after {} kills: answer {} follows answer {}", result.kills, inference, result.inferences));
    }
    result.inferences = inference;
}

void check_text(const std::string& text, const std::string& expected, KillResult& result) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("inference ")) check_answer(line, expected, result);
        if (line == "resumed") ++result.killed_midway;
        if (line.starts_with("error: ")) fail(result, fmt::format("after {} kills: {}", result.kills, line));
    }
}

}  // namespace

std::string output_text(std::span<const int16_t> values) {
    std::string text;
    for (const int16_t value : values) text += fmt::format("{:04x}", static_cast<uint16_t>(value));
    return text;
}

KillResult run_kill_test(const Emulator& emulator, const std::string& expected, const KillOptions& options) {
    KillResult result;
    std::mt19937_64 random(options.seed);
    // Long enough for some answers: what one inference takes depends on model and machine.
    constexpr uint64_t life_first_us = 100'000;
    uint64_t life_max_us = life_first_us;
    while (result.kills < options.kills && result.wrong == 0) {
        const uint64_t answers_before = result.answers;
        const EmulatorRun run = emulator.run(1 + random() % life_max_us);
        check_text(run.text, expected, result);
        if (!run.killed) {
            fail(result,
                 fmt::format("after {} kills: the program ended by itself, exit code {}", result.kills, run.exit_code));
            break;
        }
        ++result.kills;
        if (options.on_kill) options.on_kill();
        // Aim at a kill in most inferences: shorter lives where several answers fit into one, longer where none does.
        const uint64_t answers = result.answers - answers_before;
        if (answers > 2) life_max_us = std::max<uint64_t>(life_max_us * 3 / 4, 200);
        if (answers == 0) life_max_us = std::min<uint64_t>(life_max_us * 9 / 8, 10'000'000);
    }
    return result;
}

}  // namespace dynbal::firmware
