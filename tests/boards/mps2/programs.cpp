#include "programs.hpp"

#include <filesystem>

#include "firmware/emulator.hpp"
#include "firmware/firmware.hpp"

namespace dynbal::test {

std::string kernel_check_path() {
    for (const std::string& folder : firmware::board_folders()) {
        const std::filesystem::path path = std::filesystem::path(folder) / "checks" / "kernel-check.elf";
        std::error_code error;
        if (std::filesystem::is_regular_file(path, error)) return path.string();
    }
    return "";
}

firmware::ElfProgram program_with(const Job432& job) {
    firmware::ElfProgram program = firmware::board_program(firmware::emulated_board);
    program.set_payload(job.payload);
    return program;
}

}  // namespace dynbal::test
