#include "io/wrong_kind.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace dynbal::io {
namespace {

struct Kind {
    std::string_view start;
    const char* what;
};

using namespace std::string_view_literals;

constexpr std::array<Kind, 9> kinds{
    {{"version https://git-lfs"sv, "this is only a pointer of Git LFS; fetch the file itself: git lfs pull"},
     {"PK\x03\x04"sv, "this is a ZIP archive or a spreadsheet; unpack it, or export the sheet as CSV"},
     {"\x1F\x8B"sv, "this is compressed; unpack it first: gunzip"},
     {"\x28\xB5\x2F\xFD"sv, "this is compressed; unpack it first: unzstd"},
     {"\xFD"
      "7zXZ"sv,
      "this is compressed; unpack it first: unxz"},
     {"BZh"sv, "this is compressed; unpack it first: bunzip2"},
     {"\xFF\xFE"sv, "this is text in UTF-16; save it as UTF-8"},
     {"\xFE\xFF"sv, "this is text in UTF-16; save it as UTF-8"},
     {"%PDF"sv, "this is a PDF document"}}};

bool is_web_page(std::string_view start) {
    std::string lower(start.substr(0, 256));
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const size_t content = lower.find_first_not_of(" \t\r\n");
    if (content == std::string::npos) return false;
    return lower.compare(content, 9, "<!doctype") == 0 || lower.compare(content, 5, "<html") == 0;
}

}  // namespace

std::string wrong_kind(std::string_view start) {
    if (start.empty()) return "the file is empty";
    for (const Kind& kind : kinds) {
        if (start.starts_with(kind.start)) return kind.what;
    }
    if (is_web_page(start)) return "this is a web page: the download has failed; fetch the file itself";
    return "";
}

}  // namespace dynbal::io
