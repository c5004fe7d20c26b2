#include "cli/output_file.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "base/error.hpp"
#include "experiment/supply_files.hpp"
#include "io/file.hpp"

namespace dynbal::cli {

void check_output(const std::string& option, const std::string& path, const std::vector<std::string>& read_paths) {
    std::error_code error;
    if (path.empty()) return;
    io::check_target(path);
    if (!std::filesystem::is_regular_file(path, error)) return;
    for (const std::string& read_path : read_paths) {
        if (!read_path.empty() && std::filesystem::equivalent(path, read_path, error)) {
            throw InputError(fmt::format("{}: '{}' is the same file as '{}', which is read; name another one", option,
                                         path, read_path));
        }
    }
}

std::vector<std::string> files_of_supply(const std::string& supply) {
    std::vector<std::string> files;
    experiment::with_files(supply, [&](const std::string& file) {
        files.push_back(file);
        return file;
    });
    return files;
}

}  // namespace dynbal::cli
