#include "qemu-mps2-an386/line_nvm.hpp"

#include <cstring>

#include "base/math.hpp"

namespace dynbal::board {
namespace {

/// What was stored before is stored before what comes: an emulator that is killed leaves a prefix of its stores.
void keep_order() { asm volatile("" ::: "memory"); }

}  // namespace

void LineNvm::write(uint32_t offset, std::span<const std::byte> source) {
    while (!source.empty()) {
        const uint32_t left = ledger_->line_bytes - offset % ledger_->line_bytes;
        const uint32_t bytes = min_u32(left, static_cast<uint32_t>(source.size()));
        write_line(offset, source.first(bytes));
        offset += bytes;
        source = source.subspan(bytes);
    }
}

/// A part of a line is written by reading the line, changing it, and writing it back.
void LineNvm::write_line(uint32_t offset, std::span<const std::byte> part) {
    const uint32_t inside = offset % ledger_->line_bytes;
    const std::span<std::byte> after(ledger_->after, ledger_->line_bytes);
    ledger_->offset = offset - inside;
    memory_->read(ledger_->offset, std::span(ledger_->before, ledger_->line_bytes));
    std::memcpy(ledger_->after, ledger_->before, after.size());
    std::memcpy(ledger_->after + inside, part.data(), part.size());
    keep_order();
    ledger_->is_open = 1;
    keep_order();
    memory_->write(ledger_->offset, after);
    keep_order();
    ledger_->is_open = 0;
    keep_order();
}

}  // namespace dynbal::board
