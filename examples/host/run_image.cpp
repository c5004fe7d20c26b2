// Runs a device image with the engine alone: run_image IMAGE prints the answer to an input of zeros, in 15-bit values.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <vector>

#include "engine/engine.hpp"
#include "platform/plain.hpp"

int main(int argc, char** argv) {
    std::ifstream file(argc == 2 ? argv[1] : "", std::ios::binary);
    std::vector<char> memory{std::istreambuf_iterator<char>(file), {}};
    if (dynbal::validate(std::as_bytes(std::span(memory))) != dynbal::ImageFault::none)
        return std::puts("usage: run_image IMAGE"), 2;
    dynbal::ImageHeader header;
    std::memcpy(&header, memory.data(), sizeof(header));
    memory.resize(header.nvm_bytes);                                   // the image, and room for what is computed
    dynbal::MemoryNvm nvm(std::as_writable_bytes(std::span(memory)));  // a board has an Nvm of its own here: its FRAM
    dynbal::PlainPower power;
    dynbal::PlainTrace trace;
    std::vector<uint32_t> sram(dynbal::Engine::sram_bytes_of(header) / 4 + 1);
    dynbal::Engine engine(nvm, power, trace, std::as_writable_bytes(std::span(sram)), dynbal::PolicyKind::best);
    std::vector<int16_t> output(header.output_values);
    dynbal::Status status = engine.boot();
    if (status == dynbal::Status::not_formatted) status = engine.format();
    if (status == dynbal::Status::ok) status = engine.load_input(std::vector<int16_t>(header.input_values));
    if (status == dynbal::Status::ok) status = engine.start();
    if (status == dynbal::Status::ok) status = engine.run();
    if (status == dynbal::Status::ok) status = engine.read_output(output);
    for (const int16_t value : output) std::printf("%d ", value);
    return std::printf("\n%s\n", dynbal::text_of(status)), status == dynbal::Status::ok ? 0 : 1;
}
