#include "io/isolated.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <fstream>
#include <string_view>

#include "base/error.hpp"

namespace dynbal::io {
namespace {

// The first byte of an answer.
constexpr char good = '+', refused = '-';

void write_all(int target, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(target, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) ::_exit(1);
        text.remove_prefix(static_cast<size_t>(written));
    }
}

/// A damaged file may say that it holds more than any machine. Where the system does not tell what is taken already, nothing is limited.
void limit_memory(uint64_t more_bytes) {
    uint64_t pages = 0, ignored = 0;
    std::ifstream counts("/proc/self/statm");
    if (!(counts >> ignored >> ignored >> ignored >> ignored >> ignored >> pages)) return;
    const rlim_t bytes = pages * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE)) + more_bytes;
    const rlimit memory{bytes, bytes};
    ::setrlimit(RLIMIT_DATA, &memory);
}

/// A fault here is expected: no core, no report of a sanitizer or fuzzer.
void be_silent(rlim_t seconds_max) {
    for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGXCPU, SIGALRM}) std::signal(signal, SIG_DFL);
    const rlimit no_core{0, 0};
    const rlimit time{seconds_max, seconds_max};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ::setrlimit(RLIMIT_CPU, &time);
    const int nothing = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nothing >= 0) ::dup2(nothing, STDERR_FILENO);
}

[[noreturn]] void answer(int target, const Limits& limits, const std::function<std::string()>& work) {
    be_silent(limits.seconds);
    limit_memory(limits.memory_bytes);
    try {
        const std::string result = work();
        write_all(target, std::string_view(&good, 1));
        write_all(target, result);
        ::_exit(0);
    } catch (const InputError& error) {
        write_all(target, std::string_view(&refused, 1));
        write_all(target, error.what());
        ::_exit(0);
    } catch (...) {
        ::_exit(1);
    }
}

std::string read_all(int source) {
    std::string text;
    std::array<char, 65536> block{};
    for (;;) {
        const ssize_t count = ::read(source, block.data(), block.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return text;
        text.append(block.data(), static_cast<size_t>(count));
    }
}

}  // namespace

std::string isolated(const std::string& what, const Limits& limits, const std::function<std::string()>& work) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw InputError(what + ": cannot be read: " + std::strerror(errno));
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        answer(ends[1], limits, work);
    }
    const int fork_error = errno;
    ::close(ends[1]);
    if (child < 0) {
        ::close(ends[0]);
        throw InputError(what + ": cannot be read: " + std::strerror(fork_error));
    }
    const std::string text = read_all(ends[0]);
    ::close(ends[0]);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || text.empty()) {
        throw InputError(what + ": cannot be read: the file is damaged (the library that reads it has failed on it)");
    }
    if (text.front() == refused) throw InputError(text.substr(1));
    return text.substr(1);
}

}  // namespace dynbal::io
