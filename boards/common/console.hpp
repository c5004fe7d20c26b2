//! Text to people and to the host's tests: one line each, no formatting library.
#pragma once

#include <cstdint>

namespace dynbal::board {

class Console {
public:
    /// Zero-terminated; returns when the text is on its way.
    virtual void write(const char* text) = 0;
    /// What only helps a person who watches, and comes at each boot: nothing where writing takes time and energy.
    virtual void note(const char* text) { write(text); }

    void write_decimal(int64_t value);
    void write_hex(uint32_t value, uint32_t digits);

protected:
    ~Console() = default;
};

}  // namespace dynbal::board
