#include "io/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/error.hpp"

namespace dynbal::io {
namespace {

[[noreturn]] void fail(const std::string& path, const char* what, int error) {
    throw InputError(path + ": " + what + ": " + std::strerror(error));
}

[[noreturn]] void fail_to_create(const std::string& path, int error) {
    const std::string folder = std::filesystem::path(path).parent_path().string();
    if (error == ENOENT && !folder.empty()) {
        throw InputError(path + ": there is no folder " + folder + "; make it first");
    }
    if (error == ENOTDIR) throw InputError(path + ": cannot create: " + folder + " is no folder; choose another place");
    fail(path, "cannot create", error);
}

void check_name(const std::string& path) {
    if (path.empty()) throw InputError("the name of a file is empty; give one");
}

/// Owns a file descriptor.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int number() const { return number_; }

    /// Closes now, because only close() reports some write errors. False on error.
    bool close() {
        const int number = number_;
        number_ = -1;
        return ::close(number) == 0;
    }

private:
    int number_;
};

/// Removes the temporary file unless it was renamed.
class TemporaryName {
public:
    explicit TemporaryName(std::string path) : path_(std::move(path)) {}
    ~TemporaryName() {
        if (!path_.empty()) ::unlink(path_.c_str());
    }
    TemporaryName(const TemporaryName&) = delete;
    TemporaryName& operator=(const TemporaryName&) = delete;

    void renamed() { path_.clear(); }

private:
    std::string path_;
};

template <typename Bytes>
Bytes read_all(const std::string& path) {
    check_name(path);
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.number() < 0) fail(path, "cannot open", errno);
    struct stat status {};
    if (::fstat(file.number(), &status) != 0) fail(path, "cannot read", errno);
    if (S_ISDIR(status.st_mode)) throw InputError(path + ": cannot read: it is a folder; give a file");

    // /dev/zero would go on to the limit below; /dev/null is an empty file, and what is typed ends with Ctrl-D.
    const bool is_device = S_ISCHR(status.st_mode) && ::isatty(file.number()) != 1;

    // The size is a hint only: a pipe has none and a file may grow while it is read.
    Bytes bytes;
    size_t used = 0;
    const auto hint = static_cast<uint64_t>(status.st_size);
    size_t room = static_cast<size_t>(std::min(hint, file_bytes_max)) + 1;
    while (true) {
        if (used > file_bytes_max) throw InputError(path + ": larger than 2 GiB");
        if (used + room > bytes.size()) bytes.resize(used + room);
        const ssize_t count = ::read(file.number(), bytes.data() + used, bytes.size() - used);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail(path, "cannot read", errno);
        if (count == 0) break;
        if (is_device) throw InputError(path + ": cannot read: it is a device, which has no end; give a file");
        used += static_cast<size_t>(count);
        room = std::max<size_t>(used / 2, 4096);
    }
    bytes.resize(used);
    return bytes;
}

void write_all(int descriptor, std::span<const uint8_t> bytes, const std::string& path) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail(path, "cannot write", errno);
        bytes = bytes.subspan(static_cast<size_t>(count));
    }
}

void write_directly(const std::string& path, std::span<const uint8_t> bytes) {
    Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (file.number() < 0) fail(path, "cannot open", errno);
    write_all(file.number(), bytes, path);
    if (!file.close()) fail(path, "cannot write", errno);
}

void write_renaming(const std::string& path, std::span<const uint8_t> bytes) {
    static std::atomic<unsigned> sequence{0};
    const std::string temporary = path + ".tmp-" + std::to_string(::getpid()) + "-" + std::to_string(sequence++);
    Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (file.number() < 0) fail_to_create(path, errno);
    TemporaryName name(temporary);
    write_all(file.number(), bytes, path);
    // Without it a crash of the computer may leave the new name with old (no) content.
    if (::fsync(file.number()) != 0) fail(path, "cannot write", errno);
    if (!file.close()) fail(path, "cannot write", errno);
    if (::rename(temporary.c_str(), path.c_str()) != 0) fail(path, "cannot create", errno);
    name.renamed();
}

/// What symbolic links lead to, also where nothing is there yet.
std::string behind_links(const std::string& path) {
    namespace fs = std::filesystem;
    constexpr int links_max = 40;
    fs::path real(path);
    for (int links = 0; links <= links_max; ++links) {
        std::error_code error;
        const fs::path target = fs::read_symlink(real, error);
        if (error) return real.string();
        real = real.parent_path() / target;
    }
    fail(path, "cannot write", ELOOP);
}

}  // namespace

std::vector<uint8_t> read_file(const std::string& path) { return read_all<std::vector<uint8_t>>(path); }

std::string read_text(const std::string& path) { return read_all<std::string>(path); }

void check_target(const std::string& path) {
    check_name(path);
    struct stat status {};
    const bool exists = ::stat(path.c_str(), &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) {
        throw InputError(path + ": cannot write: it is a folder; give the name of a file");
    }
    if (exists && !S_ISREG(status.st_mode)) return;
    // A file is written beside its name first.
    const std::string folder = std::filesystem::path(behind_links(path)).parent_path().string();
    std::error_code none;
    const bool is_file = std::filesystem::exists(folder, none) && !std::filesystem::is_directory(folder, none);
    if (is_file) fail_to_create(path, ENOTDIR);
    if (::access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) != 0) fail_to_create(path, errno);
}

void check_targets(const std::filesystem::path& folder, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        const std::string path = (folder / name).string();
        std::error_code none;
        if (!std::filesystem::is_directory(path, none)) continue;
        throw InputError(
            path +
            ": is a folder, and a file of this name is to be written; move it away, or choose another place than " +
            folder.string());
    }
}

void write_file(const std::string& path, std::span<const uint8_t> bytes) {
    check_name(path);
    struct stat status {};
    const bool exists = ::stat(path.c_str(), &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) check_target(path);
    if (exists && !S_ISREG(status.st_mode)) return write_directly(path, bytes);
    write_renaming(behind_links(path), bytes);
}

void write_file(const std::string& path, std::string_view text) {
    write_file(path, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

std::string text_of(const std::filesystem::filesystem_error& error) {
    const std::string path = error.path1().string();
    return (path.empty() ? "the current folder" : path) + ": " + error.code().message();
}

std::string temporary_folder() {
    std::error_code error;
    const std::filesystem::path folder = std::filesystem::temp_directory_path(error);
    if (!error) return folder.string();
    // What the standard library looks at, in its order.
    for (const char* variable : {"TMPDIR", "TMP", "TEMP", "TEMPDIR"}) {
        const char* const value = std::getenv(variable);
        if (value != nullptr) throw InputError(std::string(variable) + "=" + value + " is no folder");
    }
    throw InputError("/tmp is no folder; name one for temporary files in TMPDIR");
}

}  // namespace dynbal::io
