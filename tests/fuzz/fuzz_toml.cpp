// Device profiles and descriptions of sound: any text ends in one or in an InputError.
#include <string>

#include "base/error.hpp"
#include "device/profile_file.hpp"
#include "entry.hpp"
#include "input/sound_features.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    try {
        (void)dynbal::input::parse_sound(std::string(data, data + size), "fuzz.toml");
    } catch (const dynbal::InputError&) {
    }
    try {
        (void)dynbal::device::parse_profile(std::string(data, data + size), "fuzz.toml");
    } catch (const dynbal::InputError&) {
    }
    return 0;
}
