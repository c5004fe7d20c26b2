#include "common/console.hpp"

namespace dynbal::board {

void Console::write_decimal(int64_t value) {
    char text[21];
    char* next = text + sizeof(text) - 1;
    *next = '\0';
    auto rest = static_cast<uint64_t>(value < 0 ? -value : value);
    do {
        *--next = static_cast<char>('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (value < 0) {
        *--next = '-';
    }
    write(next);
}

void Console::write_hex(uint32_t value, uint32_t digits) {
    constexpr const char* figures = "0123456789abcdef";
    char text[9];
    const uint32_t count = digits < 8 ? digits : 8;
    for (uint32_t i = 0; i < count; ++i) {
        text[i] = figures[value >> (4 * (count - 1 - i)) & 15U];
    }
    text[count] = '\0';
    write(text);
}

}  // namespace dynbal::board
