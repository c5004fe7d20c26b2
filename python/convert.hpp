//! What the module gives to Python: plain dicts, lists and numbers, so that pandas takes them as they are.
#pragma once

#include <pybind11/pybind11.h>

#include <nlohmann/json.hpp>

namespace dynbal::python {

/// JSON as Python objects; keys keep their order.
pybind11::object to_python(const nlohmann::ordered_json& json);

}  // namespace dynbal::python
