#include "experiment/journal.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.hpp"
#include "io/file.hpp"

namespace dynbal::experiment {
namespace {

[[noreturn]] void fail(const std::string& path, const char* what) {
    throw InputError(path + ": " + what + ": " + std::strerror(errno));
}

void write_all(int descriptor, std::string_view text, const std::string& path) {
    while (!text.empty()) {
        const ssize_t count = ::write(descriptor, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail(path, "cannot write");
        text.remove_prefix(static_cast<size_t>(count));
    }
}

}  // namespace

Journal::Journal(std::string path, bool anew) : path_(std::move(path)) {
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (descriptor_ < 0) fail(path_, "cannot open");
    try {
        if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
            throw InputError(path_ + ": another process is writing this sweep; wait for it or choose another folder");
        }
        if (anew) cut(0);
        recover();
    } catch (...) {
        ::close(descriptor_);
        throw;
    }
}

Journal::~Journal() { ::close(descriptor_); }

void Journal::recover() {
    const std::string text = io::read_text(path_);
    size_t begin = 0;
    for (size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
        try {
            rows_.push_back(row_of(nlohmann::ordered_json::parse(text.begin() + static_cast<std::ptrdiff_t>(begin),
                                                                 text.begin() + static_cast<std::ptrdiff_t>(end))));
        } catch (const nlohmann::json::exception&) {
            if (end + 1 == text.size()) break;  // a crash of the computer may leave anything in the last line
            throw InputError(path_ + ":" + std::to_string(rows_.size() + 1) +
                             ": damaged line; remove the folder, or start anew with --restart");
        }
        begin = end + 1;
    }
    if (begin != text.size()) cut(begin);
}

void Journal::cut(size_t bytes) {
    if (::ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0) fail(path_, "cannot shorten");
}

void Journal::append(const std::vector<Row>& rows) {
    const std::string lines = json_lines_of(rows);
    const std::lock_guard lock(appending_);
    write_all(descriptor_, lines, path_);
    if (::fdatasync(descriptor_) != 0) fail(path_, "cannot write");
}

}  // namespace dynbal::experiment
