//! The files that the text of a supply names: `trace:FILE`, `once:K+trace:FILE`, `curve=FILE`. A grid's paths are resolved
//! and its identity is taken here, so that both know the same files.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace dynbal::experiment {

/// The text with each name of a file replaced by what `rename` makes of it. A name that holds commas is known by that there is
/// such a file, in `folder` unless it is absolute.
std::string with_files(const std::string& supply, const std::function<std::string(const std::string&)>& rename,
                       const std::filesystem::path& folder = {});

}  // namespace dynbal::experiment
