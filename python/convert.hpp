//! What the module gives to Python: plain dicts, lists and numbers, so that pandas takes them as they are.
#pragma once

#include <pybind11/pybind11.h>

#include <nlohmann/json.hpp>

#include "image_file/image_file.hpp"
#include "sim/session.hpp"

namespace dynbal::python {

/// JSON as Python objects; keys keep their order.
pybind11::object to_python(const nlohmann::ordered_json& json);

/// What `dynbal inspect` says of an image: its sizes, shapes and stages.
nlohmann::ordered_json describe(const ImageFile& file);

/// One run, with the names that `--json` has; `output` apart.
nlohmann::ordered_json describe(const sim::RunResult& result);

}  // namespace dynbal::python
