#include <hdf5.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/error.hpp"
#include "power/trace_file.hpp"

namespace dynbal::power {
namespace {

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

    std::string datatype() const {
        const Handle attribute(H5Aopen_by_name(file_.id(), "data", "datatype", H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
        if (!attribute) fail("the group 'data' has no attribute 'datatype'");
        const Handle type(H5Aget_type(attribute.id()), H5Tclose);
        if (H5Tget_class(type.id()) != H5T_STRING) fail("the attribute 'datatype' is no text");
        if (H5Tis_variable_str(type.id()) > 0) {
            char* text = nullptr;
            if (H5Aread(attribute.id(), type.id(), &text) < 0 || text == nullptr) fail("'datatype' cannot be read");
            std::string result(text);
            H5free_memory(text);
            return result;
        }
        std::string result(H5Tget_size(type.id()), '\0');
        if (H5Aread(attribute.id(), type.id(), result.data()) < 0) fail("'datatype' cannot be read");
        return result.substr(0, result.find('\0'));
    }

    double number(const char* object, const char* name) const {
        const Handle attribute(H5Aopen_by_name(file_.id(), object, name, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
        double value = 0;
        if (!attribute || H5Aread(attribute.id(), H5T_NATIVE_DOUBLE, &value) < 0) {
            fail(std::string("'") + object + "' has no number as attribute '" + name + "'");
        }
        return value;
    }

    /// A dataset in SI units.
    std::vector<double> values(const char* name) const {
        const std::string object = std::string("data/") + name;
        const Handle dataset(H5Dopen2(file_.id(), object.c_str(), H5P_DEFAULT), H5Dclose);
        if (!dataset) fail("has no dataset '" + object + "'");
        const Handle space(H5Dget_space(dataset.id()), H5Sclose);
        if (H5Sget_simple_extent_ndims(space.id()) != 1) fail("'" + object + "' is not one-dimensional");
        const hssize_t count = H5Sget_simple_extent_npoints(space.id());
        constexpr hssize_t count_max = 100'000'000;
        if (count > count_max) fail("'" + object + "' has more than 100 million samples; cut the recording");
        std::vector<double> values(static_cast<size_t>(std::max<hssize_t>(count, 0)));
        if (H5Dread(dataset.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) {
            fail("'" + object + "' cannot be read");
        }
        const double gain = number(object.c_str(), "gain");
        const double offset = number(object.c_str(), "offset");
        for (double& value : values) value = value * gain + offset;
        return values;
    }

    [[noreturn]] void fail(const std::string& reason) const {
        throw InputError(path_ + ": " + reason + " (shepherd's data format is expected)");
    }

private:
    static hid_t open(const std::string& path) { return H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT); }

    std::string path_;
    herr_t quiet_;  ///< the library would print its errors
    Handle file_;
};

}  // namespace

std::vector<Piece> read_shepherd(const std::string& path, double fill_factor) {
    const ShepherdFile file(path);
    const std::string datatype = file.datatype();
    if (datatype != "ivsample" && datatype != "ivcurve" && datatype != "isc_voc") {
        file.fail("the datatype '" + datatype + "' is none of ivsample, ivcurve, isc_voc");
    }
    const std::vector<double> times_s = file.values("time");
    const std::vector<double> volts = file.values("voltage");
    const std::vector<double> amperes = file.values("current");
    const size_t count = times_s.size();
    if (volts.size() != count || amperes.size() != count) file.fail("time, voltage and current differ in length");
    const double window = datatype == "ivcurve" ? file.number("data", "window_samples") : 1;
    if (!(window >= 1 && window <= 1e6)) file.fail("'window_samples' must be 1 or more");
    const auto size = static_cast<size_t>(window);
    if (count < 2 * size) file.fail("has too few samples");
    std::vector<Piece> pieces;
    double duration_s = 0;
    for (size_t begin = 0; begin + size <= count; begin += size) {
        Piece piece{.duration_s = 0, .power_w = 0, .voltage_v = 0};
        for (size_t i = begin; i < begin + size; ++i) {
            const double power_w = volts[i] * amperes[i] * (datatype == "isc_voc" ? fill_factor : 1);
            if (power_w > piece.power_w) piece = {0, power_w, volts[i]};
        }
        // The last one lasts as long as the one before.
        if (begin + size < count) duration_s = times_s[begin + size] - times_s[begin];
        if (!(duration_s > 0)) file.fail("time does not rise at sample " + std::to_string(begin + size));
        piece.duration_s = duration_s;
        append_piece(pieces, piece);
    }
    return pieces;
}

}  // namespace dynbal::power
