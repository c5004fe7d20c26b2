#include "torture/random_tables.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/crc32.hpp"
#include "base/random.hpp"
#include "compiler/tile_configs.hpp"

namespace dynbal::torture {

std::vector<TileConfig> sampled(std::vector<TileConfig> configs, size_t count, uint64_t seed) {
    for (size_t i = 0; i < count && i < configs.size(); ++i) {
        const size_t other = in_range(random64(seed, i), i, configs.size() - 1);
        std::swap(configs[i], configs[other]);
    }
    if (configs.size() > count) configs.resize(count);
    return configs;
}

ImageFile with_tables(const ImageFile& file,
                      const std::function<std::vector<TileConfig>(uint32_t stage, uint32_t count)>& configs) {
    ImageFile changed = file;
    ImageHeader header = file.header();
    for (uint32_t index = 0; index < header.stage_count; ++index) {
        StageDescriptor stage = file.stage(index);
        const std::vector<TileConfig> chosen = configs(index, stage.candidate_count);
        // For energies that fall from some thousand units, so that each of them is met.
        stage.candidate_count = static_cast<uint8_t>(chosen.size());
        stage.least_need_row = static_cast<uint8_t>(chosen.size() - 1);
        stage.start_row = static_cast<uint8_t>(chosen.size() / 2);
        for (uint32_t i = 0; i < chosen.size(); ++i) {
            Candidate row;
            row.config = chosen[i];
            row.from = ShortCost::below((chosen.size() - 1 - i) * 4000 * 16);
            row.need = ShortCost::below((chosen.size() - i) * 1000 * 16);
            row.reuse = ShortCost::below((i + 1) * 100000 * 16);
            row.lost = row.need;
            const auto put = [&](uint32_t offset, const auto& item) {
                std::memcpy(changed.image.data() + stage.candidates_offset + offset, &item, sizeof(item));
            };
            put(i * static_cast<uint32_t>(sizeof(ShortCost)), row.from);
            put(table_rows_offset(stage.candidate_count) + i * static_cast<uint32_t>(sizeof(Candidate)), row);
        }
        std::memcpy(changed.image.data() + header.stages_offset + index * sizeof(stage), &stage, sizeof(stage));
    }
    header.body_crc = crc32(std::span<const std::byte>(changed.image).subspan(sizeof(ImageHeader)));
    header.header_crc = header_crc(header);
    std::memcpy(changed.image.data(), &header, sizeof(header));
    return changed;
}

ImageFile with_random_tables(const ImageFile& file, uint32_t rows, uint64_t seed) {
    return with_tables(file, [&](uint32_t index, uint32_t count) {
        const LoopShape shape = shape_of(file.header(), file.stage(index));
        return sampled(compiler::sampled_configs(shape, file.header().arena_bytes), std::min(rows, count),
                       seed + index);
    });
}

}  // namespace dynbal::torture
