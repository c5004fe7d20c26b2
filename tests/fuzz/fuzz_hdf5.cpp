// Recordings in HDF5: any file ends in a recording or in an InputError, whatever becomes of the library that reads it.
#include <string>

#include "base/error.hpp"
#include "entry.hpp"
#include "power/trace_file.hpp"
#include "temporary_folder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const std::string path = dynbal::io::temporary_file("fuzz.h5");
    dynbal::io::put_file(path, std::span(data, size));
    try {
        dynbal::power::Options options("trace", "");
        (void)dynbal::power::read_trace(path, options);
    } catch (const dynbal::InputError&) {
    }
    return 0;
}
