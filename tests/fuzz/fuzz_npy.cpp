// The .npy reader: any file ends in an array or an InputError.
#include <string>

#include "base/error.hpp"
#include "entry.hpp"
#include "io/npy.hpp"
#include "temporary_folder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const std::string path = dynbal::io::temporary_file("fuzz.npy");
    dynbal::io::put_file(path, std::span(data, size));
    try {
        const dynbal::io::NpySamples samples(path);
        if (samples.count() > 0 && samples.sample_size() < 1 << 20) (void)samples.sample(samples.count() - 1);
    } catch (const dynbal::InputError&) {
    }
    try {
        (void)dynbal::io::read_npy(path);
    } catch (const dynbal::InputError&) {
    }
    return 0;
}
