//! Small files written as shepherd documents its recordings (docs/user/data_format.md of nes-lab/shepherd): the group `data`
//! with the attributes `datatype` and `window_samples`, raw integers in `time`, `voltage`, `current`, each with `gain` and
//! `offset`.
#include <gtest/gtest.h>
#include <hdf5.h>

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "power/trace_file.hpp"
#include "temporary_folder.hpp"

namespace dynbal::power {
namespace {

struct Recording {
    std::string datatype = "ivsample";
    uint32_t window_samples = 0;
    std::vector<uint64_t> times_ns;
    std::vector<uint32_t> volts_raw, amperes_raw;  ///< mV and uA
    bool with_gain = true;
    bool fixed_text = false;
};

void write_number(hid_t object, const char* name, double value) {
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t attribute = H5Acreate2(object, name, H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, H5T_NATIVE_DOUBLE, &value);
    H5Aclose(attribute);
    H5Sclose(space);
}

void write_text(hid_t object, const char* name, const std::string& text, bool fixed) {
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, fixed ? text.size() + 1 : H5T_VARIABLE);
    const hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    const char* pointer = text.c_str();
    H5Awrite(attribute, type, fixed ? static_cast<const void*>(pointer) : &pointer);
    H5Aclose(attribute);
    H5Tclose(type);
    H5Sclose(space);
}

template <class Number>
void write_dataset(hid_t group, const char* name, hid_t type, const std::vector<Number>& values, double gain,
                   bool with_gain) {
    const hsize_t size = values.size();
    const hid_t space = H5Screate_simple(1, &size, nullptr);
    const hid_t dataset = H5Dcreate2(group, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    if (with_gain) write_number(dataset, "gain", gain);
    write_number(dataset, "offset", 0);
    H5Dclose(dataset);
    H5Sclose(space);
}

std::string write_recording(const Recording& recording) {
    const std::string path = io::temporary_file("dynbal_recording.h5");
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    write_text(file, "mode", "harvester", false);
    const hid_t group = H5Gcreate2(file, "data", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    write_text(group, "datatype", recording.datatype, recording.fixed_text);
    write_number(group, "window_samples", recording.window_samples);
    write_dataset(group, "time", H5T_NATIVE_UINT64, recording.times_ns, 1e-9, true);
    write_dataset(group, "voltage", H5T_NATIVE_UINT32, recording.volts_raw, 1e-3, recording.with_gain);
    write_dataset(group, "current", H5T_NATIVE_UINT32, recording.amperes_raw, 1e-6, true);
    H5Gclose(group);
    H5Fclose(file);
    return path;
}

Recording four_samples() {
    return {.datatype = "ivsample",
            .window_samples = 0,
            .times_ns = {0, 10'000'000, 20'000'000, 30'000'000},
            .volts_raw = {1000, 2000, 3000, 500},
            .amperes_raw = {400, 500, 100, 900}};
}

TEST(Shepherd, SamplesArePower) {
    for (const bool fixed : {false, true}) {
        Recording recording = four_samples();
        recording.fixed_text = fixed;
        Options options("trace", "");
        const auto pieces = read_trace(write_recording(recording), options);
        ASSERT_EQ(pieces.size(), 4U);
        EXPECT_NEAR(pieces[1].power_w, 2 * 500e-6, 1e-12);
        EXPECT_NEAR(pieces[1].duration_s, 0.01, 1e-9);
        EXPECT_NEAR(pieces[3].duration_s, 0.01, 1e-9);
    }
}

TEST(Shepherd, OfACurveTheBestPointCounts) {
    Recording recording = four_samples();
    recording.datatype = "ivcurve";
    recording.window_samples = 2;
    const auto pieces = read_shepherd(write_recording(recording), 1);
    ASSERT_EQ(pieces.size(), 2U);
    EXPECT_NEAR(pieces[0].power_w, 2 * 500e-6, 1e-12);
    EXPECT_NEAR(pieces[1].power_w, 0.5 * 900e-6, 1e-12);
    EXPECT_NEAR(pieces[0].duration_s, 0.02, 1e-9);
}

TEST(Shepherd, OpenAndShortCircuitGiveAShareOfTheirProduct) {
    Recording recording = four_samples();
    recording.datatype = "isc_voc";
    Options options("trace", "fill_factor=50%,scale=2");
    const auto pieces = read_trace(write_recording(recording), options);
    EXPECT_NEAR(pieces[0].power_w, 1 * 400e-6, 1e-12);
}

TEST(Shepherd, AMistakeIsNamedWithTheFile) {
    const auto error_of = [](const Recording& recording) {
        const std::string path = write_recording(recording);
        try {
            read_shepherd(path, 1);
        } catch (const InputError& error) {
            EXPECT_TRUE(std::string(error.what()).starts_with(path + ": ")) << error.what();
            return std::string(error.what());
        }
        return std::string();
    };
    Recording recording = four_samples();
    recording.datatype = "magic";
    EXPECT_NE(error_of(recording).find("magic"), std::string::npos);
    recording = four_samples();
    recording.volts_raw.pop_back();
    EXPECT_NE(error_of(recording).find("length"), std::string::npos);
    recording = four_samples();
    recording.with_gain = false;
    EXPECT_NE(error_of(recording).find("gain"), std::string::npos);
    recording = four_samples();
    recording.times_ns[2] = 0;
    EXPECT_NE(error_of(recording).find("time does not rise"), std::string::npos);
    recording = four_samples();
    recording.datatype = "ivcurve";
    EXPECT_NE(error_of(recording).find("window_samples"), std::string::npos);
    const std::string path = io::temporary_file("dynbal_no_recording.h5");
    std::ofstream(path) << "\x89HDF\r\n\x1A\n and no more";
    EXPECT_THROW(read_shepherd(path, 1), InputError);
}

}  // namespace
}  // namespace dynbal::power
