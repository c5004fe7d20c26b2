#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <memory>

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/output_file.hpp"
#include "cli/program.hpp"
#include "firmware/c_header.hpp"
#include "firmware/firmware.hpp"
#include "input/sample_set.hpp"
#include "io/file.hpp"
#include "sim/session.hpp"

namespace dynbal::cli {
namespace {

struct FirmwareArguments {
    ImageArguments image;
    std::string input;
    std::string board;
    std::string output;
    std::string header;
    std::string policy = policy_of(default_policy).name;
    uint32_t inferences = 1;
};

constexpr std::array<const char*, 3> endings{".elf", ".bin", ".hex"};

std::string board_help() {
    const std::vector<std::string> names = firmware::board_names();
    if (names.empty()) return "Board whose program is taken; none was built yet: ./dev boards builds them";
    return fmt::format("Board whose program is taken: {} (./dev boards builds them)", fmt::join(names, ", "));
}

/// OUT.elf, OUT.bin and OUT.hex, whether the user wrote the ending or not.
std::string stem_of(const std::string& output) {
    for (const char* ending : endings) {
        if (output.ends_with(ending)) return output.substr(0, output.size() - 4);
    }
    return output;
}

/// Before anything is made: where the files go is not taken by a folder, and not by what is read.
std::string checked_stem(const FirmwareArguments& arguments) {
    std::string stem = stem_of(arguments.output);
    std::error_code error;
    if (std::filesystem::path(stem).filename().empty() || std::filesystem::is_directory(arguments.output, error)) {
        throw InputError("-o: '" + arguments.output +
                         "' names no file; give a name such as DIR/NAME, for NAME.elf, "
                         "NAME.bin and NAME.hex in DIR");
    }
    for (const char* ending : endings) {
        check_output("-o", stem + ending, {arguments.image.path, input::file_of(arguments.input)});
    }
    return stem;
}

/// For programs of one's own: the image alone, no board's.
void write_header(const FirmwareArguments& arguments, Context& context) {
    check_output("--header", arguments.header, {arguments.image.path});
    const ImageFile file = arguments.image.read();
    const std::string text = firmware::c_header(file, std::filesystem::path(arguments.header).stem().string());
    io::write_file(arguments.header, text);
    context.print({{"header", arguments.header}, {"image_bytes", file.header().image_bytes}},
                  fmt::format("Wrote {}: {} bytes of image, what it needs, and how values become its input.\n",
                              arguments.header, grouped(file.header().image_bytes)));
}

void run_board(const FirmwareArguments& arguments, Context& context) {
    if (arguments.input.empty() || arguments.board.empty()) {
        throw InputError("a board's program needs --input, --board and -o; --header alone writes a header for C");
    }
    const std::string stem = checked_stem(arguments);
    firmware::PayloadOptions options;
    options.policy = sim::parse_policy(arguments.policy);
    options.inferences = arguments.inferences;
    const ImageFile file = arguments.image.read();
    const std::vector<int16_t> input = read_input(context, file, arguments.input, arguments.image.scale_for(file));
    const firmware::ElfProgram program = firmware::make_firmware(arguments.board, file, input, options);
    check_board(file, arguments.board, context);
    const std::vector<firmware::Segment> segments = program.segments();
    const std::vector<uint8_t> flat = firmware::flat_image(segments);
    io::write_file(stem + ".elf", program.file());
    io::write_file(stem + ".bin", flat);
    io::write_file(stem + ".hex", firmware::intel_hex(segments, program.entry()));
    const uint32_t room = program.payload_room();
    const size_t payload = segments.back().bytes.size();
    const std::string start = firmware::start_command(arguments.board, stem + ".elf");
    context.print(
        {{"board", arguments.board},
         {"files", {stem + ".elf", stem + ".bin", stem + ".hex"}},
         {"flash_bytes", flat.size()},
         {"program_bytes", flat.size() - payload},
         {"payload_bytes", payload},
         {"flash_free_bytes", room - payload},
         {"arena_bytes", program.arena_bytes()}},
        fmt::format("Wrote {0}.elf, {0}.bin and {0}.hex: {1} bytes of flash (program {2}, model and input {3}), "
                    "{4} bytes left.\n{5}",
                    stem, grouped(flat.size()), grouped(flat.size() - payload), grouped(payload),
                    grouped(room - payload), start.empty() ? "" : "To start it: " + start + "\n"));
}

void run(const FirmwareArguments& arguments, Context& context) {
    arguments.header.empty() ? run_board(arguments, context) : write_header(arguments, context);
}

}  // namespace

void add_firmware(CLI::App& app, Context& context) {
    CLI::App* command =
        app.add_subcommand("firmware", "Make a board's program with an image and an input in it, or a header for C");
    const auto arguments = std::make_shared<FirmwareArguments>();
    arguments->image.add_to(*command, true);
    add_input(*command, arguments->input);
    CLI::Option* const input = command->get_option("--input")->required(false);
    CLI::Option* const board = command->add_option("--board", arguments->board, board_help());
    CLI::Option* const output =
        command->add_option("-o,--output", arguments->output, "OUT: writes OUT.elf, OUT.bin and OUT.hex");
    command
        ->add_option("--header", arguments->header,
                     "FILE.h: instead writes a header for a C program, with image, sizes and scales")
        ->excludes(input)
        ->excludes(board)
        ->excludes(output);
    add_policy(*command, arguments->policy);
    command
        ->add_option("--inferences", arguments->inferences, "Number of inferences before it stops; 0: it never stops")
        ->capture_default_str();
    add_json(*command, context);
    command->callback([arguments, &context] { run(*arguments, context); });
}

}  // namespace dynbal::cli
