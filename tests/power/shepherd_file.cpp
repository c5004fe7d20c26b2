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

enum class Storage : uint8_t { plain, lzf, cut_short, elsewhere };

struct Dataset {
    const char* name;
    hid_t type;
    double gain;
    bool with_gain = true, with_offset = true;
    Storage storage = Storage::plain;
    std::string unit{};
    double offset = 0;
};

template <class Number>
void write_dataset(hid_t group, const Dataset& what, const std::vector<Number>& values) {
    const hsize_t size = values.size(), bytes = size * sizeof(Number);
    const bool cut_short = what.storage == Storage::cut_short, lzf = what.storage == Storage::lzf;
    const hsize_t extent = cut_short ? 2 * size : size;
    const hid_t space = H5Screate_simple(1, &extent, nullptr);
    const hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
    if (lzf || cut_short) H5Pset_chunk(layout, 1, &size);
    if (lzf) {
        const unsigned parameters[] = {4, 261, static_cast<unsigned>(bytes)};
        H5Pset_filter(layout, 32000, H5Z_FLAG_OPTIONAL, 3, parameters);
    }
    if (what.storage == Storage::elsewhere) H5Pset_virtual(layout, space, "elsewhere.h5", what.name, space);
    const hid_t dataset = H5Dcreate2(group, what.name, what.type, space, H5P_DEFAULT, layout, H5P_DEFAULT);
    const hsize_t begin = 0;
    if (lzf) {
        const std::vector<uint8_t> chunk = lzf_literals(values.data(), bytes);
        H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, &begin, chunk.size(), chunk.data());
    } else if (cut_short) {
        H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, &begin, bytes, values.data());
    } else if (what.storage == Storage::plain) {
        H5Dwrite(dataset, what.type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    }
    if (what.with_gain) write_number(dataset, "gain", what.gain);
    if (what.with_offset) write_number(dataset, "offset", what.offset);
    if (!what.unit.empty()) write_text(dataset, "unit", what.unit, false);
    H5Pclose(layout);
    H5Dclose(dataset);
    H5Sclose(space);
}

void write_times(hid_t group, const Written& recording) {
    const bool first = recording.datatype.empty();
    Dataset what{.name = "time", .type = H5T_NATIVE_UINT64, .gain = 1e-9, .with_gain = !first, .with_offset = !first};
    if (recording.lzf) what.storage = Storage::lzf;
    what.unit = recording.times_unit;
    if (!recording.times_as_float) return write_dataset(group, what, recording.times_ns);
    std::vector<double> times_s;
    for (const uint64_t ns : recording.times_ns) times_s.push_back(static_cast<double>(ns) * 1e-9);
    what.type = H5T_NATIVE_DOUBLE;
    what.gain = 1;
    write_dataset(group, what, times_s);
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
    write_times(group, recording);
    const Storage storage = recording.lzf ? Storage::lzf : Storage::plain;
    const Storage of_volts = recording.volts_elsewhere   ? Storage::elsewhere
                             : recording.volts_cut_short ? Storage::cut_short
                                                         : storage;
    write_dataset(group,
                  {.name = "voltage",
                   .type = H5T_NATIVE_UINT32,
                   .gain = 1e-3,
                   .with_gain = recording.with_gain,
                   .storage = of_volts,
                   .unit = recording.volts_unit},
                  recording.volts_raw);
    write_dataset(group,
                  {.name = "current",
                   .type = H5T_NATIVE_UINT32,
                   .gain = 1e-6,
                   .storage = storage,
                   .offset = recording.amperes_offset},
                  recording.amperes_raw);
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
