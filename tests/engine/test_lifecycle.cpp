//! The engine's calls across power cycles: an inference starts only with the whole of its input, what
//! is given up stays given up, and NVM of another image is not mistaken for one's own.
#include <gtest/gtest.h>

#include <memory>

#include "crash_device.hpp"
#include "engine/engine.hpp"
#include "graphs.hpp"
#include "stage_rig.hpp"

namespace dynbal::test {
namespace {

class Lifecycle : public testing::TestWithParam<bool> {
protected:
    Lifecycle() {
        std::copy(file_.image.begin(), file_.image.end(), nvm_.memory.begin());
        nvm_.power_up(UINT64_MAX);
        const auto engine = new_engine();
        EXPECT_EQ(engine->boot(), Status::not_formatted);
        EXPECT_EQ(engine->format(), Status::ok);
    }

    /// As after a power failure.
    std::unique_ptr<Engine> new_engine() {
        std::fill(sram_.begin(), sram_.end(), std::byte{0xC3});
        return std::make_unique<Engine>(nvm_, nvm_, trace_, sram_, PolicyKind::best);
    }
    std::unique_ptr<Engine> booted() {
        auto engine = new_engine();
        EXPECT_EQ(engine->boot(), Status::ok);
        return engine;
    }
    std::vector<int16_t> answer_to(const std::vector<int16_t>& input) {
        const auto engine = booted();
        std::vector<int16_t> output(file_.header().output_values);
        EXPECT_EQ(engine->load_input(input), Status::ok);
        EXPECT_EQ(engine->start(), Status::ok);
        EXPECT_EQ(engine->run(), Status::ok);
        EXPECT_EQ(engine->read_output(output), Status::ok);
        return output;
    }

    const ImageFile file_ = GetParam() ? compile_tight(tiny_network()) : compile_graph(tiny_network());
    const std::vector<int16_t> first_ = random_input(file_, 1);
    const std::vector<int16_t> second_ = random_input(file_, 2);
    CrashNvm nvm_{file_.header().nvm_bytes,
                  {file_.header().records_offset, file_.header().records_offset + records_bytes}};
    PlainTrace trace_;
    std::vector<std::byte> sram_ = std::vector<std::byte>(Engine::sram_bytes_of(file_.header()));
};

TEST_P(Lifecycle, EachInferenceNeedsItsInput) {
    for (int inference = 0; inference < 3; ++inference) {
        EXPECT_EQ(booted()->start(), Status::no_input) << inference;
        answer_to(first_);
    }
}

TEST_P(Lifecycle, TheInputMayBeLoadedInAnEarlierPowerCycle) {
    for (int inference = 0; inference < 3; ++inference) {
        const std::vector<int16_t> answer = answer_to(second_);
        EXPECT_EQ(booted()->load_input(second_), Status::ok);
        const auto engine = booted();
        std::vector<int16_t> output(answer.size());
        EXPECT_EQ(engine->start(), Status::ok);
        EXPECT_EQ(engine->run(), Status::ok);
        EXPECT_EQ(engine->read_output(output), Status::ok);
        EXPECT_EQ(output, answer);
    }
}

/// Torn at every byte, also while another input is there already: never half of one and half of the other.
TEST_P(Lifecycle, ATornInputIsNone) {
    for (const bool again : {false, true}) {
        for (uint64_t torn = 0; torn < 2 * first_.size(); ++torn) {
            if (again) {
                EXPECT_EQ(booted()->load_input(first_), Status::ok);
            }
            const std::vector<std::byte> before = nvm_.memory;
            nvm_.power_up(torn);
            EXPECT_THROW((void)booted()->load_input(second_), CrashNvm::PowerCut);
            nvm_.power_up(UINT64_MAX);
            if (torn != 0) {
                ASSERT_EQ(booted()->start(), Status::no_input) << torn;
            }
            nvm_.memory = before;
        }
        nvm_.power_up(UINT64_MAX);
        answer_to(first_);
    }
}

TEST_P(Lifecycle, TheAnswerStaysWhileTheNextInputIsLoaded) {
    const std::vector<int16_t> answer = answer_to(first_);
    const auto engine = booted();
    EXPECT_EQ(engine->load_input(second_), Status::ok);
    std::vector<int16_t> output(answer.size());
    EXPECT_EQ(engine->read_output(output), Status::ok);
    EXPECT_EQ(output, answer);
}

TEST_P(Lifecycle, WhatIsGivenUpStaysGivenUp) {
    EXPECT_EQ(booted()->load_input(first_), Status::ok);
    EXPECT_EQ(booted()->start(), Status::ok);
    EXPECT_EQ(booted()->abandon(), Status::ok);
    EXPECT_EQ(booted()->record().phase, Phase::abandoning);
    EXPECT_EQ(booted()->run(), Status::ok);
    std::vector<int16_t> output(file_.header().output_values);
    EXPECT_EQ(booted()->read_output(output), Status::wrong_phase) << "there is no answer";
    const std::vector<int16_t> answer = answer_to(second_);
    EXPECT_EQ(answer_to(second_), answer);
}

/// A program may do what it likes between steps: nothing, lose power, or change its mind.
TEST_P(Lifecycle, StepsComeToWhatRunComesTo) {
    const std::vector<int16_t> answer = answer_to(first_);
    const auto read = [&](Engine& engine) {
        std::vector<int16_t> output(answer.size());
        EXPECT_EQ(engine.read_output(output), Status::ok);
        return output;
    };
    auto engine = booted();
    EXPECT_EQ(engine->step(), Status::ok) << "nothing to do";
    EXPECT_EQ(engine->load_input(first_), Status::ok);
    EXPECT_EQ(engine->start(), Status::ok);
    uint64_t steps = 0;
    uint32_t boundaries = 0;
    for (Progress last; engine->record().phase == Phase::running; ++steps) {
        EXPECT_EQ(engine->step(), Status::ok);
        boundaries += engine->record().progress() == last ? 0U : 1U;
        last = engine->record().progress();
        EXPECT_EQ(engine->load_input(second_),
                  engine->record().phase == Phase::idle ? Status::ok : Status::wrong_phase);
    }
    EXPECT_GT(boundaries, file_.header().stage_count) << "no step ended inside a stage";
    EXPECT_EQ(read(*engine), answer);
    for (uint64_t n = 0; n < steps; ++n) {  // loses power behind n steps
        engine = booted();
        EXPECT_EQ(engine->load_input(first_), Status::ok);
        EXPECT_EQ(engine->start(), Status::ok);
        for (uint64_t i = 0; i < n; ++i) EXPECT_EQ(engine->step(), Status::ok);
        engine = booted();
        while (engine->record().phase != Phase::idle) ASSERT_EQ(engine->step(), Status::ok);
        ASSERT_EQ(read(*engine), answer) << n;
        engine = booted();  // gives up behind n steps
        EXPECT_EQ(engine->load_input(second_), Status::ok);
        EXPECT_EQ(engine->start(), Status::ok);
        for (uint64_t i = 0; i < n; ++i) EXPECT_EQ(engine->step(), Status::ok);
        if (engine->record().phase == Phase::running) {
            ASSERT_EQ(engine->abandon(), Status::ok);
        }
        if (n % 2 == 0) engine = booted();
        while (engine->record().phase != Phase::idle) ASSERT_EQ(engine->step(), Status::ok);
    }
    EXPECT_EQ(answer_to(first_), answer);
}

TEST_P(Lifecycle, AnotherImageFindsNoRecord) {
    answer_to(first_);
    const ImageFile other = with_random_tables(file_, 1, 5);
    ASSERT_EQ(other.header().records_offset, file_.header().records_offset);
    std::copy(other.image.begin(), other.image.end(), nvm_.memory.begin());
    const auto engine = new_engine();
    EXPECT_EQ(engine->boot(), Status::not_formatted);
    EXPECT_EQ(engine->load_input(second_), Status::not_formatted);
    EXPECT_EQ(engine->start(), Status::not_formatted);
    EXPECT_EQ(engine->format(), Status::ok);
    std::copy(file_.image.begin(), file_.image.end(), nvm_.memory.begin());
    EXPECT_EQ(new_engine()->boot(), Status::not_formatted) << "and back";
}

/// Formatting over an inference that is under way, cut at any byte: it goes on as if nothing had been, or NVM counts as not
/// formatted; what former inferences left is not taken for finished values of the next one.
TEST_P(Lifecycle, FormattingIsWholeOrNone) {
    const std::vector<int16_t> answer = answer_to(second_);
    ASSERT_EQ(booted()->format(), Status::ok);
    ASSERT_NE(answer_to(first_), answer);
    auto engine = booted();
    ASSERT_EQ(engine->load_input(second_), Status::ok);
    ASSERT_EQ(engine->start(), Status::ok);
    while (engine->record().stage < 2) ASSERT_EQ(engine->step(), Status::ok);
    engine = booted();
    const CrashNvm half_way = nvm_;
    nvm_.written = 0;
    ASSERT_EQ(engine->format(), Status::ok);
    const uint64_t bytes = nvm_.written;
    uint64_t unformatted = 0;
    constexpr uint64_t step = 3 * thoroughness_divisor;
    for (uint64_t cut = 0; cut < bytes; cut += step) {
        nvm_ = half_way;
        engine = booted();
        nvm_.power_up(cut);
        EXPECT_THROW((void)engine->format(), CrashNvm::PowerCut);
        nvm_.power_up(UINT64_MAX);
        engine = new_engine();
        const Status status = engine->boot();
        if (status == Status::not_formatted) {
            ASSERT_EQ(engine->format(), Status::ok);
            ++unformatted;
        } else if (engine->record().phase == Phase::running) {
            ASSERT_EQ(status, Status::ok);
            std::vector<int16_t> output(answer.size());
            ASSERT_EQ(engine->run(), Status::ok);
            ASSERT_EQ(engine->read_output(output), Status::ok);
            ASSERT_EQ(output, answer) << "cut " << cut;
        }
        ASSERT_EQ(answer_to(second_), answer) << "cut " << cut;
    }
    EXPECT_GT(unformatted, bytes / step / 2);
}

INSTANTIATE_TEST_SUITE_P(Storages, Lifecycle, testing::Bool(),
                         [](const auto& shared) { return shared.param ? "SharingMemory" : "SideBySide"; });

}  // namespace
}  // namespace dynbal::test
