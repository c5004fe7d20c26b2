#include "io/printable.hpp"

#include <cstdint>
#include <vector>

namespace dynbal::io {
namespace {

constexpr uint32_t no_character = 0xFFFFFFFF;

/// The code point at the start of `text`, and its bytes; no_character and 1 if there is none.
uint32_t decode(std::string_view text, size_t& bytes) {
    const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(text[i])); };
    bytes = 1;
    const uint32_t first = byte(0);
    if (first < 0x80) return first;
    const size_t length = first >= 0xF0 ? 4 : (first >= 0xE0 ? 3 : 2);
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return no_character;
    uint32_t point = first & (0x7FU >> length);
    for (size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return no_character;
        point = point << 6U | (byte(i) & 0x3FU);
    }
    constexpr uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < least[length] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return no_character;
    bytes = length;
    return point;
}

bool is_harmless(uint32_t point) {
    const bool control = point < 0x20 || (point >= 0x7F && point < 0xA0);
    const bool directs = (point >= 0x200E && point <= 0x200F) || (point >= 0x2028 && point <= 0x202E) ||
                         (point >= 0x2066 && point <= 0x2069);
    return point != no_character && !control && !directs;
}

}  // namespace

std::string printable(std::string_view text, size_t width_max) {
    std::string result;
    std::vector<size_t> starts;
    while (!text.empty()) {
        size_t bytes = 0;
        const bool harmless = is_harmless(decode(text, bytes));
        starts.push_back(result.size());
        result += harmless ? text.substr(0, bytes) : "?";
        text.remove_prefix(bytes);
    }
    if (starts.size() <= width_max) return result;
    const size_t kept = width_max - 1;
    const size_t tail = kept / 2;
    return result.substr(0, starts[kept - tail]) + "…" + (tail == 0 ? "" : result.substr(starts[starts.size() - tail]));
}

std::string printable_lines(std::string_view text, size_t width_max) {
    std::string result;
    while (true) {
        const size_t end = text.find('\n');
        result += printable(text.substr(0, end), width_max);
        if (end == std::string_view::npos) return result;
        result += '\n';
        text.remove_prefix(end + 1);
    }
}

std::string grouped(uint64_t value) {
    std::string text = std::to_string(value);
    for (size_t place = text.size(); place > 3;) {
        place -= 3;
        text.insert(place, 1, ',');
    }
    return text;
}

}  // namespace dynbal::io
