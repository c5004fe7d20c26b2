#include "node.hpp"

namespace example {
namespace {

using dynbal::Status;

uint32_t check_of(const Report& report) { return ~(report.number ^ report.largest); }

/// Writes report `number` unless it is there; afterwards it is.
Status report(const Node& node, uint32_t number) {
    const uint32_t offset = node.reports_offset + (number - 1) * static_cast<uint32_t>(sizeof(Report));
    Report found;
    node.nvm->read(offset, std::as_writable_bytes(std::span<Report, 1>(&found, 1)));
    if (found.number == number && found.check == check_of(found)) return Status::ok;
    const std::span<int16_t> output = node.values.first(node.engine->header().output_values);
    if (const Status status = node.engine->read_output(output); status != Status::ok) return status;
    Report made{number, 0, 0};
    for (uint32_t i = 1; i < output.size(); ++i) made.largest = output[i] > output[made.largest] ? i : made.largest;
    made.check = check_of(made);
    node.nvm->write(offset, std::as_bytes(std::span<const Report, 1>(&made, 1)));
    // A line to people; whoever reads it by a wire may see it twice, and tells by the number.
    node.console->write("sample ");
    node.console->write_decimal(number);
    node.console->write(" class ");
    node.console->write_decimal(made.largest);
    node.console->write("\n");
    return Status::ok;
}

/// A sample is taken and is the next inference's input. Power failing here means: another sample.
Status begin_next(const Node& node, uint32_t number) {
    const std::span<int16_t> input = node.values.first(node.engine->header().input_values);
    node.sensor->sample(number, input);
    const Status status = node.engine->load_input(input);
    return status == Status::ok ? node.engine->start() : status;
}

}  // namespace

Status run_node(const Node& node, uint32_t samples) {
    dynbal::Engine& engine = *node.engine;
    Status status = engine.boot();
    if (status == Status::not_formatted) status = engine.format();
    while (status == Status::ok) {
        if (engine.record().phase == dynbal::Phase::idle) {
            const uint32_t done = engine.record().inference;
            if (done > 0) status = report(node, done);
            if (status != Status::ok || done == samples) break;
            status = begin_next(node, done + 1);
        }
        if (status == Status::ok) status = engine.run();
    }
    return status;
}

}  // namespace example
