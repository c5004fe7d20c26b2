#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/program.hpp"
#include "device/nvm_class.hpp"
#include "firmware/firmware.hpp"
#include "firmware/kill_test.hpp"
#include "image_file/memory_check.hpp"
#include "io/file.hpp"
#include "io/progress.hpp"
#include "sim/session.hpp"
#include "sim/supply.hpp"

namespace dynbal::cli {
namespace {

struct EmulateArguments {
    ImageArguments image;
    std::string input;
    std::string policy = policy_of(default_policy).name;
    uint32_t kills = 100;
    uint64_t seed = 1;
    std::string nvm;
    std::string folder;
};

/// A folder that is removed at the end unless the user named it.
class WorkFolder {
public:
    explicit WorkFolder(const std::string& named) : is_named_(!named.empty()) {
        if (is_named_) {
            path_ = named;
            std::error_code error;
            std::filesystem::create_directories(path_, error);
            if (error) throw InputError(named + ": cannot create this folder: " + error.message());
            return;
        }
        std::string pattern = io::temporary_folder() + "/dynbal-XXXXXX";
        if (mkdtemp(pattern.data()) == nullptr) throw InputError(pattern + ": cannot make a temporary folder");
        path_ = pattern;
    }
    ~WorkFolder() {
        std::error_code error;
        if (!is_named_) std::filesystem::remove_all(path_, error);
    }
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;

    std::string file(const char* name) const { return (path_ / name).string(); }

private:
    bool is_named_;
    std::filesystem::path path_;
};

/// What the same image answers in the simulator on steady power. The device's profile has no part in an answer.
std::vector<int16_t> host_answer(const ImageFile& file, const std::vector<int16_t>& input) {
    sim::Session session(file);
    const auto steady = sim::parse_supply("none");
    return session.run_inference(input, *steady, sim::RunOptions{}).output;
}

void check_built() {
    const std::vector<std::string> names = firmware::board_names();
    if (std::find(names.begin(), names.end(), firmware::emulated_board) != names.end()) return;
    throw InputError(
        fmt::format("emulate runs the program of the board {}, and there is none in {}; build it with ./dev boards, or "
                    "name its folder in DYNBAL_BOARDS",
                    firmware::emulated_board, fmt::join(firmware::board_folders(), ", ")));
}

void run(const EmulateArguments& arguments, Context& context) {
    check_built();
    firmware::PayloadOptions payload;
    payload.policy = sim::parse_policy(arguments.policy);
    payload.inferences = arguments.kills == 0 ? 1 : 0;
    const ImageFile file = arguments.image.read();
    const NvmClass nvm_class = arguments.nvm.empty() ? NvmClass{} : device::parse_nvm_class(arguments.nvm);
    check_memory(nvm_class, firmware::emulated_board);
    const std::vector<int16_t> input = read_input(context, file, arguments.input, arguments.image.scale_for(file));
    const WorkFolder folder(arguments.folder);
    check_board(file, firmware::emulated_board, context);
    const std::string elf = folder.file("firmware.elf");
    io::write_file(elf, firmware::make_firmware(firmware::emulated_board, file, input, payload).file());
    const std::string expected = firmware::output_text(host_answer(file, input));
    const firmware::Emulator emulator(elf, folder.file("nvm.bin"), nvm_class);
    if (arguments.kills == 0) {
        const std::string text = emulator.run().text;
        const bool right = text.find(" output " + expected + "\n") != std::string::npos;
        context.print({{"text", text}, {"same_as_host", right}},
                      text + (right ? "The same bits as on the host\n" : "NOT the same bits as on the host\n"));
        context.exit_code = right ? exit_ok : exit_failed;
        return;
    }
    firmware::KillOptions options;
    options.kills = arguments.kills;
    options.seed = arguments.seed;
    io::Progress progress("kills", arguments.kills);
    options.on_kill = [&progress] { progress.advance(); };
    const firmware::KillResult result = firmware::run_kill_test(emulator, expected, options);
    const bool good = result.wrong == 0 && result.inferences > 0;
    std::string text = fmt::format(
        "{} kills of the emulator, {} of them inside an inference; {} inferences ended: {} wrong\n",
        grouped(result.kills), grouped(result.killed_midway), grouped(result.inferences), grouped(result.wrong));
    if (result.wrong != 0) text += result.first_failure + "\n";
    if (result.inferences == 0) {
        text += "No inference ended: too few kills to say anything\n";
    } else if (result.killed_midway == 0) {
        text += "No kill came inside an inference: more --kills say more\n";
    }
    context.print({{"nvm", device::text_of(nvm_class)},
                   {"kills", result.kills},
                   {"killed_midway", result.killed_midway},
                   {"inferences", result.inferences},
                   {"answers", result.answers},
                   {"wrong", result.wrong},
                   {"failure", result.first_failure}},
                  text);
    context.exit_code = good ? exit_ok : exit_failed;
}

}  // namespace

void add_emulate(CLI::App& app, Context& context) {
    CLI::App* command =
        app.add_subcommand("emulate", "Run a model on an emulated Cortex-M4 (QEMU) that is killed at random moments");
    const auto arguments = std::make_shared<EmulateArguments>();
    arguments->image.add_to(*command, true);
    add_input(*command, arguments->input);
    add_policy(*command, arguments->policy);
    command
        ->add_option("--kills", arguments->kills,
                     "How often the emulator is killed (SIGKILL); 0: run once, undisturbed")
        ->capture_default_str();
    command->add_option("--seed", arguments->seed, "Seed of the random moments")->capture_default_str();
    add_nvm(*command, arguments->nvm, "byte");
    command->add_option("--keep", arguments->folder,
                        "Folder in which firmware.elf and nvm.bin are kept; a further call goes on with this nvm.bin");
    add_json(*command, context);
    command->callback([arguments, &context] { run(*arguments, context); });
}

}  // namespace dynbal::cli
