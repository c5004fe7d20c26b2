// Inputs: any archive, table, picture or sound ends in samples of finite values or in an InputError. The first byte chooses the kind.
#include <array>
#include <cmath>
#include <cstdlib>
#include <string>

#include "base/error.hpp"
#include "entry.hpp"
#include "input/sample_set.hpp"
#include "temporary_folder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    static const std::array<std::string, 6> kinds{"fuzz.npz", "fuzz.csv", "fuzz.png",
                                                  "fuzz.jpg", "fuzz.wav", "fuzz.flac"};
    const std::string path = dynbal::io::temporary_file(kinds[data[0] % kinds.size()]);
    dynbal::io::put_file(path, std::span(data + 1, size - 1));
    const size_t kind = data[0] % kinds.size();
    const std::string resize = kind == 2 || kind == 3 ? ",resize=crop" : "";
    const std::string sound = kind == 5 ? "samples = 64\nframe = 16\nstride = 16\nbands = 2\nmoments = 3\n" : "";
    try {
        const auto samples = dynbal::input::open_samples(path + resize, {1, 2, 3}, sound);
        for (const float value : samples->sample(0)) {
            if (!std::isfinite(value)) std::abort();
        }
    } catch (const dynbal::InputError&) {
    }
    return 0;
}
