#include "experiment/stage_image.hpp"

#include <cstring>
#include <stdexcept>
#include <string>

#include "base/crc32.hpp"

namespace dynbal::experiment {
namespace {

template <typename T>
T load(const ImageFile& file, uint32_t offset) {
    T value;
    std::memcpy(static_cast<void*>(&value), file.image.data() + offset, sizeof(T));
    return value;
}

template <typename T>
void store(ImageFile& file, uint32_t offset, const T& value) {
    std::memcpy(file.image.data() + offset, &value, sizeof(T));
}

uint32_t offset_of(const ImageHeader& header, uint32_t stage) {
    return header.stages_offset + stage * static_cast<uint32_t>(sizeof(StageDescriptor));
}

/// Puts a header in front with CRCs that match. Throws std::logic_error if that makes no valid image.
void seal(ImageFile& file, ImageHeader header) {
    header.body_crc = crc32(std::span<const std::byte>(file.image).subspan(sizeof(ImageHeader)));
    header.header_crc = header_crc(header);
    store(file, 0, header);
    if (const ImageFault fault = validate(file.image); fault != ImageFault::none) {
        throw std::logic_error(std::string("a derived image does not pass validation: ") + text_of(fault));
    }
}

/// Every place of this storage is written once in each inference.
void write_once(ImageFile& file, const StateRuns& states) {
    for (uint32_t i = 0; i < states.run_count; ++i) {
        const uint32_t offset = states.runs_offset + i * static_cast<uint32_t>(sizeof(StateRun));
        StateRun run = load<StateRun>(file, offset);
        run.odd_writes = 1;
        run.written_before = 0;
        store(file, offset, run);
    }
}

}  // namespace

ImageFile with_choices(const ImageFile& file, std::span<const TileConfig> configs) {
    ImageFile derived = file;
    const ImageHeader& header = file.header();
    for (uint32_t index = 0; index < header.stage_count; ++index) {
        StageDescriptor stage = file.stage(index);
        set_only_row(derived.image, stage, configs[index]);
        store(derived, offset_of(header, index), stage);
    }
    seal(derived, header);
    return derived;
}

ImageFile stage_alone(const ImageFile& file, uint32_t stage) {
    ImageFile derived = file;
    ImageHeader header = file.header();
    StageDescriptor descriptor = file.stage(stage);
    set_only_row(derived.image, descriptor, file.candidates(descriptor).front().config);
    write_once(derived, descriptor.states);
    write_once(derived, header.input_states);
    store(derived, offset_of(header, stage), descriptor);
    header.stages_offset = offset_of(header, stage);
    header.stage_count = 1;
    header.input = {descriptor.inputs[0].offset, 1, 1};
    header.input_values = 1;
    header.input_states.storage_offset = header.input.offset;
    header.output = descriptor.output;
    header.output_values = uint32_t{descriptor.out_h} * descriptor.out_w * descriptor.channels_out;
    seal(derived, header);

    HostInfo& host = derived.host;
    host.stage_names = {file.host.stage_names[stage]};
    host.stage_operators = {file.host.stage_operators[stage]};
    host.input_dims = {1};
    host.output_dims = {header.output_values};
    host.input_order = host.output_order = {};
    return derived;
}

}  // namespace dynbal::experiment
