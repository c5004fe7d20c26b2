#include "shepherd_file.hpp"

#include <hdf5.h>

#include <algorithm>
#include <stdexcept>

namespace dynbal::power {
namespace {

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

/// As LZF may write what does not repeat: runs of 32 bytes at most.
std::vector<uint8_t> lzf_literals(const void* data, size_t size) {
    const auto* const bytes = static_cast<const uint8_t*>(data);
    std::vector<uint8_t> result;
    for (size_t at = 0; at < size; at += 32) {
        const size_t count = std::min<size_t>(32, size - at);
        result.push_back(static_cast<uint8_t>(count - 1));
        result.insert(result.end(), bytes + at, bytes + at + count);
    }
    return result;
}

template <class Number>
void write_dataset(hid_t group, const char* name, hid_t type, const std::vector<Number>& values, double gain,
                   bool with_gain, bool lzf, const std::string& unit = {}, double offset = 0) {
    const hsize_t size = values.size();
    const hid_t space = H5Screate_simple(1, &size, nullptr);
    const hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
    if (lzf) {
        const unsigned parameters[] = {4, 261, static_cast<unsigned>(size * sizeof(Number))};
        H5Pset_chunk(layout, 1, &size);
        H5Pset_filter(layout, 32000, H5Z_FLAG_OPTIONAL, 3, parameters);
    }
    const hid_t dataset = H5Dcreate2(group, name, type, space, H5P_DEFAULT, layout, H5P_DEFAULT);
    if (lzf) {
        const std::vector<uint8_t> chunk = lzf_literals(values.data(), size * sizeof(Number));
        const hsize_t begin = 0;
        H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, &begin, chunk.size(), chunk.data());
    } else {
        H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    }
    if (with_gain) write_number(dataset, "gain", gain);
    if (with_gain || gain != 1e-9) write_number(dataset, "offset", offset);
    if (!unit.empty()) write_text(dataset, "unit", unit, false);
    H5Pclose(layout);
    H5Dclose(dataset);
    H5Sclose(space);
}

}  // namespace

void write_recording(const Written& recording, const std::string& path) {
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    // The first version wrote neither datatype nor a gain of the time.
    const bool first = recording.datatype.empty();
    write_text(file, "mode", recording.mode, false);
    const hid_t group = H5Gcreate2(file, "data", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    if (!first) write_text(group, "datatype", recording.datatype, recording.fixed_text);
    if (!first) write_number(group, "window_samples", recording.window_samples);
    write_dataset(group, "time", H5T_NATIVE_UINT64, recording.times_ns, 1e-9, !first, recording.lzf);
    write_dataset(group, "voltage", H5T_NATIVE_UINT32, recording.volts_raw, 1e-3, recording.with_gain, recording.lzf,
                  recording.volts_unit);
    write_dataset(group, "current", H5T_NATIVE_UINT32, recording.amperes_raw, 1e-6, true, recording.lzf, {},
                  recording.amperes_offset);
    H5Gclose(group);
    if (H5Fclose(file) < 0) throw std::runtime_error("cannot write " + path);
}

Written four_samples() {
    return {.mode = "harvester",
            .datatype = "ivsample",
            .window_samples = 0,
            .times_ns = {0, 10'000'000, 20'000'000, 30'000'000},
            .volts_raw = {1000, 2000, 3000, 500},
            .amperes_raw = {400, 500, 100, 900}};
}

}  // namespace dynbal::power
