// The node on the emulated board, with a sensor that replays the payload's input, each time a little later.
#include <algorithm>

#include "common/cortex_m.hpp"
#include "common/installer.hpp"
#include "common/sections.hpp"
#include "node.hpp"
#include "platform/plain.hpp"
#include "qemu-mps2-an386/mapped_nvm.hpp"
#include "qemu-mps2-an386/semihosting.hpp"

namespace {

struct Replay final : example::Sensor {
    std::span<const int16_t> recorded;

    void sample(uint32_t number, std::span<int16_t> values) override {
        const size_t shift = number * 37 % recorded.size();
        std::rotate_copy(recorded.begin(), recorded.begin() + static_cast<std::ptrdiff_t>(shift), recorded.end(),
                         values.begin());
    }
};

}  // namespace

namespace dynbal::board {

int run() {
    MappedNvm nvm(0x21000000);
    SemihostingConsole console;
    console.write("sensor-node\n");
    const std::span<const std::byte> flash = payload_in_flash();
    Payload payload;
    if (open_payload(flash, payload) != nullptr || install(nvm, payload, flash) == Installation::damaged) {
        console.write("error: there is no model in flash: dynbal firmware --board sensor-node puts one there\n");
        return 1;
    }
    ImageHeader image;
    std::memcpy(&image, payload.image.data(), sizeof(image));
    // SRAM: the engine's part, and behind it a sample.
    const std::span<std::byte> sram = free_sram();
    const uint32_t engine_bytes = align4(Engine::sram_bytes_of(image));
    const size_t values = std::max(image.input_values, image.output_values);
    if (engine_bytes + 2 * values > sram.size()) {
        console.write("error: the model needs more SRAM than this board has\n");
        return 1;
    }
    PlainPower power;
    PlainTrace trace;
    Engine engine(nvm, power, trace, sram.first(engine_bytes), static_cast<PolicyKind>(payload.header.policy));
    Replay sensor;
    sensor.recorded = payload.input;
    const example::Node node{.nvm = &nvm,
                             .reports_offset = align4(image.nvm_bytes),
                             .engine = &engine,
                             .sensor = &sensor,
                             .console = &console,
                             .values = {reinterpret_cast<int16_t*>(sram.data() + engine_bytes), values}};
    const Status status = example::run_node(node, payload.header.inferences);
    if (status != Status::ok) {
        console.write("error: ");
        console.write(text_of(status));
        console.write("\n");
    }
    return status == Status::ok ? 0 : 1;
}

void finish(int exit_code) { semihosting_exit(static_cast<uint32_t>(exit_code)); }

void unexpected_exception() {
    SemihostingConsole().write("error: the processor met a fault\n");
    finish(70);
}

}  // namespace dynbal::board
