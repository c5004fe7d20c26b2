//! NVM that is written line by line, each whole or torn, on the byte-addressed memory of the emulated board.
#pragma once

#include "platform/nvm_ledger.hpp"
#include "qemu-mps2-an386/mapped_nvm.hpp"

namespace dynbal::board {

class LineNvm final : public Nvm {
public:
    /// `ledger` lies in what survives the emulator, too. Both must outlive this.
    LineNvm(MappedNvm& memory, NvmLedger& ledger) : memory_(&memory), ledger_(&ledger) {}

    void read(uint32_t offset, std::span<std::byte> target) override { memory_->read(offset, target); }
    void write(uint32_t offset, std::span<const std::byte> source) override;
    NvmClass nvm_class() const override { return {ledger_->line_bytes, ledger_->torn, false}; }

private:
    void write_line(uint32_t offset, std::span<const std::byte> part);

    MappedNvm* memory_;
    NvmLedger* ledger_;
};

}  // namespace dynbal::board
