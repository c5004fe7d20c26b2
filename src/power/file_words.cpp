#include "power/file_words.hpp"

#include <algorithm>
#include <system_error>

namespace dynbal::power {

size_t file_name_size(std::string_view text, const std::filesystem::path& folder) {
    const auto is_file = [&](size_t size) {
        std::error_code none;
        const auto status = std::filesystem::status(folder / text.substr(0, size), none);
        return std::filesystem::exists(status) && !std::filesystem::is_directory(status);
    };
    for (size_t size = text.size(); size != std::string_view::npos; size = text.substr(0, size).rfind(',')) {
        if (is_file(size)) return size;
    }
    return std::min(text.find(','), text.size());
}

}  // namespace dynbal::power
