#include "stage_rig.hpp"

#include <sstream>

#include "base/crc32.hpp"
#include "base/random.hpp"
#include "engine/engine.hpp"

namespace dynbal::test {
namespace {

template <typename T>
void put(std::vector<std::byte>& memory, uint32_t offset, const T& item) {
    std::memcpy(memory.data() + offset, &item, sizeof(T));
}

}  // namespace

StageRig::StageRig(const ImageFile& file, uint32_t stage_index, uint64_t seed, uint32_t magnitude)
    : stage(file.stage(stage_index)), header(file.header()), pristine_(file.image) {
    header.stages_offset += stage_index * static_cast<uint32_t>(sizeof(StageDescriptor));
    header.stage_count = 1;
    pristine_.resize(header.nvm_bytes);
    for (uint32_t i = 0; i + 1 < header.tensors_bytes; i += 2) {
        const uint64_t random = random64(seed, i);
        const auto value = static_cast<int32_t>(in_range(random >> 1U, 0, 2 * uint64_t{magnitude} - 1)) -
                           static_cast<int32_t>(magnitude);
        const auto state = static_cast<uint32_t>(random & 1U) << 15U;
        put(pristine_, header.tensors_offset + i,
            static_cast<uint16_t>((static_cast<uint32_t>(value) & 0x7FFFU) | state));
    }
}

void StageRig::install(const TileConfig& config) {
    set_only_row(pristine_, stage, config);
    put(pristine_, header.stages_offset, stage);
    header.header_crc = header_crc(header);
    put(pristine_, 0, header);
    nvm_.memory = pristine_;
}

StageRun StageRig::run(const TileConfig& config) {
    install(config);
    sram_.assign(Engine::sram_bytes_of(header), std::byte{0xA7});
    CountingTrace trace;
    Engine engine(nvm_, nvm_, trace, sram_, PolicyKind::fixed);
    const auto demand = [&](Status status, const char* what) {
        if (status != Status::ok) {
            throw std::runtime_error(std::string(what) + ": " + dynbal::text_of(status) + ", " + text_of(config) +
                                     ", " + text_of(shape()));
        }
    };
    if (engine.boot() != Status::not_formatted) throw std::runtime_error("boot");
    demand(engine.format(), "format");
    // Formatting clears the tensors. The engine must take the input for loaded: the state of its last value says so.
    std::copy(pristine_.begin() + header.tensors_offset, pristine_.end(), nvm_.memory.begin() + header.tensors_offset);
    const uint32_t last_pixel = header.input_values / header.input.channels - 1;
    nvm_.memory[header.input.offset + 2 * (last_pixel * header.input.pixel_stride + header.input.channels) - 1] |=
        std::byte{0x80};
    trace.by_class = {};
    demand(engine.start(), "start");
    demand(engine.run(), "run");
    StageRun result;
    result.traffic = trace.of_stages();
    for (uint32_t pixel = 0; pixel < uint32_t{stage.out_h} * stage.out_w; ++pixel) {
        for (uint32_t channel = 0; channel < stage.channels_out; ++channel) {
            result.output.push_back(value_at(nvm_.memory, stage.output, pixel, channel));
        }
    }
    return result;
}

int16_t value_at(const std::vector<std::byte>& memory, const TensorPlace& place, uint32_t pixel, uint32_t channel) {
    uint16_t word = 0;
    std::memcpy(&word, memory.data() + place.offset + 2 * (pixel * place.pixel_stride + channel), sizeof(word));
    const int32_t value = word & 0x7FFF;
    return static_cast<int16_t>(value >= 0x4000 ? value - 0x8000 : value);
}

std::string text_of(const TileConfig& c) {
    std::ostringstream text;
    text << "out " << c.tile_out << " in " << c.tile_in << " pixels " << c.tile_pixels << " run " << c.run_pixels
         << " order " << static_cast<int>(c.order);
    return text.str();
}

std::string text_of(const LoopShape& s) {
    std::ostringstream text;
    text << "[" << s.in_h << "," << s.in_w << "," << s.channels_in << "] -> [" << s.out_h << "," << s.out_w << ","
         << s.channels_out << "] kernel " << s.kernel_h << "x" << s.kernel_w << " stride " << s.stride_h << "x"
         << s.stride_w << " dilation " << s.dilation_h << "x" << s.dilation_w << " pad " << s.pad_top << ","
         << s.pad_left << " pool " << s.pool_h << "x" << s.pool_w << "/" << s.pool_stride_h << "x" << s.pool_stride_w
         << " groups " << s.groups << " operands " << s.operands << " weight_bytes " << s.weight_bytes << " packed "
         << s.input_packed << s.output_packed;
    return text.str();
}

std::string text_of(const Traffic& t) {
    std::ostringstream text;
    text << "read " << t.read_bytes << " write " << t.write_bytes << " transfers " << t.transfers << " macs " << t.macs;
    return text.str();
}

}  // namespace dynbal::test
