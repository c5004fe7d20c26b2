// Device images: refused, or run through power failures without leaving NVM and SRAM. The first two bytes say how many
// bytes a power cycle may write; checksums are made good, so that it is the checks behind them that are met.
#include <cstring>
#include <stdexcept>
#include <vector>

#include "base/crc32.hpp"
#include "engine/engine.hpp"
#include "entry.hpp"
#include "ram_device.hpp"

namespace dynbal::test {
namespace {

struct PowerCut {};
struct TooLong {};

/// RAM that loses power, and gives up on images that describe a lot of work.
class FuzzNvm final : public Nvm, public Power {
public:
    explicit FuzzNvm(size_t bytes) : ram_(bytes) {}
    void read(uint32_t offset, std::span<std::byte> target) override {
        tick(target.size());
        ram_.read(offset, target);
    }
    void write(uint32_t offset, std::span<const std::byte> source) override {
        tick(source.size());
        const size_t paid = source.size() < left_ ? source.size() : left_;
        ram_.write(offset, source.first(paid));
        left_ -= paid;
        if (paid < source.size()) throw PowerCut{};
    }
    bool compute(uint64_t macs) override {
        tick(macs / 16);
        return true;
    }
    void power_up(size_t writable_bytes) { left_ = writable_bytes; }
    std::vector<std::byte>& memory() { return ram_.memory; }

private:
    void tick(uint64_t work) {
        done_ += work + 16;
        if (done_ > 400000) throw TooLong{};
    }
    RamNvm ram_;
    uint64_t done_ = 0;
    size_t left_ = SIZE_MAX;
};

void make_checksums_good(std::vector<std::byte>& image) {
    if (image.size() < sizeof(ImageHeader)) return;
    ImageHeader header;
    std::memcpy(&header, image.data(), sizeof(header));
    if (header.image_bytes >= sizeof(header) && header.image_bytes <= image.size()) {
        header.body_crc = crc32(std::span<const std::byte>(image).first(header.image_bytes).subspan(sizeof(header)));
    }
    header.header_crc = header_crc(header);
    std::memcpy(image.data(), &header, sizeof(header));
}

void run(const std::vector<std::byte>& image, size_t bytes_per_cycle) {
    ImageHeader header;
    std::memcpy(&header, image.data(), sizeof(header));
    constexpr uint32_t largest = 4U << 20U;
    if (header.nvm_bytes > largest || Engine::sram_bytes_of(header) > largest || header.input_values > largest ||
        header.output_values > largest) {
        return;
    }
    FuzzNvm nvm(std::max<size_t>(header.nvm_bytes, image.size()));
    std::copy(image.begin(), image.end(), nvm.memory().begin());
    std::vector<uint32_t> sram((Engine::sram_bytes_of(header) + 3) / 4);
    PlainTrace trace;
    const std::vector<int16_t> input(header.input_values, 77);
    for (int cycle = 0; cycle < 40; ++cycle) {
        nvm.power_up(cycle == 0 ? SIZE_MAX : bytes_per_cycle);
        Engine engine(nvm, nvm, trace, std::as_writable_bytes(std::span(sram)), PolicyKind::best);
        try {
            const Status booted = engine.boot();
            if (cycle == 0) {
                if (booted != Status::not_formatted || engine.format() != Status::ok) return;
                if (engine.load_input(input) != Status::ok) return;
            } else if (booted != Status::ok) {
                return;
            }
            if (engine.record().phase == Phase::idle && engine.start() != Status::ok) return;
            if (engine.run() != Status::ok) return;
            std::vector<int16_t> output(header.output_values);
            if (engine.read_output(output) != Status::ok) return;
            return;
        } catch (const PowerCut&) {
        }
        std::fill(sram.begin(), sram.end(), 0xA5A5A5A5U);
    }
}

}  // namespace
}  // namespace dynbal::test

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace dynbal;
    if (size < 2) return 0;
    const size_t bytes_per_cycle = 100 + (data[0] | size_t{data[1]} << 8U) % 4096;
    const std::span<const std::byte> bytes = std::as_bytes(std::span(data + 2, size - 2));
    std::vector<std::byte> image(bytes.begin(), bytes.end());
    test::make_checksums_good(image);
    if (validate(image) != ImageFault::none) return 0;
    try {
        test::run(image, bytes_per_cycle);  // std::out_of_range would be the engine leaving its NVM
    } catch (const test::TooLong&) {
    }
    return 0;
}
