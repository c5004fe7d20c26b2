// Device profiles: any text ends in a profile or in an InputError.
#include <string>

#include "base/error.hpp"
#include "device/profile_file.hpp"
#include "entry.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    try {
        (void)dynbal::device::parse_profile(std::string(data, data + size), "fuzz.toml");
    } catch (const dynbal::InputError&) {
    }
    return 0;
}
