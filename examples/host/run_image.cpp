// Runs a device image with the engine alone: run_image IMAGE prints the answer to an input of zeros, in 15-bit values.
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

#include "engine/engine.hpp"

struct Memory final : dynbal::Nvm {  // what a board replaces by its FRAM
    std::vector<std::byte> bytes;
    void read(uint32_t offset, std::span<std::byte> to) override { std::memcpy(to.data(), &bytes[offset], to.size()); }
    void write(uint32_t offset, std::span<const std::byte> from) override {
        std::memcpy(&bytes[offset], from.data(), from.size());
    }
};
struct NoPower final : dynbal::Power {
    bool compute(uint64_t) override { return true; }
};
struct NoTrace final : dynbal::Trace {};

int main(int argc, char** argv) {
    std::ifstream file(argc == 2 ? argv[1] : "", std::ios::binary);
    const std::vector<char> image{std::istreambuf_iterator<char>(file), {}};
    if (dynbal::validate(std::as_bytes(std::span(image))) != dynbal::ImageFault::none)
        return std::puts("usage: run_image IMAGE"), 2;
    dynbal::ImageHeader header;
    std::memcpy(&header, image.data(), sizeof(header));
    Memory nvm;
    nvm.bytes.resize(header.nvm_bytes);
    std::memcpy(nvm.bytes.data(), image.data(), header.image_bytes);
    std::vector<uint32_t> sram(dynbal::Engine::sram_bytes_of(header) / 4 + 1);
    NoPower power;
    NoTrace trace;
    dynbal::Engine engine(nvm, power, trace, std::as_writable_bytes(std::span(sram)), dynbal::PolicyKind::best);
    const std::vector<int16_t> input(header.input_values);
    std::vector<int16_t> output(header.output_values);
    dynbal::Status status = engine.boot();
    if (status == dynbal::Status::not_formatted) status = engine.format();
    if (status == dynbal::Status::ok) status = engine.load_input(input);
    if (status == dynbal::Status::ok) status = engine.start();
    if (status == dynbal::Status::ok) status = engine.run();
    if (status == dynbal::Status::ok) status = engine.read_output(output);
    for (const int16_t value : output) std::printf("%d ", value);
    return std::printf("\n%s\n", dynbal::text_of(status)), status == dynbal::Status::ok ? 0 : 1;
}
