#include "qemu-mps2-an386/mapped_nvm.hpp"

#include <cstring>

namespace dynbal::board {
namespace {

constexpr size_t block_bytes = 32;

bool are_aligned(const void* a, const void* b) {
    return ((reinterpret_cast<uintptr_t>(a) | reinterpret_cast<uintptr_t>(b)) & 3U) == 0;
}

/// Blocks of eight registers; both addresses are multiples of 4.
void copy_blocks(std::byte* target, const std::byte* source, size_t blocks) {
    asm volatile(
        "1:\n"
        "ldmia %[source]!, {r3, r4, r5, r6, r8, r9, r10, r12}\n"
        "stmia %[target]!, {r3, r4, r5, r6, r8, r9, r10, r12}\n"
        "subs %[blocks], #1\n"
        "bne 1b\n"
        : [source] "+r"(source), [target] "+r"(target), [blocks] "+r"(blocks)
        :
        : "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r12", "cc", "memory");
}

/// memcpy promises no order; this goes upwards.
void copy_upwards(std::byte* target, const std::byte* source, size_t bytes) {
    size_t done = 0;
    if (are_aligned(target, source) && bytes >= block_bytes) {
        copy_blocks(target, source, bytes / block_bytes);
        done = bytes / block_bytes * block_bytes;
    }
    for (; done + sizeof(uint32_t) <= bytes; done += sizeof(uint32_t)) {
        uint32_t word = 0;
        std::memcpy(&word, source + done, sizeof(word));
        std::memcpy(target + done, &word, sizeof(word));
        asm volatile("" ::: "memory");
    }
    for (; done < bytes; ++done) {
        target[done] = source[done];
        asm volatile("" ::: "memory");
    }
}

}  // namespace

void MappedNvm::read(uint32_t offset, std::span<std::byte> target) {
    copy_upwards(target.data(), base_ + offset, target.size());
}

void MappedNvm::write(uint32_t offset, std::span<const std::byte> source) {
    copy_upwards(base_ + offset, source.data(), source.size());
}

}  // namespace dynbal::board
