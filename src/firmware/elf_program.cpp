#include "firmware/elf_program.hpp"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/error.hpp"
#include "io/file.hpp"

namespace dynbal::firmware {

ElfProgram::ElfProgram(const std::string& path) : path_(path), bytes_(io::read_file(path)) { check_header(); }

void ElfProgram::refuse(const std::string& reason) const {
    throw InputError(path_ + ": " + reason + "; build the boards again: ./dev boards");
}

template <typename T>
T ElfProgram::at(uint64_t offset) const {
    if (offset > bytes_.size() || sizeof(T) > bytes_.size() - offset) refuse("the ELF file is cut short");
    T value{};
    std::memcpy(&value, bytes_.data() + offset, sizeof(T));
    return value;
}

void ElfProgram::check_header() const {
    const auto header = at<Elf32_Ehdr>(0);
    const bool is_elf = std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0;
    if (!is_elf || header.e_ident[EI_CLASS] != ELFCLASS32 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
        header.e_machine != EM_ARM || header.e_type != ET_EXEC || header.e_phentsize != sizeof(Elf32_Phdr) ||
        header.e_shentsize != sizeof(Elf32_Shdr)) {
        refuse("no 32-bit Arm program");
    }
}

uint32_t ElfProgram::symbol(const std::string& name) const {
    const auto header = at<Elf32_Ehdr>(0);
    for (uint32_t i = 0; i < header.e_shnum; ++i) {
        const auto table = at<Elf32_Shdr>(header.e_shoff + uint64_t{i} * sizeof(Elf32_Shdr));
        if (table.sh_type != SHT_SYMTAB) continue;
        const auto strings = at<Elf32_Shdr>(header.e_shoff + uint64_t{table.sh_link} * sizeof(Elf32_Shdr));
        for (uint64_t at_byte = 0; at_byte + sizeof(Elf32_Sym) <= table.sh_size; at_byte += sizeof(Elf32_Sym)) {
            const auto entry = at<Elf32_Sym>(table.sh_offset + at_byte);
            const uint64_t text = uint64_t{strings.sh_offset} + entry.st_name;
            if (text + name.size() >= bytes_.size()) continue;
            if (std::memcmp(bytes_.data() + text, name.c_str(), name.size() + 1) == 0) return entry.st_value;
        }
    }
    refuse("there is no symbol " + name);
}

uint32_t ElfProgram::payload_room() const { return symbol("payload_limit") - symbol("payload_begin"); }

uint32_t ElfProgram::arena_bytes() const { return symbol("arena_end") - symbol("arena_begin"); }

uint32_t ElfProgram::entry() const { return at<Elf32_Ehdr>(0).e_entry; }

void ElfProgram::set_payload(std::span<const uint8_t> payload) {
    if (payload.size() > payload_room()) {
        throw InputError(
            fmt::format("the board has {} bytes of flash behind its program, the model and its input need {}",
                        payload_room(), payload.size()));
    }
    const uint32_t begin = symbol("payload_begin");
    const auto header = at<Elf32_Ehdr>(0);
    const auto place = static_cast<uint32_t>((bytes_.size() + 3) / 4 * 4);
    const auto size = static_cast<uint32_t>(payload.size());
    bool placed = false;
    for (uint32_t i = 0; i < header.e_phnum; ++i) {
        const uint64_t offset = header.e_phoff + uint64_t{i} * sizeof(Elf32_Phdr);
        auto segment = at<Elf32_Phdr>(offset);
        if (segment.p_type != PT_LOAD || segment.p_paddr != begin || segment.p_filesz == 0) continue;
        segment.p_offset = place;
        segment.p_filesz = segment.p_memsz = size;
        segment.p_align = 4;
        std::memcpy(bytes_.data() + offset, &segment, sizeof(segment));
        placed = true;
    }
    if (!placed) refuse("no segment begins at payload_begin");
    for (uint32_t i = 0; i < header.e_shnum; ++i) {
        const uint64_t offset = header.e_shoff + uint64_t{i} * sizeof(Elf32_Shdr);
        auto section = at<Elf32_Shdr>(offset);
        if (section.sh_addr != begin || section.sh_type != SHT_PROGBITS || section.sh_size == 0) continue;
        section.sh_offset = place;
        section.sh_size = size;
        std::memcpy(bytes_.data() + offset, &section, sizeof(section));
    }
    bytes_.resize(place);
    bytes_.insert(bytes_.end(), payload.begin(), payload.end());
}

std::vector<Segment> ElfProgram::segments() const {
    const auto header = at<Elf32_Ehdr>(0);
    std::vector<Segment> segments;
    for (uint32_t i = 0; i < header.e_phnum; ++i) {
        const auto segment = at<Elf32_Phdr>(header.e_phoff + uint64_t{i} * sizeof(Elf32_Phdr));
        if (segment.p_type != PT_LOAD || segment.p_filesz == 0) continue;
        if (uint64_t{segment.p_offset} + segment.p_filesz > bytes_.size()) refuse("the ELF file is cut short");
        const auto first = bytes_.begin() + segment.p_offset;
        segments.push_back({segment.p_paddr, {first, first + segment.p_filesz}});
    }
    std::sort(segments.begin(), segments.end(),
              [](const Segment& a, const Segment& b) { return a.address < b.address; });
    for (size_t i = 1; i < segments.size(); ++i) {
        const uint64_t end = uint64_t{segments[i - 1].address} + segments[i - 1].bytes.size();
        constexpr uint64_t gap_max = 1U << 20U;
        if (segments[i].address < end || segments[i].address > end + gap_max) {
            refuse("its segments are not one flash image");
        }
    }
    if (segments.empty()) refuse("nothing is to be loaded");
    return segments;
}

std::vector<uint8_t> flat_image(const std::vector<Segment>& segments) {
    std::vector<uint8_t> image;
    for (const Segment& segment : segments) {
        image.resize(segment.address - segments.front().address, 0xFF);
        image.insert(image.end(), segment.bytes.begin(), segment.bytes.end());
    }
    return image;
}

namespace {

enum class HexRecord : uint8_t { data = 0, end_of_file = 1, upper_address = 4, start_address = 5 };

void append_record(std::string& text, HexRecord type, uint32_t address, std::span<const uint8_t> bytes) {
    const auto count = static_cast<uint8_t>(bytes.size());
    const auto high = static_cast<uint8_t>(address >> 8U & 0xFFU);
    const auto low = static_cast<uint8_t>(address & 0xFFU);
    uint32_t sum = uint32_t{count} + high + low + static_cast<uint32_t>(type);
    text += fmt::format(":{:02X}{:02X}{:02X}{:02X}", count, high, low, static_cast<uint32_t>(type));
    for (const uint8_t byte : bytes) {
        text += fmt::format("{:02X}", byte);
        sum += byte;
    }
    text += fmt::format("{:02X}\n", (0x100U - (sum & 0xFFU)) & 0xFFU);
}

}  // namespace

std::string intel_hex(const std::vector<Segment>& segments, uint32_t entry) {
    constexpr uint32_t record_bytes = 16;
    std::string text;
    uint32_t upper = 0;
    for (const Segment& segment : segments) {
        const auto size = static_cast<uint32_t>(segment.bytes.size());
        for (uint32_t done = 0; done < size;) {
            const uint32_t address = segment.address + done;
            if (address >> 16U != upper) {
                upper = address >> 16U;
                const uint8_t bytes[2] = {static_cast<uint8_t>(upper >> 8U), static_cast<uint8_t>(upper & 0xFFU)};
                append_record(text, HexRecord::upper_address, 0, bytes);
            }
            // A record never crosses 64 KB.
            const uint32_t to_border = 0x10000U - (address & 0xFFFFU);
            const uint32_t count = std::min({record_bytes, to_border, size - done});
            append_record(text, HexRecord::data, address, {segment.bytes.data() + done, count});
            done += count;
        }
    }
    const uint8_t start[4] = {static_cast<uint8_t>(entry >> 24U), static_cast<uint8_t>(entry >> 16U & 0xFFU),
                              static_cast<uint8_t>(entry >> 8U & 0xFFU), static_cast<uint8_t>(entry & 0xFFU)};
    append_record(text, HexRecord::start_address, 0, start);
    append_record(text, HexRecord::end_of_file, 0, {});
    return text;
}

}  // namespace dynbal::firmware
