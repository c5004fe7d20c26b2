#include "power/shepherd.hpp"

#include <fmt/format.h>
#include <hdf5.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <optional>
#include <sstream>
#include <type_traits>
#include <utility>

#include "base/error.hpp"
#include "io/isolated.hpp"
#include "io/printable.hpp"
#include "power/lzf.hpp"
#include "power/trace_file.hpp"
#include "power/trace_power.hpp"

namespace dynbal::power {
namespace {

/// Reading takes so long, and a second more for so many bytes; a damaged file may keep the library busy for ever.
constexpr uint64_t seconds_least = 10, bytes_a_second = 2'000'000, seconds_most = 3600;
constexpr uint64_t memory_bytes_least = uint64_t{1} << 30U;

/// An object of the HDF5 library, closed at the end.
class Handle {
public:
    Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() {
        if (id_ >= 0) close_(id_);
    }
    explicit operator bool() const { return id_ >= 0; }
    hid_t id() const { return id_; }

private:
    hid_t id_;
    herr_t (*close_)(hid_t);
};

class ShepherdFile {
public:
    explicit ShepherdFile(const std::string& path)
        : path_(path), quiet_(H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr)), file_(open(path), H5Fclose) {
        if (!file_) fail("is no HDF5 file that can be read");
        if (H5Lexists(file_.id(), "data", H5P_DEFAULT) <= 0) fail("has no group 'data'");
    }

    /// A text of an object; empty if there is none.
    std::string text(const char* object, const char* name) const {
        const Handle attribute(H5Aopen_by_name(file_.id(), object, name, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
        if (!attribute) return "";
        const Handle type(H5Aget_type(attribute.id()), H5Tclose);
        const Handle space(H5Aget_space(attribute.id()), H5Sclose);
        if (H5Tget_class(type.id()) != H5T_STRING || H5Sget_simple_extent_npoints(space.id()) != 1) {
            fail(std::string("the attribute '") + name + "' is no text");
        }
        if (H5Tis_variable_str(type.id()) > 0) {
            char* text = nullptr;
            if (H5Aread(attribute.id(), type.id(), &text) < 0 || text == nullptr) cannot_read(name);
            std::string result(text);
            H5free_memory(text);
            return result;
        }
        constexpr size_t text_bytes_max = 4096;
        const size_t size = H5Tget_size(type.id());
        if (size > text_bytes_max) cannot_read(name);
        std::string result(size, '\0');
        if (H5Aread(attribute.id(), type.id(), result.data()) < 0) cannot_read(name);
        return result.substr(0, result.find('\0'));
    }

    std::optional<double> number(const char* object, const char* name) const {
        const Handle attribute(H5Aopen_by_name(file_.id(), object, name, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
        if (!attribute) return std::nullopt;
        const Handle space(H5Aget_space(attribute.id()), H5Sclose);
        double value = 0;
        const bool one = H5Sget_simple_extent_npoints(space.id()) == 1;
        if (!one || H5Aread(attribute.id(), H5T_NATIVE_DOUBLE, &value) < 0) {
            fail(fmt::format("'{}' has no number as attribute '{}'", object, name));
        }
        return value;
    }

    double required_number(const char* object, const char* name) const {
        const auto value = number(object, name);
        if (!value) fail(fmt::format("'{}' has no number as attribute '{}'", object, name));
        return *value;
    }

    /// A dataset in volts or amperes, `unit`.
    std::vector<double> values(const char* name, const char* unit) const {
        const std::string object = std::string("data/") + name;
        check_unit(object, unit);
        std::vector<double> values = raw<double>(object, H5T_NATIVE_DOUBLE);
        const double gain = required_number(object.c_str(), "gain");
        const double offset = required_number(object.c_str(), "offset");
        for (double& value : values) value = value * gain + offset;
        return values;
    }

    /// Since the first sample. Nanoseconds since 1970 are more than a double holds.
    std::vector<double> times_s() const {
        const std::string object = "data/time";
        check_unit(object, "s");
        const double gain = number(object.c_str(), "gain").value_or(1e-9);
        const std::vector<int64_t> counts = raw<int64_t>(object, H5T_NATIVE_INT64);
        std::vector<double> times(counts.size());
        for (size_t i = 0; i < counts.size(); ++i) {
            // The difference in either direction; whatever the counts are, it does not overflow.
            const auto now = static_cast<uint64_t>(counts[i]), first = static_cast<uint64_t>(counts[0]);
            times[i] =
                gain * (counts[i] < counts[0] ? -static_cast<double>(first - now) : static_cast<double>(now - first));
        }
        return times;
    }

    [[noreturn]] void fail(const std::string& reason) const {
        throw InputError(path_ + ": " + reason + " (shepherd's data format is expected)");
    }

private:
    [[noreturn]] void cannot_read(const std::string& object) const { fail("'" + object + "' cannot be read"); }

    /// What is not said is what the format says.
    void check_unit(const std::string& object, const std::string& unit) const {
        const std::string stated = text(object.c_str(), "unit");
        if (stated.empty() || stated == unit) return;
        fail(fmt::format("'{}' says that its unit is '{}', not {}", object, io::printable(stated), unit));
    }

    /// All of it numbers in this file: the library would make up zeros for what was never written or lies in files that are not
    /// there, and cut the fractions off a time.
    void check_storage(const std::string& object, const Handle& dataset, bool fractions) const {
        const Handle type(H5Dget_type(dataset.id()), H5Tclose);
        const H5T_class_t kind = H5Tget_class(type.id());
        if (kind != H5T_INTEGER && !(fractions && kind == H5T_FLOAT)) {
            fail("'" + object + (fractions ? "' holds no numbers" : "' holds no whole numbers, such as nanoseconds"));
        }
        const Handle layout(H5Dget_create_plist(dataset.id()), H5Pclose);
        if (H5Pget_layout(layout.id()) == H5D_VIRTUAL || H5Pget_external_count(layout.id()) > 0) {
            fail("'" + object + "' lies in other files; copy the recording into one: h5repack");
        }
        if (!is_written(dataset, layout)) {
            fail("'" + object + "' was not written to its end; cut it to what was recorded");
        }
    }

    /// A dataset that lies in one piece is written as a whole, or not at all.
    static bool is_written(const Handle& dataset, const Handle& layout) {
        const Handle space(H5Dget_space(dataset.id()), H5Sclose);
        const hssize_t count = H5Sget_simple_extent_npoints(space.id());
        if (H5Pget_layout(layout.id()) != H5D_CHUNKED) return count <= 0 || H5Dget_storage_size(dataset.id()) > 0;
        hsize_t each = 0, chunks = 0;
        if (H5Sget_simple_extent_ndims(space.id()) != 1) return true;  // refused for that
        if (H5Pget_chunk(layout.id(), 1, &each) != 1 || each == 0) return false;
        const auto wanted = (static_cast<hsize_t>(std::max<hssize_t>(count, 0)) + each - 1) / each;
        return H5Dget_num_chunks(dataset.id(), space.id(), &chunks) >= 0 && chunks == wanted;
    }

    template <class Number>
    std::vector<Number> raw(const std::string& object, hid_t type) const {
        const Handle dataset(H5Dopen2(file_.id(), object.c_str(), H5P_DEFAULT), H5Dclose);
        if (!dataset) fail("has no dataset '" + object + "'");
        check_storage(object, dataset, std::is_floating_point_v<Number>);
        const Handle space(H5Dget_space(dataset.id()), H5Sclose);
        if (H5Sget_simple_extent_ndims(space.id()) != 1) fail("'" + object + "' is not one-dimensional");
        const hssize_t count = H5Sget_simple_extent_npoints(space.id());
        constexpr hssize_t count_max = 100'000'000;
        if (count > count_max) fail("'" + object + "' has more than 100 million samples; cut the recording");
        std::vector<Number> values(static_cast<size_t>(std::max<hssize_t>(count, 0)));
        if (H5Dread(dataset.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) cannot_read(object);
        return values;
    }

    static hid_t open(const std::string& path) { return H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT); }

    std::string path_;
    herr_t quiet_;  ///< the library would print its errors
    Handle file_;
};

/// What the reading process tells the other.
struct Found {
    std::string format;
    uint64_t samples = 0;
    uint64_t samples_left = 0;  ///< behind the last whole curve
    double shortest_s = 0, longest_s = 0;
    std::vector<Piece> pieces{};
};

struct Choices {
    double fill_factor = 0, noise = 0;
};

/// Small negative power is noise. An I-V curve has negative currents beyond its open-circuit voltage.
void check_negative(const ShepherdFile& file, double noise, double lowest_w, double largest_w) {
    if (lowest_w >= -noise * largest_w) return;
    file.fail(fmt::format(
        "the harvested power is down to {:.3g} mW; what is negative by more than {:g} % of the largest is no noise "
        "(is the sign of the current turned round?); give noise=SHARE for more",
        1000 * lowest_w, 100 * noise));
}

void read_pieces(const ShepherdFile& file, const std::string& datatype, const Choices& choices, Found& found) {
    const std::vector<double> times_s = file.times_s();
    const std::vector<double> volts = file.values("voltage", "V");
    const std::vector<double> amperes = file.values("current", "A");
    const size_t count = times_s.size();
    if (volts.size() != count || amperes.size() != count) file.fail("time, voltage and current differ in length");
    const double window = datatype == "ivcurve" ? file.required_number("data", "window_samples") : 1;
    if (!(window >= 1 && window <= 1e6)) file.fail("'window_samples' must be 1 or more");
    const auto size = static_cast<size_t>(window);
    if (count < 2 * size) file.fail("has too few samples");
    found.samples = count;
    found.samples_left = count % size;
    double duration_s = 0, lowest_w = 0, largest_w = 0;
    for (size_t begin = 0; begin + size <= count; begin += size) {
        Piece piece{.duration_s = 0, .power_w = 0, .voltage_v = 0};
        for (size_t i = begin; i < begin + size; ++i) {
            const double power_w = volts[i] * amperes[i] * (datatype == "isc_voc" ? choices.fill_factor : 1);
            if (!std::isfinite(power_w)) file.fail(fmt::format("sample {} is no finite power", i));
            lowest_w = std::min(lowest_w, power_w);
            largest_w = std::max(largest_w, power_w);
            if (power_w > piece.power_w) piece = {0, power_w, volts[i]};
        }
        // The last one lasts as long as the one before.
        if (begin + size < count) duration_s = times_s[begin + size] - times_s[begin];
        if (!(duration_s > 0)) file.fail(fmt::format("time does not rise at sample {}", begin + size));
        piece.duration_s = duration_s;
        found.shortest_s = begin == 0 ? duration_s : std::min(found.shortest_s, duration_s);
        found.longest_s = std::max(found.longest_s, duration_s);
        append_piece(found.pieces, piece);
    }
    if (datatype != "ivcurve") check_negative(file, choices.noise, lowest_w, largest_w);
}

Found read_here(const std::string& path, const Choices& choices) {
    register_lzf_filter();
    const ShepherdFile file(path);
    const std::string mode = file.text(".", "mode");
    if (mode == "load" || mode.starts_with("emulat")) {
        file.fail("its mode is '" + mode + "': what a device has drawn, not what was harvested");
    }
    std::string datatype = file.text("data", "datatype");
    Found found{.format = "shepherd " + datatype};
    if (datatype.empty()) {
        if (file.number("data", "window_samples").value_or(0) > 1) {
            file.fail("'data' has 'window_samples', but its attribute 'datatype' is missing: ivsample or ivcurve?");
        }
        datatype = "ivsample";
        found.format = "shepherd, first version";
    }
    if (datatype != "ivsample" && datatype != "ivcurve" && datatype != "isc_voc") {
        file.fail("the datatype '" + datatype + "' is none of ivsample, ivcurve, isc_voc");
    }
    read_pieces(file, datatype, choices, found);
    return found;
}

std::string packed(const Found& found) {
    std::string text = fmt::format("{}\n{} {} {} {}\n", found.format, found.samples, found.samples_left,
                                   found.shortest_s, found.longest_s);
    const size_t head = text.size();
    text.resize(head + found.pieces.size() * sizeof(Piece));
    std::memcpy(text.data() + head, found.pieces.data(), found.pieces.size() * sizeof(Piece));
    return text;
}

Found unpacked(const std::string& text) {
    const size_t first = text.find('\n');
    const size_t second = text.find('\n', first + 1);
    Found found{.format = text.substr(0, first)};
    std::istringstream(text.substr(first + 1, second - first)) >> found.samples >> found.samples_left >>
        found.shortest_s >> found.longest_s;
    found.pieces.resize((text.size() - second - 1) / sizeof(Piece));
    std::memcpy(found.pieces.data(), text.data() + second + 1, found.pieces.size() * sizeof(Piece));
    return found;
}

}  // namespace

Recording read_shepherd(const std::string& path, Options& options) {
    // Whatever the file is, these are options of it.
    (void)options.text("format");
    const double scale = options.number("scale", Unit::none, 1, 1e-6, 1e6);
    const Choices choices{.fill_factor = options.number("fill_factor", Unit::share, 0.76, 0.01, 1),
                          .noise = noise_of(options)};
    // A sample has 16 bytes in a file that is not compressed, and becomes a piece in two vectors.
    std::error_code no_size;
    const uint64_t file_bytes = std::filesystem::file_size(path, no_size);
    const uint64_t known_bytes = no_size ? 0 : file_bytes;
    const auto seconds = static_cast<uint32_t>(seconds_least + std::min(known_bytes / bytes_a_second, seconds_most));
    const io::Limits limits{memory_bytes_least + 16 * known_bytes, seconds};
    Found found = unpacked(io::isolated(path, limits, [&] { return packed(read_here(path, choices)); }));
    for (Piece& piece : found.pieces) piece.power_w *= scale;
    TraceSummary summary{.file = std::filesystem::path(path).filename().string(), .format = found.format};
    summary.columns = "power = voltage x current";
    summary.samples = found.samples;
    note_gap(summary, found.shortest_s, found.longest_s, "");
    if (found.samples_left > 0) {
        summary.notes.push_back(
            fmt::format("the last {} samples are no whole curve and are left out", found.samples_left));
    }
    return make_recording(std::move(found.pieces), std::move(summary));
}

}  // namespace dynbal::power
