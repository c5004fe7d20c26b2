#include "common/application.hpp"

#include "common/installer.hpp"
#include "engine/engine.hpp"

namespace dynbal::board {
namespace {

/// Nothing to tell: on a device power comes and goes without asking.
struct NoPower final : Power {
    bool compute(uint64_t) override { return true; }
};
struct NoTrace final : Trace {};

int fail(Console& console, const char* text) {
    console.write("error: ");
    console.write(text);
    console.write("\n");
    return 1;
}

void write_answer(Console& console, uint32_t inference, std::span<const int16_t> values) {
    uint32_t largest = 0;
    for (uint32_t i = 1; i < values.size(); ++i) {
        largest = values[i] > values[largest] ? i : largest;
    }
    console.write("inference ");
    console.write_decimal(inference);
    console.write(" class ");
    console.write_decimal(largest);
    console.write(" output ");
    for (const int16_t value : values) {
        console.write_hex(static_cast<uint16_t>(value), 4);
    }
    console.write("\n");
}

/// One answer: from wherever NVM stands to the end of the inference.
Status answer(Engine& engine, const Payload& payload) {
    if (engine.record().phase == Phase::idle) {
        Status status = engine.load_input(payload.input);
        if (status == Status::ok) {
            status = engine.start();
        }
        if (status != Status::ok) {
            return status;
        }
    }
    return engine.run();
}

/// Reads the answer into SRAM that the engine does not need between inferences, and says it.
Status tell(Engine& engine, const Board& board) {
    const uint32_t count = engine.header().output_values;
    if (count * sizeof(int16_t) > board.arena.size() / 2) {
        return Status::arena_too_small;
    }
    const std::span<std::byte> upper_half = board.arena.last(align4(count * sizeof(int16_t)));
    const std::span<int16_t> values(reinterpret_cast<int16_t*>(upper_half.data()), count);
    const Status status = engine.read_output(values);
    if (status == Status::ok) {
        write_answer(*board.console, engine.record().inference, values);
    }
    return status;
}

Status run_inferences(Engine& engine, const Board& board, const Payload& payload) {
    Status status = engine.boot();
    if (status == Status::not_formatted) {
        status = engine.format();
    }
    if (status == Status::ok && engine.record().phase != Phase::idle) {
        board.console->note("resumed\n");
    }
    const uint32_t wanted = payload.header.inferences;
    // The answer of the last inference is told again: power may have failed before it was.
    if (status == Status::ok && engine.record().phase == Phase::idle && engine.record().has_output != 0) {
        status = tell(engine, board);
    }
    while (status == Status::ok &&
           (wanted == 0 || engine.record().inference < wanted || engine.record().phase != Phase::idle)) {
        status = answer(engine, payload);
        if (status == Status::ok) {
            status = tell(engine, board);
        }
        if (status == Status::ok && board.answered != nullptr) {
            board.answered();
        }
    }
    return status;
}

}  // namespace

int run_application(const Board& board) {
    Console& console = *board.console;
    if (board.name != nullptr) {
        console.write("dynbal ");
        console.write(board.name);
        console.write("\n");
    }
    Payload payload;
    if (const char* reason = open_payload(board.flash_payload, payload); reason != nullptr) {
        return fail(console, reason);
    }
    ImageHeader image;
    std::memcpy(&image, payload.image.data(), sizeof(image));
    if (image.nvm_bytes > board.nvm_bytes) {
        return fail(console, "the model needs more NVM than this board has");
    }
    if (Engine::sram_bytes_of(image) > board.arena.size()) {
        return fail(console, "the model needs more SRAM than this board has: compile it for this board's device");
    }
    switch (install(*board.nvm, payload, board.flash_payload)) {
        case Installation::already_there: break;
        case Installation::done: console.write("installed\n"); break;
        case Installation::damaged: return fail(console, "the model in flash is damaged: flash the firmware again");
    }
    NoPower power;
    NoTrace trace;
    const auto policy = board.has_policy ? board.policy : static_cast<PolicyKind>(payload.header.policy);
    Engine engine(*board.nvm, power, trace, board.arena, policy);
    const Status status = run_inferences(engine, board, payload);
    return status == Status::ok ? 0 : fail(console, text_of(status));
}

}  // namespace dynbal::board
