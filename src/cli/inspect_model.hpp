//! `dynbal inspect MODEL.onnx`: will it compile? Asked before there are any inputs.
#pragma once

#include <string>

#include "cli/commands.hpp"

namespace dynbal::cli {

struct ModelArguments {
    std::string path, output;
    std::string weights = "int16";
    std::string device = "msp432p401r";
};

/// Is the file a device image, and not a model? Throws InputError if it cannot be read.
bool is_image(const std::string& path);

/// Tells what the model would need. Throws InputError with all that keeps it from being compiled.
void inspect_model(const ModelArguments& arguments, Context& context);

}  // namespace dynbal::cli
