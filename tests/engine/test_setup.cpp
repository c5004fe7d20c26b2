//! What comes before an inference, across power failures: formatting and loading go on where they were cut off, in power cycles
//! however short.
#include <gtest/gtest.h>

#include "crash_device.hpp"
#include "engine/engine.hpp"
#include "graphs.hpp"
#include "nvm/record.hpp"
#include "stage_rig.hpp"

namespace dynbal::test {
namespace {

class Setup : public testing::Test {
protected:
    /// NVM that held something else before, with the image installed.
    void deliver() {
        std::fill(nvm_.memory.begin(), nvm_.memory.end(), std::byte{0xA5});
        std::copy(file_.image.begin(), file_.image.end(), nvm_.memory.begin());
        nvm_.power_up(UINT64_MAX);
    }
    /// A power cycle that may write so many bytes and does not start the inference.
    void set_up_with(uint64_t writable_bytes) {
        nvm_.power_up(writable_bytes);
        std::fill(sram_.begin(), sram_.end(), std::byte{0xC3});
        Engine engine(nvm_, nvm_, trace_, sram_, PolicyKind::best);
        try {
            Status status = engine.boot();
            if (status == Status::not_formatted) status = engine.format();
            EXPECT_EQ(status, Status::ok);
            EXPECT_EQ(engine.load_input(input_), Status::ok);
        } catch (const CrashNvm::PowerCut&) {
        }
    }
    bool is_ready() {
        nvm_.power_up(UINT64_MAX);
        Engine engine(nvm_, nvm_, trace_, sram_, PolicyKind::best);
        const std::vector<std::byte> before = nvm_.memory;
        const bool ready = engine.boot() == Status::ok && engine.start() == Status::ok;
        nvm_.memory = before;
        return ready;
    }
    std::vector<int16_t> answer() {
        nvm_.power_up(UINT64_MAX);
        Engine engine(nvm_, nvm_, trace_, sram_, PolicyKind::best);
        std::vector<int16_t> output(file_.header().output_values);
        Status status = engine.boot();
        if (status == Status::not_formatted) status = engine.format();
        EXPECT_EQ(status, Status::ok);
        EXPECT_EQ(engine.load_input(input_), Status::ok);
        EXPECT_EQ(engine.start(), Status::ok);
        EXPECT_EQ(engine.run(), Status::ok);
        EXPECT_EQ(engine.read_output(output), Status::ok);
        return output;
    }

    const ImageFile file_ = compile_graph(tiny_network());
    const std::vector<int16_t> input_ = random_input(file_, 1);
    CrashNvm nvm_{file_.header().nvm_bytes, {}};
    PlainTrace trace_;
    std::vector<std::byte> sram_ = std::vector<std::byte>(Engine::sram_bytes_of(file_.header()));
};

TEST_F(Setup, ACutAfterEachByteLeavesTheSameAnswer) {
    deliver();
    const std::vector<int16_t> right = answer();
    deliver();
    const uint64_t before = nvm_.written;
    set_up_with(UINT64_MAX);
    const uint64_t bytes = nvm_.written - before;
    ASSERT_GT(bytes, 1000U);
    for (uint64_t cut = 0; cut < bytes; ++cut) {
        deliver();
        set_up_with(cut);
        ASSERT_EQ(answer(), right) << cut;
    }
}

/// Each cycle writes one piece of what is cleared and its record, or one value of the input; no more is needed.
TEST_F(Setup, ShortCyclesGetThrough) {
    deliver();
    const std::vector<int16_t> right = answer();
    constexpr uint64_t erased = 2 * sizeof(Record::sequence), piece = setup_piece_bytes;
    constexpr uint64_t least = erased + piece + sizeof(Record);
    for (const uint64_t writable : {least, least + 1, 2 * least, 3 * least + 7}) {
        deliver();
        uint64_t cycles = 0;
        for (; !is_ready() && cycles < 1000; ++cycles) set_up_with(writable);
        EXPECT_LT(cycles, file_.header().nvm_bytes / piece + 10) << writable;
        EXPECT_EQ(answer(), right) << writable;
    }
}

/// Behind the note of which input it is, two bytes a cycle: one value. There is no input as long as one is missing.
TEST_F(Setup, AnInputIsLoadedValueByValue) {
    deliver();
    const std::vector<int16_t> right = answer();
    set_up_with(sizeof(Record));
    for (size_t value = 0; value < input_.size(); ++value) {
        EXPECT_FALSE(is_ready()) << value;
        set_up_with(2);
    }
    EXPECT_TRUE(is_ready());
    EXPECT_EQ(answer(), right);
}

/// What was loaded of another input does not count, wherever loading again is cut off.
TEST_F(Setup, AnotherInputReplacesWhatWasLoaded) {
    deliver();
    const std::vector<int16_t> right = answer();
    const std::vector<int16_t> other = random_input(file_, 2);
    const std::vector<std::byte> idle = nvm_.memory;
    for (uint64_t loaded = 0; loaded < 2 * other.size(); loaded += 7) {
        for (uint64_t cut = 0; cut < 3 * other.size(); cut += 5) {
            nvm_.memory = idle;
            for (const auto& [values, bytes] : {std::pair{&other, loaded}, std::pair{&input_, cut}}) {
                nvm_.power_up(bytes);
                Engine engine(nvm_, nvm_, trace_, sram_, PolicyKind::best);
                EXPECT_EQ(engine.boot(), Status::ok);
                try {
                    EXPECT_EQ(engine.load_input(*values), Status::ok);
                } catch (const CrashNvm::PowerCut&) {
                }
            }
            nvm_.power_up(UINT64_MAX);
            Engine engine(nvm_, nvm_, trace_, sram_, PolicyKind::best);
            EXPECT_EQ(engine.boot(), Status::ok);
            EXPECT_EQ(engine.load_input(input_), Status::ok);
            EXPECT_EQ(engine.start(), Status::ok);
            EXPECT_EQ(engine.run(), Status::ok);
            std::vector<int16_t> output(right.size());
            EXPECT_EQ(engine.read_output(output), Status::ok);
            ASSERT_EQ(output, right) << loaded << " bytes of another input, then " << cut;
        }
    }
}

}  // namespace
}  // namespace dynbal::test
