//! Firmware for a board: its program with a device image and an input behind it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "firmware/elf_program.hpp"
#include "image_file/image_file.hpp"

namespace dynbal::firmware {

struct PayloadOptions {
    PolicyKind policy = PolicyKind::best;
    uint32_t inferences = 1;  ///< 0: never stop
};

/// The image as a firmware with this input installs it (ImageHeader::installation).
std::vector<std::byte> installed_image(const ImageFile& file, std::span<const int16_t> input);

/// The bytes of src/image/payload.hpp. `input`: 15-bit values in engine order.
std::vector<uint8_t> make_payload(const ImageFile& file, std::span<const int16_t> input, const PayloadOptions& options);

/// Folders where programs of boards may lie, the first wins: $DYNBAL_BOARDS, boards/ beside this program, or one above.
std::vector<std::string> board_folders();
/// Names of the boards whose programs were built.
std::vector<std::string> board_names();
/// The program of a board: BOARD.elf in one of the folders. Throws InputError with the boards and folders there are, or if
/// $DYNBAL_BOARDS is no folder.
ElfProgram board_program(const std::string& name);

/// How a program for a board is started, as a command for a shell; "" of a board that is not ours.
std::string start_command(const std::string& board, const std::string& elf);

/// What a board's program takes, as its build measured it (tools/size_report.py).
struct BoardSize {
    std::string board;
    uint64_t code_bytes = 0, constant_bytes = 0, static_ram_bytes = 0;
    uint64_t worst_stack_bytes = 0;  ///< an upper bound, from the call graph
    uint64_t arena_bytes = 0;        ///< what is left of SRAM for tiles
};
/// Of all boards whose programs were built. Throws InputError for a file that is not what the build writes.
std::vector<BoardSize> board_sizes();

/// A board's program with this payload. Throws InputError if the model does not fit the board.
ElfProgram make_firmware(const std::string& board, const ImageFile& file, std::span<const int16_t> input,
                         const PayloadOptions& options);

}  // namespace dynbal::firmware
