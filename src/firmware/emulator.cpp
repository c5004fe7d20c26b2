#include "firmware/emulator.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <vector>

#include "base/error.hpp"
#include "firmware/power_failure.hpp"

namespace dynbal::firmware {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* emulator = "qemu-system-arm";
// The machine insists on exactly the size of its PSRAM.
constexpr uint64_t psram_bytes = 16U << 20U;
// A program that neither answers nor ends is stuck.
constexpr std::chrono::seconds life_max{300};

/// The reading end of a pipe whose writing end is the standard output of a child.
struct Child {
    pid_t pid = -1;
    int output = -1;
};

std::vector<std::string> arguments_of(const std::string& elf, const std::string& nvm) {
    return {emulator,
            "-display",
            "none",
            "-monitor",
            "none",
            "-serial",
            "none",
            "-object",
            "memory-backend-file,id=nvm,share=on,size=16M,mem-path=" + nvm,
            "-M",
            "mps2-an386,memory-backend=nvm",
            "-chardev",
            "stdio,id=console,signal=off",
            "-semihosting-config",
            "enable=on,target=native,chardev=console",
            "-kernel",
            elf};
}

Child spawn(const std::vector<std::string>& arguments) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw InputError(std::string("no pipe: ") + std::strerror(errno));
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::vector<char*> words;
    words.reserve(arguments.size() + 1);
    for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
    words.push_back(nullptr);
    Child child;
    const int error = posix_spawnp(&child.pid, emulator, &actions, nullptr, words.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    child.output = ends[0];
    if (error == 0) return child;
    close(child.output);
    throw InputError(std::string(emulator) + " cannot be started: " + std::strerror(error) +
                     "; install the package qemu-system-arm");
}

/// Reads until the child closes its output, time is up, or, if `any` is enough, something was said; true: time is up.
bool read_until(const Child& child, Clock::time_point deadline, std::string& text, bool any = false) {
    while (!any || text.empty()) {
        const auto left = std::chrono::duration_cast<std::chrono::microseconds>(deadline - Clock::now()).count();
        if (left <= 0) return true;
        const timespec wait{left / 1'000'000, left % 1'000'000 * 1000};
        pollfd descriptor{child.output, POLLIN, 0};
        const int ready = ppoll(&descriptor, 1, &wait, nullptr);
        if (ready < 0 && errno != EINTR) return true;
        if (ready <= 0) continue;
        std::array<char, 4096> buffer{};
        const ssize_t count = read(child.output, buffer.data(), buffer.size());
        if (count <= 0) return false;
        text.append(buffer.data(), static_cast<size_t>(count));
    }
    return false;
}

}  // namespace

Emulator::Emulator(std::string elf, std::string nvm, const NvmClass& nvm_class)
    : elf_(std::move(elf)), nvm_(std::move(nvm)) {
    const int file = open(nvm_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0) throw InputError(nvm_ + ": cannot open: " + std::strerror(errno) + "; it must be a file or absent");
    const int result = ftruncate(file, static_cast<off_t>(psram_bytes));
    close(file);
    if (result != 0) throw InputError(nvm_ + ": cannot make it 16 MiB long: " + std::strerror(errno));
    // QEMU reads a comma in a path as the end of it.
    if (nvm_.find(',') != std::string::npos) throw InputError(nvm_ + ": a path with a comma cannot be given to QEMU");
    if (!std::filesystem::is_regular_file(elf_)) throw InputError(elf_ + ": there is no such file");
    end_torn_line(nvm_);
    set_nvm_class(nvm_, nvm_class);
}

EmulatorRun Emulator::run(std::optional<uint64_t> life_us) const {
    const Child child = spawn(arguments_of(elf_, nvm_));
    EmulatorRun result;
    bool is_late = read_until(child, Clock::now() + life_max, result.text, true);
    const auto said_first = Clock::now();
    const Clock::time_point deadline =
        life_us ? said_first + std::chrono::microseconds(*life_us) : said_first + life_max;
    is_late = is_late || read_until(child, deadline, result.text);
    result.seconds = std::chrono::duration<double>(Clock::now() - said_first).count();
    if (is_late) kill(child.pid, SIGKILL);
    int status = 0;
    waitpid(child.pid, &status, 0);
    // What it had said before the kill may still be in the pipe.
    if (is_late) read_until(child, Clock::now() + std::chrono::seconds(1), result.text);
    close(child.output);
    end_torn_line(nvm_);
    result.text.resize(result.text.rfind('\n') == std::string::npos ? 0 : result.text.rfind('\n') + 1);
    result.killed = is_late && WIFSIGNALED(status);
    result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (is_late && !life_us) throw InputError(elf_ + ": the program did not end within five minutes");
    if (!result.killed && result.text.empty()) {
        throw InputError(std::string(emulator) + " ended with exit code " + std::to_string(result.exit_code) +
                         " before the program said anything; its message is above");
    }
    return result;
}

}  // namespace dynbal::firmware
