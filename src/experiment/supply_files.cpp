#include "experiment/supply_files.hpp"

#include <algorithm>
#include <string_view>

#include "power/file_words.hpp"

namespace dynbal::experiment {
namespace {

/// Where in a word between commas a file's name begins; its end if there is none.
size_t name_begins(std::string_view word) {
    constexpr std::string_view trace = "trace:";
    constexpr std::string_view curve = "curve=";
    if (word.starts_with(curve)) return curve.size();
    if (word.starts_with(trace)) return trace.size();
    const size_t rest = word.starts_with("once:") ? word.find('+') : std::string_view::npos;
    const bool is_trace = rest != std::string_view::npos && word.substr(rest + 1).starts_with(trace);
    return is_trace ? rest + 1 + trace.size() : word.size();
}

}  // namespace

std::string with_files(const std::string& supply, const std::function<std::string(const std::string&)>& rename,
                       const std::filesystem::path& folder) {
    std::string text;
    for (size_t begin = 0; begin <= supply.size();) {
        size_t end = std::min(supply.find(',', begin), supply.size());
        const size_t name = name_begins(std::string_view(supply).substr(begin, end - begin));
        if (begin + name < end) end = begin + name + power::file_name_size(supply.substr(begin + name), folder);
        const std::string word = supply.substr(begin, end - begin);
        text += word.substr(0, name);
        if (name < word.size()) text += rename(word.substr(name));
        if (end < supply.size()) text += ',';
        begin = end + 1;
    }
    return text;
}

}  // namespace dynbal::experiment
