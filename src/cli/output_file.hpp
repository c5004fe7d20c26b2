//! Files that commands write: never over what the same call reads.
#pragma once

#include <string>
#include <vector>

namespace dynbal::cli {

/// Throws InputError if `path`, given as `option`, is the same file as one of those that are read, by whatever name.
/// Or if it could not be written: better told before work that takes long. Empty paths are passed over.
void check_output(const std::string& option, const std::string& path, const std::vector<std::string>& read_paths);

/// The files that the text of a supply names.
std::vector<std::string> files_of_supply(const std::string& supply);

}  // namespace dynbal::cli
