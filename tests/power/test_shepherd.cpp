//! Recordings of shepherd: what they hold, how they are compressed, and what damaged ones do.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <new>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "io/file.hpp"
#include "io/isolated.hpp"
#include "power/lzf.hpp"
#include "power/trace_file.hpp"
#include "shepherd_file.hpp"
#include "temporary_folder.hpp"

namespace dynbal::power {
namespace {

std::string write_recording(const Written& recording) {
    std::string path = io::temporary_file("dynbal_recording.h5");
    write_recording(recording, path);
    return path;
}

std::vector<Piece> pieces_of(const std::string& path) {
    Options options("trace", "");
    return *read_trace(path, options).pieces;
}

TEST(Shepherd, SamplesArePower) {
    for (const bool fixed : {false, true}) {
        Written recording = four_samples();
        recording.fixed_text = fixed;
        Options options("trace", "");
        const auto pieces = *read_trace(write_recording(recording), options).pieces;
        ASSERT_EQ(pieces.size(), 4U);
        EXPECT_NEAR(pieces[1].power_w, 2 * 500e-6, 1e-12);
        EXPECT_NEAR(pieces[1].duration_s, 0.01, 1e-9);
        EXPECT_NEAR(pieces[3].duration_s, 0.01, 1e-9);
    }
}

TEST(Shepherd, OfACurveTheBestPointCounts) {
    Written recording = four_samples();
    recording.datatype = "ivcurve";
    recording.window_samples = 2;
    const auto pieces = pieces_of(write_recording(recording));
    ASSERT_EQ(pieces.size(), 2U);
    EXPECT_NEAR(pieces[0].power_w, 2 * 500e-6, 1e-12);
    EXPECT_NEAR(pieces[1].power_w, 0.5 * 900e-6, 1e-12);
    EXPECT_NEAR(pieces[0].duration_s, 0.02, 1e-9);
}

TEST(Shepherd, OpenAndShortCircuitGiveAShareOfTheirProduct) {
    Written recording = four_samples();
    recording.datatype = "isc_voc";
    Options options("trace", "fill_factor=50%,scale=2");
    const auto pieces = *read_trace(write_recording(recording), options).pieces;
    EXPECT_NEAR(pieces[0].power_w, 1 * 400e-6, 1e-12);
}

TEST(Shepherd, TheFirstVersionSaysLess) {
    Written recording = four_samples();
    recording.mode = "harvesting";
    recording.datatype = "";
    // More than a double holds.
    for (uint64_t& time : recording.times_ns) time += 1'700'000'000'123'456'789;
    const auto pieces = pieces_of(write_recording(recording));
    ASSERT_EQ(pieces.size(), 4U);
    EXPECT_NEAR(pieces[1].power_w, 2 * 500e-6, 1e-12);
    EXPECT_NEAR(pieces[1].duration_s, 0.01, 1e-9);
}

TEST(Shepherd, GapsAndRestsAreSaid) {
    Written recording = four_samples();
    recording.amperes_raw.push_back(100);
    recording.volts_raw.push_back(100);
    recording.times_ns.push_back(9'000'000'000);
    Options options("trace", "");
    const std::string gap = read_trace(write_recording(recording), options).summary.text();
    EXPECT_NE(gap.find("longest gap 8.97 s"), std::string::npos) << gap;
    recording.datatype = "ivcurve";
    recording.window_samples = 2;
    const std::string rest = read_trace(write_recording(recording), options).summary.text();
    EXPECT_NE(rest.find("the last 1 samples are no whole curve"), std::string::npos) << rest;
}

TEST(Shepherd, NoiseIsAsMuchAsIsSaid) {
    Written recording = four_samples();
    recording.amperes_offset = -110e-6;  // of 100 uA
    Options strict("trace", ""), lax("trace", "noise=10%");
    EXPECT_THROW(read_trace(write_recording(recording), strict), InputError);
    EXPECT_EQ((*read_trace(write_recording(recording), lax).pieces)[2].power_w, 0);
}

TEST(Shepherd, LzfIsRead) {
    Written recording = four_samples();
    recording.lzf = true;
    const auto pieces = pieces_of(write_recording(recording));
    ASSERT_EQ(pieces.size(), 4U);
    EXPECT_NEAR(pieces[2].power_w, 3 * 100e-6, 1e-12);
    // "abc", then six bytes from three before, then "d"; a distance that is none; a run that ends too early.
    const auto unpacked = lzf_decompress(std::vector<uint8_t>{2, 'a', 'b', 'c', 0x80, 2, 0, 'd'}, 100);
    ASSERT_TRUE(unpacked);
    EXPECT_EQ(std::string(unpacked->begin(), unpacked->end()), "abcabcabcd");
    EXPECT_FALSE(lzf_decompress(std::vector<uint8_t>{0, 'a', 0x80, 1}, 100));
    EXPECT_FALSE(lzf_decompress(std::vector<uint8_t>{5, 'a'}, 100));
    EXPECT_FALSE(lzf_decompress(std::vector<uint8_t>{0xE0}, 100));
    EXPECT_FALSE(lzf_decompress(std::vector<uint8_t>{0, 'a', 0xE0, 255, 0}, 100)) << "more than asked for";
}

TEST(Shepherd, AnyByteMayBeWrong) {
    const std::string path = write_recording(four_samples());
    const std::vector<uint8_t> bytes = io::read_file(path);
    size_t refused = 0;
    for (size_t at = 0; at < bytes.size(); at += 1 + at % 41) {
        std::vector<uint8_t> changed = bytes;
        changed[at] ^= static_cast<uint8_t>(1U << at % 8);
        io::put_file(path, changed);
        try {
            pieces_of(path);
        } catch (const InputError& error) {
            EXPECT_TRUE(std::string(error.what()).starts_with(path)) << error.what();
            ++refused;
        }
    }
    EXPECT_GT(refused, 10U);
}

TEST(Shepherd, WhatTheLibraryDiesOfIsAnError) {
    const io::Limits limits{uint64_t{1} << 30U, 1};
    const auto message = [&](const std::function<std::string()>& work) {
        return io::message_of<InputError>([&] { io::isolated("x.h5", limits, work); });
    };
    EXPECT_NE(message([]() -> std::string { std::abort(); }).find("x.h5: cannot be read"), std::string::npos);
    EXPECT_NE(message([]() -> std::string { throw std::bad_alloc(); }).find("x.h5: cannot be read"), std::string::npos);
    EXPECT_EQ(message([]() -> std::string { throw InputError("as it was"); }), "as it was");
    EXPECT_NE(message([] { return std::string(uint64_t{2} << 30U, 'a'); }).find("x.h5: cannot be read"),
              std::string::npos);
    std::atomic<bool> ended{false};
    const auto for_ever = [&] {
        while (!ended) {
        }
        return std::string();
    };
    EXPECT_NE(message(for_ever).find("x.h5: cannot be read"), std::string::npos);
    EXPECT_EQ(io::isolated("x.h5", limits, [] { return std::string(1'000'000, 'a'); }).size(), 1'000'000U);
}

TEST(Shepherd, AMistakeIsNamedWithTheFile) {
    const auto error_of = [](const Written& recording) {
        const std::string path = write_recording(recording);
        try {
            pieces_of(path);
        } catch (const InputError& error) {
            EXPECT_TRUE(std::string(error.what()).starts_with(path + ": ")) << error.what();
            return std::string(error.what());
        }
        return std::string();
    };
    Written recording = four_samples();
    recording.datatype = "magic";
    EXPECT_NE(error_of(recording).find("magic"), std::string::npos);
    recording = four_samples();
    recording.volts_raw.pop_back();
    EXPECT_NE(error_of(recording).find("length"), std::string::npos);
    recording = four_samples();
    recording.with_gain = false;
    EXPECT_NE(error_of(recording).find("gain"), std::string::npos);
    recording = four_samples();
    recording.volts_unit = "mV";
    EXPECT_NE(error_of(recording).find("its unit is 'mV'"), std::string::npos);
    recording.volts_unit = "V";
    EXPECT_EQ(error_of(recording), "");
    recording = four_samples();
    recording.amperes_offset = -600e-6;
    EXPECT_NE(error_of(recording).find("no noise"), std::string::npos);
    recording = four_samples();
    recording.times_ns[2] = 0;
    EXPECT_NE(error_of(recording).find("time does not rise"), std::string::npos);
    recording = four_samples();
    recording.mode = "emulator";
    EXPECT_NE(error_of(recording).find("has drawn"), std::string::npos);
    recording = four_samples();
    recording.datatype = "ivcurve";
    EXPECT_NE(error_of(recording).find("window_samples"), std::string::npos);
    recording.mode = "harvester";
    recording.datatype = "ivsample";
    recording.times_unit = "ms";
    EXPECT_NE(error_of(recording).find("its unit is 'ms'"), std::string::npos);
    recording = four_samples();
    recording.times_as_float = true;
    EXPECT_NE(error_of(recording).find("whole numbers"), std::string::npos) << "fractions would be cut off";
    recording = four_samples();
    recording.volts_cut_short = true;
    EXPECT_NE(error_of(recording).find("not written to its end"), std::string::npos) << "the rest would be zeros";
    recording = four_samples();
    recording.volts_elsewhere = true;
    EXPECT_NE(error_of(recording).find("in other files"), std::string::npos) << "all would be zeros";
    recording = four_samples();
    for (uint64_t& time : recording.times_ns) time += 1'000'000'000;
    recording.times_ns[3] = 5;
    EXPECT_NE(error_of(recording).find("time does not rise"), std::string::npos) << "before the first";
    const std::string path = io::temporary_file("dynbal_no_recording.h5");
    std::ofstream(path) << "\x89HDF\r\n\x1A\n and no more";
    EXPECT_THROW(pieces_of(path), InputError);
}

}  // namespace
}  // namespace dynbal::power
