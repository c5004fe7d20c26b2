#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <iostream>

#include "cli/program.hpp"

namespace {

/// A standard stream that is closed gets a stand-in: else the first file that is opened would take its number, and
/// results would be written into it. Writing to the stand-in fails, as it should.
void occupy_standard_streams() {
    for (int number = STDIN_FILENO; number <= STDERR_FILENO; ++number) {
        if (::fcntl(number, F_GETFD) < 0) (void)::open("/dev/null", O_RDONLY);
    }
}

}  // namespace

int main(int argc, char** argv) {
    occupy_standard_streams();
    // A file that may not become so large is an error like a full disk, and no end without a word.
    std::signal(SIGXFSZ, SIG_IGN);
    return dynbal::cli::run_program({argv + 1, argv + argc}, std::cout, std::cerr);
}
