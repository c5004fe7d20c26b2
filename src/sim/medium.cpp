#include "sim/medium.hpp"

#include <algorithm>
#include <cstring>
#include <set>

#include "base/crc32.hpp"
#include "base/math.hpp"
#include "base/random.hpp"

namespace dynbal::sim {

/// The whole line that holds this byte; the memory's last may be shorter.
std::span<std::byte> Medium::line_at(uint32_t offset) {
    const uint32_t begin = offset / class_.line_bytes * class_.line_bytes;
    return std::span(bytes_).subspan(begin, std::min<size_t>(class_.line_bytes, bytes_.size() - begin));
}

void Medium::write(uint32_t offset, std::span<const std::byte> source) {
    if (source.empty()) return;
    if (class_.any_order) remember(offset, offset + static_cast<uint32_t>(source.size()));
    std::memcpy(bytes_.data() + offset, source.data(), source.size());
}

void Medium::remember(uint32_t begin, uint32_t end) {
    for (uint32_t at = begin / class_.line_bytes * class_.line_bytes; at < end; at += class_.line_bytes) {
        LineBefore& before = overtakable_.emplace_back();
        before.offset = at;
        const std::span<const std::byte> line = line_at(at);
        std::copy(line.begin(), line.end(), before.content.begin());
    }
}

void Medium::tear(uint32_t offset, std::span<const std::byte> source, size_t paid) {
    if (defect_ == Defect::descending_writes) {
        const size_t first = source.size() - paid;
        write(offset + static_cast<uint32_t>(first), source.subspan(first));
        return;
    }
    // The line of the first byte that was not paid for is the one that tears.
    const auto next = offset + static_cast<uint32_t>(paid);
    const uint32_t line_begin = next / class_.line_bytes * class_.line_bytes;
    const uint32_t whole = line_begin > offset ? line_begin - offset : 0;
    write(offset, source.first(whole));
    if (class_.torn == Torn::becomes_new) {
        const size_t end = std::min<size_t>(source.size(), line_begin + class_.line_bytes - offset);
        write(offset + whole, source.subspan(whole, end - whole));
    } else if (class_.torn == Torn::garbage) {
        if (class_.any_order) remember(next, next + 1);
        spoil_line(next);
    }
}

/// No byte of it keeps its value.
void Medium::spoil_line(uint32_t offset) {
    const std::span<std::byte> line = line_at(offset);
    const uint64_t seed = crc32(line, offset);
    for (size_t i = 0; i < line.size(); ++i) {
        line[i] ^= static_cast<std::byte>(in_range(random64(seed, i), 1, 0xFF));
    }
}

void Medium::lose_power() {
    uint64_t seed = overtakable_.size();
    for (const LineBefore& before : overtakable_) {
        seed = hash64(seed ^ crc32(before.content) ^ (uint64_t{crc32(line_at(before.offset))} << 32U));
    }
    // From the last write back: the first of a line's writes that is found to have arrived is what the line holds.
    std::set<uint32_t> settled;
    for (size_t i = overtakable_.size(); i-- > 0;) {
        const LineBefore& before = overtakable_[i];
        if (settled.count(before.offset) != 0) continue;
        if ((random64(seed, i) & 1U) != 0) {
            settled.insert(before.offset);
            continue;
        }
        const std::span<std::byte> line = line_at(before.offset);
        std::copy_n(before.content.begin(), line.size(), line.begin());
    }
    overtakable_.clear();
}

}  // namespace dynbal::sim
