#include "device/parse_toml.hpp"

#include <fmt/format.h>

#include <string_view>

#include "base/error.hpp"

namespace dynbal::device {
namespace {

bool is_bare(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/// Behind the part of a key that begins at `at`, a word or a text in quotation marks; `at` if there is none.
size_t part_end(std::string_view text, size_t at) {
    if (at < text.size() && (text[at] == '"' || text[at] == '\'')) {
        const char quote = text[at];
        for (size_t i = at + 1; i < text.size() && text[i] != '\n'; ++i) {
            if (quote == '"' && text[i] == '\\') {
                ++i;
            } else if (text[i] == quote) {
                return i + 1;
            }
        }
        return at;
    }
    size_t end = at;
    while (end < text.size() && is_bare(text[end])) ++end;
    return end;
}

size_t skip_blanks(std::string_view text, size_t at) {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
    return at;
}

/// Parts with points between them, wherever they stand: in comments and texts, too, where nobody needs so many.
void check_keys(std::string_view text, const std::string& path) {
    size_t line = 1;
    for (size_t at = 0; at < text.size();) {
        if (text[at] == '\n') ++line;
        size_t end = part_end(text, at);
        if (end == at) {
            ++at;
            continue;
        }
        int parts = 1;
        for (size_t point = skip_blanks(text, end); point < text.size() && text[point] == '.';
             point = skip_blanks(text, end)) {
            const size_t begin = skip_blanks(text, point + 1);
            const size_t next = part_end(text, begin);
            if (next == begin) break;
            end = next;
            if (++parts > key_parts_max) {
                throw InputError(fmt::format("{}:{}: a key of more than {} parts with points between them", path, line,
                                             key_parts_max));
            }
        }
        at = end;
    }
}

}  // namespace

toml::table parse_toml(const std::string& text, const std::string& path) {
    check_keys(text, path);
    try {
        return toml::parse(text, path);
    } catch (const toml::parse_error& error) {
        throw InputError(fmt::format("{}:{}: no TOML: {}", path, error.source().begin.line, error.description()));
    }
}

}  // namespace dynbal::device
