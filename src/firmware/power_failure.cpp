#include "firmware/power_failure.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/error.hpp"
#include "platform/nvm_ledger.hpp"

namespace dynbal::firmware {
namespace {

NvmLedger ledger_of(std::span<const std::byte> nvm) {
    NvmLedger ledger;
    std::memcpy(&ledger, nvm.data() + nvm.size() - sizeof(ledger), sizeof(ledger));
    return ledger;
}

void put(std::span<std::byte> nvm, const NvmLedger& ledger) {
    std::memcpy(nvm.data() + nvm.size() - sizeof(ledger), &ledger, sizeof(ledger));
}

/// A file as memory.
class MappedFile {
public:
    explicit MappedFile(const std::string& path) {
        const int file = open(path.c_str(), O_RDWR | O_CLOEXEC);
        struct stat status {};
        const bool is_known = file >= 0 && fstat(file, &status) == 0;
        bytes_ = is_known ? static_cast<size_t>(status.st_size) : 0;
        if (bytes_ >= sizeof(NvmLedger)) memory_ = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        const int error = errno;
        if (file >= 0) close(file);
        if (memory_ != MAP_FAILED) return;
        throw InputError(path + ": " + (is_known ? "too short for an emulated NVM" : std::strerror(error)));
    }
    ~MappedFile() { munmap(memory_, bytes_); }
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    std::span<std::byte> bytes() { return {static_cast<std::byte*>(memory_), bytes_}; }

private:
    void* memory_ = MAP_FAILED;
    size_t bytes_ = 0;
};

}  // namespace

void set_nvm_class(std::span<std::byte> nvm, const NvmClass& nvm_class) {
    NvmLedger ledger;
    if (!(nvm_class == NvmClass{})) ledger.magic = NvmLedger::magic_expected;
    ledger.line_bytes = nvm_class.line_bytes;
    ledger.torn = nvm_class.torn;
    put(nvm, ledger);
}

bool end_torn_line(std::span<std::byte> nvm) {
    NvmLedger ledger = ledger_of(nvm);
    if (ledger.magic != NvmLedger::magic_expected || ledger.is_open == 0) return true;
    if (ledger.line_bytes > NvmLedger::line_bytes_most ||
        uint64_t{ledger.offset} + ledger.line_bytes > nvm.size() - sizeof(ledger)) {
        return false;
    }
    const std::byte* line = ledger.torn == Torn::becomes_new ? ledger.after : ledger.before;
    std::copy_n(line, ledger.line_bytes, nvm.begin() + ledger.offset);
    ledger.is_open = 0;
    put(nvm, ledger);
    return true;
}

void set_nvm_class(const std::string& file, const NvmClass& nvm_class) {
    set_nvm_class(MappedFile(file).bytes(), nvm_class);
}

void end_torn_line(const std::string& file) {
    if (end_torn_line(MappedFile(file).bytes())) return;
    throw InputError(file + ": the note at its end, of the line that was being written, is damaged; remove the file");
}

}  // namespace dynbal::firmware
