// Device profiles, descriptions of sound, grids: any text ends in one or in an InputError.
#include <string>

#include "base/error.hpp"
#include "device/profile_file.hpp"
#include "entry.hpp"
#include "experiment/read_grid.hpp"
#include "input/sound_features.hpp"
#include "temporary_folder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    try {
        (void)dynbal::input::parse_sound(std::string(data, data + size), "fuzz.toml");
    } catch (const dynbal::InputError&) {
    }
    try {
        (void)dynbal::device::parse_profile(std::string(data, data + size), "fuzz.toml");
    } catch (const dynbal::InputError&) {
    }
    static const std::string path = dynbal::io::temporary_file("fuzz.toml");
    dynbal::io::put_file(path, std::span(data, size));
    try {
        (void)dynbal::experiment::cells_of(dynbal::experiment::read_grid(path));
    } catch (const dynbal::InputError&) {
    }
    return 0;
}
