#include "firmware/firmware.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/crc32.hpp"
#include "base/error.hpp"
#include "engine/engine.hpp"
#include "image/payload.hpp"
#include "io/file.hpp"
#include "io/shell_word.hpp"

namespace dynbal::firmware {
namespace fs = std::filesystem;
namespace {

/// Empty if the user names none.
std::string named_folder() {
    const char* const named = std::getenv("DYNBAL_BOARDS");
    return named == nullptr ? "" : named;
}

void check_named_folder() {
    const std::string named = named_folder();
    std::error_code error;
    if (!named.empty() && !fs::is_directory(named, error)) {
        throw InputError(fmt::format("DYNBAL_BOARDS={} is no folder", named));
    }
}

}  // namespace

std::vector<std::byte> installed_image(const ImageFile& file, std::span<const int16_t> input) {
    std::vector<std::byte> image(file.image.begin(), file.image.begin() + file.header().image_bytes);
    ImageHeader header = file.header();
    header.installation = crc32(std::as_bytes(input));
    header.header_crc = header_crc(header);
    std::memcpy(image.data(), &header, sizeof(header));
    return image;
}

std::vector<uint8_t> make_payload(const ImageFile& file, std::span<const int16_t> input,
                                  const PayloadOptions& options) {
    PayloadHeader header;
    header.policy = static_cast<uint16_t>(options.policy);
    header.image_bytes = file.header().image_bytes;
    header.input_values = static_cast<uint32_t>(input.size());
    header.inferences = options.inferences;
    std::vector<uint8_t> payload(payload_bytes(header));
    const std::vector<std::byte> image = installed_image(file, input);
    std::memcpy(payload.data() + payload_image_offset(), image.data(), image.size());
    std::memcpy(payload.data() + payload_input_offset(header), input.data(), input.size_bytes());
    header.crc = payload_crc(header, std::as_bytes(std::span(payload)));
    std::memcpy(payload.data(), &header, sizeof(header));
    return payload;
}

std::vector<std::string> board_folders() {
    std::vector<std::string> folders;
    if (const std::string named = named_folder(); !named.empty()) folders.push_back(named);
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    if (!error) {
        folders.push_back(program.parent_path() / "boards");
        folders.push_back(program.parent_path().parent_path() / "boards");
    }
    return folders;
}

std::vector<std::string> board_names() {
    std::vector<std::string> names;
    for (const std::string& folder : board_folders()) {
        std::error_code error;
        for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
            if (entry.path().extension() != ".elf" || !entry.is_regular_file(error)) continue;
            names.push_back(entry.path().stem());
        }
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

std::vector<BoardSize> board_sizes() {
    check_named_folder();
    std::vector<BoardSize> sizes;
    for (const std::string& name : board_names()) {
        for (const std::string& folder : board_folders()) {
            std::error_code error;
            const fs::path path = fs::path(folder) / (name + ".size.json");
            if (!fs::is_regular_file(path, error)) continue;
            try {
                const auto json = nlohmann::json::parse(io::read_text(path.string()));
                sizes.push_back({name, json.at("code_bytes"), json.at("constant_bytes"), json.at("static_ram_bytes"),
                                 json.at("worst_stack_bytes"), json.at("arena_bytes")});
            } catch (const nlohmann::json::exception& fault) {
                throw InputError(path.string() + ": " + fault.what() + "; build the boards again: ./dev boards");
            }
            break;
        }
    }
    return sizes;
}

std::string start_command(const std::string& board, const std::string& elf) {
    if (board == "msp432p401r") {
        // OpenOCD takes its words apart once more; braces keep one together.
        const std::string word = elf.find_first_of(" \t;$[]\"") == std::string::npos ? elf : "{" + elf + "}";
        return "openocd -f board/ti_msp432_launchpad.cfg -c " +
               io::shell_word("program " + word + " verify reset exit");
    }
    if (board == "qemu-mps2-an386") {
        return "qemu-system-arm -M mps2-an386 -nographic -semihosting-config enable=on,target=native -kernel " +
               io::shell_word(elf);
    }
    return "";
}

ElfProgram board_program(const std::string& name) {
    check_named_folder();
    for (const std::string& folder : board_folders()) {
        std::error_code error;
        const fs::path path = fs::path(folder) / (name + ".elf");
        if (name.find('/') == std::string::npos && fs::is_regular_file(path, error)) return ElfProgram(path);
    }
    const std::vector<std::string> names = board_names();
    if (names.empty()) {
        throw InputError(
            fmt::format("no program of any board was found in {}; build them with ./dev boards, or name their folder "
                        "in DYNBAL_BOARDS",
                        fmt::join(board_folders(), ", ")));
    }
    throw InputError(fmt::format("there is no board '{}'; there are: {}; searched: {}", name, fmt::join(names, ", "),
                                 fmt::join(board_folders(), ", ")));
}

ElfProgram make_firmware(const std::string& board, const ImageFile& file, std::span<const int16_t> input,
                         const PayloadOptions& options) {
    ElfProgram program = board_program(board);
    const uint32_t sram_bytes = Engine::sram_bytes_of(file.header());
    if (sram_bytes > program.arena_bytes()) {
        throw InputError(
            fmt::format("the image needs {} bytes of SRAM for its tiles, {} has {}; compile the model with the "
                        "--device of this board",
                        sram_bytes, board, program.arena_bytes()));
    }
    // The board reads the answer into half of it.
    if (uint64_t{file.header().output_values} * 2 * sizeof(int16_t) > program.arena_bytes()) {
        throw InputError(fmt::format("the {} values of the output are too many for the {} bytes of SRAM of {}",
                                     file.header().output_values, program.arena_bytes(), board));
    }
    program.set_payload(make_payload(file, input, options));
    return program;
}

}  // namespace dynbal::firmware
