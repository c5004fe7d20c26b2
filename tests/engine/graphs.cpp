#include "graphs.hpp"

#include <bit>
#include <cstring>
#include <map>
#include <optional>
#include <utility>

#include "base/crc32.hpp"
#include "base/error.hpp"
#include "compiler/plan.hpp"
#include "compiler/tile_configs.hpp"

namespace dynbal::test {

using compiler::Graph;

compiler::CompileOptions options_for(uint32_t weight_bytes, uint32_t sram_bytes, uint32_t nvm_bytes) {
    compiler::CompileOptions options;
    options.weight_bytes = weight_bytes;
    options.device = compiler::device_by_name("msp432p401r");
    options.device.sram_reserved_bytes = 0;
    options.device.sram_bytes = sram_bytes;
    options.device.nvm_bytes = nvm_bytes;
    return options;
}

ImageFile compile_graph(const Graph& graph, uint32_t weight_bytes, uint32_t sram_bytes, uint32_t nvm_bytes) {
    return compile_graph(graph, options_for(weight_bytes, sram_bytes, nvm_bytes));
}

ImageFile with_method(const ImageFile& file, uint8_t method) {
    ImageFile changed = file;
    ImageHeader header = file.header();
    header.method = method;
    header.header_crc = header_crc(header);
    std::memcpy(changed.image.data(), &header, sizeof(header));
    return changed;
}

ImageFile starting_as_fixed(const ImageFile& file) {
    ImageFile changed = file;
    ImageHeader header = file.header();
    for (uint32_t index = 0; index < header.stage_count; ++index) {
        StageDescriptor stage = file.stage(index);
        stage.start_row = 0;
        std::memcpy(changed.image.data() + header.stages_offset + index * sizeof(stage), &stage, sizeof(stage));
    }
    header.body_crc = crc32(std::span<const std::byte>(changed.image).subspan(sizeof(header)));
    header.header_crc = header_crc(header);
    std::memcpy(changed.image.data(), &header, sizeof(header));
    return changed;
}

namespace {

/// Rows of each stage's tile table, if none has to go.
std::vector<size_t> whole_tables(const ImageFile& file, const compiler::CompileOptions& options) {
    std::vector<size_t> rows;
    const ImageHeader& header = file.header();
    for (uint32_t i = 0; i < header.stage_count; ++i) {
        const LoopShape shape = shape_of(header, file.stage(i));
        rows.push_back(compiler::tile_table(shape, options.device.prices(), header.arena_bytes).rows.size());
    }
    return rows;
}

/// Compiles for less and less NVM.
class Tightener {
public:
    Tightener(const Graph& graph, uint32_t weight_bytes, uint32_t sram_bytes)
        : graph_(graph), options_(options_for(weight_bytes, sram_bytes, 512 * 1024)) {}

    /// The image, if it fits and no row of its tile tables had to go for that.
    std::optional<ImageFile> compile_for(uint32_t nvm_bytes) {
        try {
            options_.device.nvm_bytes = nvm_bytes;
            ImageFile file = compile_graph(graph_, options_);
            // What the tables would be depends on these alone; to find out takes as long as to compile.
            const ImageHeader& header = file.header();
            std::vector<size_t>& rows = whole_[{header.arena_bytes, header.sums_area_bytes}];
            if (rows.empty()) rows = whole_tables(file, options_);
            for (uint32_t i = 0; i < header.stage_count; ++i) {
                if (file.stage(i).candidate_count < rows[i]) return std::nullopt;
            }
            return file;
        } catch (const InputError&) {
            return std::nullopt;
        }
    }

private:
    const Graph& graph_;
    compiler::CompileOptions options_;
    std::map<std::pair<uint32_t, uint32_t>, std::vector<size_t>> whole_;
};

}  // namespace

ImageFile compile_tight(const Graph& graph, uint32_t weight_bytes, uint32_t sram_bytes) {
    ImageFile tightest = compile_graph(graph, weight_bytes, sram_bytes);
    Tightener tightener(graph, weight_bytes, sram_bytes);
    uint32_t fits = tightest.header().nvm_bytes;
    for (uint32_t step = std::bit_floor(fits) / 2; step >= 16;) {
        if (step >= fits) {
            step /= 2;
            continue;
        }
        const std::optional<ImageFile> file = tightener.compile_for(fits - step);
        if (file) {
            tightest = *file;
            fits -= step;
        } else {
            step /= 2;
        }
    }
    return tightest;
}

}  // namespace dynbal::test
