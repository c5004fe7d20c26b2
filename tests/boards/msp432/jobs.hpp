//! What is flashed for a test: a model, an input, and the answer that the host's simulator gives.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "image_file/image_file.hpp"

namespace dynbal::test {

/// Whether the board's program has been built.
bool has_board();
/// The flash of a board with its program and this payload.
std::vector<uint8_t> flash_with(const std::vector<uint8_t>& payload);

struct Job432 {
    std::string name;
    std::vector<uint8_t> payload;
    ImageHeader image;
    std::vector<uint8_t> formatted;  ///< the FRAM with the image installed and formatted, by the simulator
    std::vector<int16_t> output;     ///< on steady power, from the simulator
    uint64_t macs = 0;               ///< really multiplied: taps over padding are left out
    uint64_t nominal_macs = 0;       ///< padding counted, as published figures do
    double simulated_s = 0;          ///< on steady power without the boot, by the profile msp432p401r
};

/// Makes payload, expectation and formatted FRAM. `inferences`: how many the program is to run.
Job432 make_job(const std::string& name, const ImageFile& file, const std::vector<int16_t>& input,
                uint32_t inferences = 1, PolicyKind policy = PolicyKind::best);

/// The line that the program writes for an answer.
std::string answer_line(uint32_t inference, const std::vector<int16_t>& output);

/// Two stages, [4, 4, 2] -> convolution -> [4, 4, 3] -> fully connected -> 3 values: small enough to cut everywhere.
Job432 micro_job(uint32_t inferences = 1, PolicyKind policy = PolicyKind::best);
/// The same network with one weight changed: NVM has the same map, answers differ.
Job432 other_micro_job();
/// micro_job() with another input: the same image.
Job432 micro_job_of_other_input();
/// The network of the simulator's tests, with every kind of stage in it.
Job432 tiny_job();
/// Two stages whose activations lie beyond the first 64 KB of NVM.
Job432 wide_job();
/// This repository's network on a made-up picture.
Job432 fashion_job(uint32_t inferences = 1, PolicyKind policy = PolicyKind::best);
/// One of the reference's networks on a sample of its test set; an empty name if the shared data are absent.
Job432 shared_job(const std::string& name, const std::string& samples, float scale, uint32_t inferences = 1,
                  PolicyKind policy = PolicyKind::best);
/// A network of the zoo on the first of the inputs that come with it.
Job432 zoo_job(const std::string& name, uint32_t inferences = 1, PolicyKind policy = PolicyKind::best);

}  // namespace dynbal::test
