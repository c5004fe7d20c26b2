// The engine's program on an emulated Cortex-M4: exact power cuts, after any NVM byte and after any instruction.
//
// What a cut leaves behind is NVM and nothing else, so a cut after any instruction equals a cut after the NVM bytes stored
// until then. That is checked by cutting at instructions, too; the exhaustive campaign then runs from each prefix of the
// recorded bytes to the end.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "base/random.hpp"
#include "firmware/power_failure.hpp"
#include "mps2.hpp"
#include "programs.hpp"

namespace dynbal::test {
namespace {

class CutsOfMps2 : public BoardTest {};

/// The board with the image installed and formatted, as the simulator left it.
void put_formatted(Mps2& machine, const Job432& job) {
    std::copy(job.formatted.begin(), job.formatted.end(), machine.nvm().begin());
}

/// One inference without a failure: what it says and which bytes it stores.
std::vector<NvmByte> record(const Job432& job, std::string& text) {
    Mps2 machine(program_with(job));
    put_formatted(machine, job);
    std::vector<NvmByte> log;
    machine.set_log(&log);
    const PowerCycle cycle = machine.run();
    EXPECT_TRUE(cycle.ended) << cycle.fault << cycle.text;
    EXPECT_EQ(cycle.text, "dynbal qemu-mps2-an386\n" + answer_line(1, job.output));
    text = answer_line(1, job.output);
    return log;
}

struct Campaign {
    std::atomic<uint64_t> points{0}, wrong{0};
    std::atomic<uint64_t> first_wrong{never};
};

/// Every `stride`-th prefix of the log from `first` on, each run to the end.
void run_prefixes(const Job432& job, const std::vector<NvmByte>& log, const std::string& answer, uint64_t first,
                  uint64_t stride, Campaign& campaign) {
    Mps2 machine(program_with(job));
    for (uint64_t cut = first; cut <= log.size(); cut += stride) {
        put_formatted(machine, job);
        for (uint64_t i = 0; i < cut; ++i) machine.nvm()[log[i].offset] = log[i].value;
        const PowerCycle cycle = machine.run();
        ++campaign.points;
        if (cycle.ended && cycle.exit_code == 0 && cycle.text.ends_with(answer)) continue;
        ++campaign.wrong;
        uint64_t before = campaign.first_wrong;
        while (cut < before && !campaign.first_wrong.compare_exchange_weak(before, cut)) {
        }
    }
}

void expect_all_right(const Job432& job, uint64_t stride) {
    std::string answer;
    const std::vector<NvmByte> log = record(job, answer);
    Campaign campaign;
    std::vector<std::thread> threads;
    const uint64_t jobs = std::max(1U, std::thread::hardware_concurrency());
    for (uint64_t i = 0; i < jobs; ++i) {
        threads.emplace_back([&, i] { run_prefixes(job, log, answer, i * stride, jobs * stride, campaign); });
    }
    for (std::thread& thread : threads) thread.join();
    std::cout << job.name << ": cuts after " << campaign.points << " of " << log.size() + 1 << " NVM bytes, "
              << campaign.wrong << " wrong\n";
    EXPECT_EQ(campaign.wrong, 0U) << job.name << ": first wrong after " << campaign.first_wrong << " NVM bytes";
}

/// Long form: every byte.
uint64_t stride(uint64_t short_form) { return std::getenv("DYNBAL_LONG") != nullptr ? 1 : short_form; }

TEST_F(CutsOfMps2, TinyNetworkEverywhere) { expect_all_right(tiny_job(), stride(2)); }
TEST_F(CutsOfMps2, OurNetwork) { expect_all_right(fashion_job(), stride(61)); }
TEST_F(CutsOfMps2, Har) {
    const Job432 job = zoo_job("har");
    expect_all_right(job, stride(31));
}

/// Really cut inside the run, torn stores included, several times in a row.
TEST_F(CutsOfMps2, RepeatedCutsInsideStores) {
    const Job432 job = tiny_job();
    std::string answer;
    const uint64_t bytes = record(job, answer).size();
    Mps2 machine(program_with(job));
    for (uint64_t point = 0; point < 400; ++point) {
        put_formatted(machine, job);
        for (uint64_t cycle = 0; cycle < 6; ++cycle) {
            machine.run(in_range(random64(point, cycle), 0, bytes / (1 + cycle)));
        }
        const PowerCycle last = machine.run();
        ASSERT_TRUE(last.ended && last.text.ends_with(answer)) << "point " << point << ": " << last.text << last.fault;
    }
}

/// On memories that are written in lines: what a cut leaves of one is none of it, or all.
TEST_F(CutsOfMps2, LinesThatAreWrittenAtOnce) {
    const Job432 job = tiny_job();
    std::string answer;
    const uint64_t bytes = record(job, answer).size();
    Mps2 machine(program_with(job));
    const std::span<std::byte> nvm = std::as_writable_bytes(machine.nvm());
    const std::span<std::byte> used = nvm.first(job.formatted.size());
    uint64_t undone = 0, completed = 0;
    for (const NvmClass nvm_class : {NvmClass{4, Torn::becomes_new}, NvmClass{8}, NvmClass{16, Torn::becomes_new},
                                     NvmClass{16, Torn::stays_old}}) {
        for (uint64_t point = 0; point < 60; ++point) {
            put_formatted(machine, job);
            firmware::set_nvm_class(nvm, nvm_class);
            for (uint64_t cycle = 0; cycle < 3; ++cycle) {
                machine.run(in_range(random64(point, cycle), 0, 12 * bytes / (1 + cycle)));
                const std::vector<std::byte> before(used.begin(), used.end());
                EXPECT_TRUE(firmware::end_torn_line(nvm));
                const bool torn = !std::equal(used.begin(), used.end(), before.begin());
                (nvm_class.torn == Torn::becomes_new ? completed : undone) += torn ? 1 : 0;
            }
            const PowerCycle last = machine.run();
            ASSERT_TRUE(last.ended && last.text.ends_with(answer))
                << "lines of " << int{nvm_class.line_bytes} << ", point " << point << ": " << last.text << last.fault;
        }
    }
    std::cout << job.name << ": of the lines that were cut " << undone << " were undone, " << completed
              << " completed\n";
    EXPECT_GT(undone, 10U);
    EXPECT_GT(completed, 10U);
}

/// A memory on which progress cannot be kept is refused by the board itself.
TEST_F(CutsOfMps2, MemoryThatIsUnfit) {
    Mps2 machine(program_with(micro_job()));
    firmware::set_nvm_class(std::as_writable_bytes(machine.nvm()), NvmClass{16, Torn::garbage});
    const PowerCycle cycle = machine.run();
    EXPECT_TRUE(cycle.text.find("error: ") != std::string::npos) << cycle.text;
    EXPECT_EQ(cycle.exit_code, 1U);
}

/// Cuts at instructions: the states they leave are the states of the prefixes.
TEST_F(CutsOfMps2, AtInstructions) {
    const Job432 job = tiny_job();
    std::string answer;
    record(job, answer);
    Mps2 machine(program_with(job));
    machine.count_instructions();
    put_formatted(machine, job);
    const uint64_t instructions = machine.run().instructions;
    constexpr uint64_t points = 400;
    for (uint64_t point = 0; point < points; ++point) {
        put_formatted(machine, job);
        machine.run(never, 1 + point * instructions / points);
        const PowerCycle last = machine.run();
        ASSERT_TRUE(last.ended && last.text.ends_with(answer)) << "point " << point << ": " << last.text << last.fault;
    }
}

/// A model comes back after another one, whose tensors overwrote its own, but not its records.
TEST_F(CutsOfMps2, ModelThatComesBack) {
    const Job432 job = micro_job();
    Mps2 machine(program_with(job));
    ASSERT_TRUE(machine.run().ended);
    std::fill_n(machine.nvm().begin(), sizeof(uint32_t), uint8_t{0});
    std::fill_n(machine.nvm().begin() + job.image.tensors_offset, job.image.tensors_bytes, uint8_t{0xA5});
    const PowerCycle last = machine.run();
    EXPECT_EQ(last.text, "dynbal qemu-mps2-an386\ninstalled\n" + answer_line(1, job.output)) << last.fault;
}

/// The same model with another input is another installation: neither its answer nor its progress are those before.
TEST_F(CutsOfMps2, SameModelWithAnotherInput) {
    const Job432 before = micro_job();
    const Job432 job = micro_job_of_other_input();
    ASSERT_NE(before.output, job.output);
    Mps2 first(program_with(before));
    std::vector<NvmByte> log;
    first.set_log(&log);
    first.run();
    for (const uint64_t bytes : {uint64_t{log.size()}, uint64_t{log.size() * 9 / 10}}) {
        Mps2 machine(program_with(job));
        for (uint64_t i = 0; i < bytes; ++i) machine.nvm()[log[i].offset] = log[i].value;
        const PowerCycle last = machine.run();
        EXPECT_EQ(last.text, "dynbal qemu-mps2-an386\ninstalled\n" + answer_line(1, job.output)) << last.fault;
    }
}

/// The image is installed under fire, too, over whatever NVM held before.
TEST_F(CutsOfMps2, Installation) {
    const Job432 job = micro_job();
    Mps2 machine(program_with(job));
    std::vector<NvmByte> log;
    machine.set_log(&log);
    machine.run();
    machine.set_log(nullptr);
    const std::string answer = answer_line(1, job.output);
    for (uint64_t cut = 0; cut <= log.size(); cut += 3) {
        std::fill(machine.nvm().begin(), machine.nvm().begin() + 0x10000, uint8_t{0xA5});
        for (uint64_t i = 0; i < cut; ++i) machine.nvm()[log[i].offset] = log[i].value;
        const PowerCycle last = machine.run();
        ASSERT_TRUE(last.ended && last.text.ends_with(answer)) << "cut " << cut << ": " << last.text << last.fault;
    }
}

/// Power cycles that store no more than a piece of the image and its record still get through installing and formatting.
TEST_F(CutsOfMps2, InstallationInShortCycles) {
    const Job432 job = micro_job();
    Mps2 machine(program_with(job));
    std::fill(machine.nvm().begin(), machine.nvm().begin() + 0x10000, uint8_t{0xA5});
    constexpr uint64_t bytes = 700;
    uint64_t cycles = 1;
    while (!machine.run(bytes).ended && cycles < 1000) ++cycles;
    std::cout << job.name << ": " << job.image.nvm_bytes << " bytes of NVM set up and an answer in " << cycles
              << " power cycles of " << bytes << " stored bytes\n";
    EXPECT_GT(cycles, 1U);
    EXPECT_LT(cycles, 1000U);
    EXPECT_TRUE(machine.run().text.ends_with(answer_line(1, job.output)));
}

}  // namespace
}  // namespace dynbal::test
