// Runs an entry over the files of folders, as they are and with bytes changed: a fuzz test without a fuzzer.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <vector>

#include "entry.hpp"
#include "sim/random.hpp"

namespace {

constexpr uint64_t changes_each = 200;

std::vector<uint8_t> read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void replay(const std::vector<uint8_t>& bytes) {
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    for (uint64_t round = 0; round < changes_each && !bytes.empty(); ++round) {
        std::vector<uint8_t> changed = bytes;
        for (uint64_t i = 0; i < 1 + round % 3; ++i) {
            const uint64_t random = dynbal::sim::random64(round, i);
            changed[random % changed.size()] = static_cast<uint8_t>(random >> 56U);
        }
        if (round % 8 == 7) changed.resize(dynbal::sim::hash64(round) % changed.size());
        LLVMFuzzerTestOneInput(changed.data(), changed.size());
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::set<std::filesystem::path> files;
    for (int i = 1; i < argc; ++i) {
        if (!std::filesystem::is_directory(argv[i])) continue;
        for (const auto& entry : std::filesystem::directory_iterator(argv[i])) files.insert(entry.path());
    }
    for (const auto& file : files) replay(read(file));
    std::cout << files.size() << " files, each as it is and with " << changes_each << " changes\n";
    return files.empty() ? 1 : 0;
}
