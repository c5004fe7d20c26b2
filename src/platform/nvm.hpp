//! Non-volatile memory as the engine sees it. A board implements this once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace dynbal {

/// What becomes of the line that is being written when power fails.
enum class Torn : uint8_t {
    stays_old,
    becomes_new,  ///< it is written to its end with what energy is left
    garbage,      ///< its bytes may be anything, also those that the write was not about
};

/// What power failure leaves of the writes to a memory (SPEC.md, "Classes of NVM"). A write goes line by line, in ascending
/// order; a part of a line is written by reading the line, changing it, and writing it back.
struct NvmClass {
    uint8_t line_bytes = 1;  ///< written at once: 1, 4, 8 or 16, aligned to as many
    Torn torn = Torn::stays_old;
    bool any_order = false;  ///< of the lines written since the last barrier any may have arrived, and any not

    constexpr bool operator==(const NvmClass&) const = default;
};

/// Byte-addressed NVM. Contract with the engine: lines are written one after the other, in ascending order; when power
/// fails, those before the one that is being written are there, and nothing of those behind it.
class Nvm {
public:
    virtual void read(uint32_t offset, std::span<std::byte> target) = 0;
    virtual void write(uint32_t offset, std::span<const std::byte> source) = 0;
    /// What was written before is there before anything that is written behind: for memories whose writes may overtake
    /// each other.
    virtual void barrier() {}
    virtual NvmClass nvm_class() const { return {}; }

protected:
    ~Nvm() = default;
};

}  // namespace dynbal
