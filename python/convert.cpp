#include "convert.hpp"

namespace dynbal::python {

namespace py = pybind11;

py::object to_python(const nlohmann::ordered_json& json) {
    if (json.is_null()) return py::none();
    if (json.is_boolean()) return py::bool_(json.get<bool>());
    if (json.is_number_unsigned()) return py::int_(json.get<uint64_t>());
    if (json.is_number_integer()) return py::int_(json.get<int64_t>());
    if (json.is_number()) return py::float_(json.get<double>());
    if (json.is_string()) return py::str(json.get<std::string>());
    if (json.is_array()) {
        py::list list;
        for (const auto& entry : json) list.append(to_python(entry));
        return list;
    }
    py::dict dict;
    for (const auto& [key, value] : json.items()) dict[py::str(key)] = to_python(value);
    return dict;
}

}  // namespace dynbal::python
