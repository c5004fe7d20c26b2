#include "compiler/for_method.hpp"

#include <cstring>
#include <stdexcept>

#include "base/crc32.hpp"
#include "base/error.hpp"
#include "compiler/emit_table.hpp"
#include "nvm/boot_cost.hpp"

namespace dynbal::compiler {
namespace {

/// All that NVM holds behind the image lies so many bytes further on.
void move_run_time_part(ImageHeader& header, std::vector<StageDescriptor>& stages, uint32_t bytes) {
    if (header.nvm_bytes > UINT32_MAX - bytes) {
        throw InputError("the image is too large for another preservation method");
    }
    for (uint32_t* offset : {&header.image_bytes, &header.records_offset, &header.checkpoints_offset,
                             &header.sums_offset, &header.tensors_offset, &header.nvm_bytes, &header.input.offset,
                             &header.output.offset, &header.input_states.storage_offset}) {
        *offset += bytes;
    }
    for (StageDescriptor& stage : stages) {
        for (TensorPlace& input : stage.inputs) input.offset += bytes;
        stage.output.offset += bytes;
        stage.states.storage_offset += bytes;
    }
}

}  // namespace

ImageFile for_method(const ImageFile& file, uint8_t method) {
    if (file.header().method == method) return file;
    ImageFile made = file;
    ImageHeader header = file.header();
    header.method = method;
    const StagePrices prices{header.cost_model, cost_of(header.cost_model, boot_traffic(1))};
    std::vector<StageDescriptor> stages;
    for (uint32_t index = 0; index < header.stage_count; ++index) {
        StageDescriptor stage = file.stage(index);
        const StageTable table = tile_table(shape_of(header, stage), prices, header.arena_bytes);
        const std::vector<std::byte> bytes = bytes_of(table);
        describe_table(table, static_cast<uint32_t>(made.image.size()), stage);
        made.image.insert(made.image.end(), bytes.begin(), bytes.end());
        made.image.resize(align4(static_cast<uint32_t>(made.image.size())));
        stages.push_back(stage);
    }
    move_run_time_part(header, stages, static_cast<uint32_t>(made.image.size()) - header.image_bytes);
    std::memcpy(made.image.data() + header.stages_offset, stages.data(), stages.size() * sizeof(StageDescriptor));
    header.body_crc = crc32(std::span<const std::byte>(made.image).subspan(sizeof(ImageHeader)));
    header.header_crc = header_crc(header);
    std::memcpy(made.image.data(), &header, sizeof(header));
    if (const ImageFault fault = validate(made.image); fault != ImageFault::none) {
        throw std::logic_error(std::string("an image for another method does not pass validation: ") + text_of(fault));
    }
    return made;
}

}  // namespace dynbal::compiler
