// Runs an entry over the files of folders, as they are and changed: a fuzz test without a fuzzer. DYNBAL_CHANGES=N makes N
// changes of each file, DYNBAL_KEEP=FILE keeps what is tried at the moment, for when it is the last.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <vector>

#include "base/random.hpp"
#include "entry.hpp"

namespace {

using Bytes = std::vector<uint8_t>;

uint64_t changes_each() {
    const char* const text = std::getenv("DYNBAL_CHANGES");
    return text != nullptr ? std::strtoull(text, nullptr, 10) : 200;
}

Bytes read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void run(const Bytes& bytes) {
    if (const char* const path = std::getenv("DYNBAL_KEEP")) {
        std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), std::ssize(bytes));
    }
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

/// Every fourth change moves a piece: taken out, doubled, or brought from another file.
void move_piece(Bytes& bytes, const Bytes& other, uint64_t random) {
    const size_t begin = random % bytes.size();
    const size_t size = std::min(bytes.size() - begin, size_t{1} << (random >> 20U) % 8);
    const auto at = bytes.begin() + static_cast<ptrdiff_t>(begin);
    switch ((random >> 30U) % 3) {
        case 0: bytes.erase(at, at + static_cast<ptrdiff_t>(size)); break;
        case 1: {
            const Bytes piece(at, at + static_cast<ptrdiff_t>(size));
            bytes.insert(at, piece.begin(), piece.end());
            break;
        }
        default: {
            const size_t from = (random >> 32U) % (other.size() + 1);
            bytes.insert(at, other.begin() + static_cast<ptrdiff_t>(from),
                         other.begin() + static_cast<ptrdiff_t>(std::min(other.size(), from + size)));
            break;
        }
    }
}

void replay(const Bytes& bytes, const Bytes& other) {
    run(bytes);
    for (uint64_t round = 0; round < changes_each() && !bytes.empty(); ++round) {
        Bytes changed = bytes;
        for (uint64_t i = 0; i < 1 + round % 3; ++i) {
            const uint64_t random = dynbal::random64(round, i);
            changed[random % changed.size()] = static_cast<uint8_t>(random >> 56U);
        }
        if (round % 4 == 3) move_piece(changed, other, dynbal::hash64(round));
        if (round % 8 == 6) changed.resize(dynbal::hash64(round) % changed.size());
        run(changed);
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::map<std::filesystem::path, Bytes> files;
    for (int i = 1; i < argc; ++i) {
        if (!std::filesystem::is_directory(argv[i])) continue;
        for (const auto& entry : std::filesystem::directory_iterator(argv[i])) files[entry.path()] = read(entry.path());
    }
    const Bytes* other = files.empty() ? nullptr : &files.rbegin()->second;
    for (const auto& [path, bytes] : files) {
        replay(bytes, *other);
        other = &bytes;
    }
    std::cout << files.size() << " files, each as it is and with " << changes_each() << " changes\n";
    return files.empty() ? 1 : 0;
}
