//! The emulated board: QEMU's mps2-an386 with a file behind its PSRAM, which outlives every kill of the emulator.
#include "common/application.hpp"
#include "common/cortex_m.hpp"
#include "qemu-mps2-an386/line_nvm.hpp"
#include "qemu-mps2-an386/mapped_nvm.hpp"
#include "qemu-mps2-an386/semihosting.hpp"

namespace dynbal::board {
namespace {

// Arm AN386 (DAI0386), memory map: 16 MB PSRAM.
constexpr uintptr_t psram_base = 0x21000000;
constexpr uint32_t psram_bytes = 16U << 20U;
constexpr uint32_t nvm_bytes = psram_bytes - sizeof(NvmLedger);

}  // namespace

int run() {
    MappedNvm bytes(psram_base);
    auto& ledger = *reinterpret_cast<NvmLedger*>(psram_base + nvm_bytes);
    LineNvm lines(bytes, ledger);
    SemihostingConsole console;
    Board board;
    board.name = "qemu-mps2-an386";
    board.nvm = &bytes;
    if (ledger.magic == NvmLedger::magic_expected) {
        board.nvm = &lines;
    }
    board.nvm_bytes = nvm_bytes;
    board.console = &console;
    return run_application(board);
}

void finish(int exit_code) { semihosting_exit(static_cast<uint32_t>(exit_code)); }

void unexpected_exception() {
    SemihostingConsole().write("error: the processor met a fault\n");
    finish(70);
}

}  // namespace dynbal::board
