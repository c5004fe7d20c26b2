//! A network of the zoo as a folder to work in.
#pragma once

#include <string>

#include "zoo/zoo_network.hpp"

namespace dynbal::zoo {

/// Writes NAME.onnx, calibrate.npy, inputs.npy, labels.npy, classes.txt and README.txt, which says what they are and
/// which commands to try. Makes the folder. Throws InputError, and writes nothing, where another file of such a name is there.
void write_folder(const Network& network, const std::string& folder);

/// Throws InputError where another file of the name that write_onnx() writes is there.
void check_onnx(const Network& network, const std::string& folder);

/// Writes NAME.onnx alone and returns its path. Makes the folder. Throws InputError.
std::string write_onnx(const Network& network, const std::string& folder);

/// The commands to try inside of such a folder, one a line.
std::string commands_for(const Network& network);

}  // namespace dynbal::zoo
