// show_picture FILE.npy@INDEX HEIGHT WIDTH: prints one sample as a picture. For the demo.
#include <charconv>
#include <iostream>
#include <string_view>

#include "base/error.hpp"
#include "io/npy.hpp"
#include "io/picture.hpp"

namespace {

constexpr int extent_max = 1000;

int parse_extent(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 1 || value > extent_max) {
        throw dynbal::InputError("height and width are numbers from 1 to 1000");
    }
    return value;
}

}  // namespace

int main(int argc, char** argv) {
    using namespace dynbal;
    try {
        if (argc != 4) throw InputError("usage: show_picture FILE.npy@INDEX HEIGHT WIDTH");
        const int height = parse_extent(argv[2]);
        const int width = parse_extent(argv[3]);
        std::cout << io::picture(io::read_sample(argv[1], int64_t{height} * width), height, width, io::picture_style());
        return 0;
    } catch (const InputError& error) {
        std::cerr << "show_picture: " << error.what() << '\n';
        return 2;
    }
}
