//! A board's program as the build made it: a 32-bit Arm ELF file whose last segment is a placeholder for the payload.
//! Format: "ELF for the Arm Architecture" (IHI 0044) and the System V ABI; structures from the C library's <elf.h>.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace dynbal::firmware {

/// What is loaded to one place in flash.
struct Segment {
    uint32_t address = 0;  ///< where it lies in flash
    std::vector<uint8_t> bytes;
};

class ElfProgram {
public:
    /// Reads and checks a file. Throws InputError.
    explicit ElfProgram(const std::string& path);

    /// Value of a symbol of the linker script. Throws InputError if there is none.
    uint32_t symbol(const std::string& name) const;
    /// Room for a payload, from payload_begin to the end of flash.
    uint32_t payload_room() const;
    /// Bytes of SRAM for the tile arena.
    uint32_t arena_bytes() const;
    uint32_t entry() const;

    /// Puts the payload into the place of the placeholder, or of an earlier payload. Throws InputError if there is no room.
    void set_payload(std::span<const uint8_t> payload);

    /// The whole file as it is now.
    const std::vector<uint8_t>& file() const { return bytes_; }
    /// What is loaded, by ascending address.
    std::vector<Segment> segments() const;

private:
    template <typename T>
    T at(uint64_t offset) const;
    [[noreturn]] void refuse(const std::string& reason) const;
    void check_header() const;

    std::string path_;
    std::vector<uint8_t> bytes_;
};

/// One image of flash from the lowest address on, gaps as erased flash (0xFF).
std::vector<uint8_t> flat_image(const std::vector<Segment>& segments);
/// The same as Intel HEX (Intel, "Hexadecimal Object File Format Specification", revision A).
std::string intel_hex(const std::vector<Segment>& segments, uint32_t entry);

}  // namespace dynbal::firmware
