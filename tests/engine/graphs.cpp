#include "graphs.hpp"

#include <cstring>
#include <optional>

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

compiler::ImageFile compile_graph(const Graph& graph, uint32_t weight_bytes, uint32_t sram_bytes, uint32_t nvm_bytes) {
    return compile_graph(graph, options_for(weight_bytes, sram_bytes, nvm_bytes));
}

compiler::ImageFile with_method(const compiler::ImageFile& file, uint8_t method) {
    compiler::ImageFile changed = file;
    ImageHeader header = file.header();
    header.method = method;
    header.header_crc = header_crc(header);
    std::memcpy(changed.image.data(), &header, sizeof(header));
    return changed;
}

namespace {

/// The image, if it fits and no row of its tile tables had to go for that.
std::optional<compiler::ImageFile> compile_whole(const Graph& graph, uint32_t weight_bytes, uint32_t sram_bytes,
                                                 uint32_t nvm_bytes) {
    try {
        const compiler::CompileOptions options = options_for(weight_bytes, sram_bytes, nvm_bytes);
        compiler::ImageFile file = compile_graph(graph, options);
        const ImageHeader& header = file.header();
        for (uint32_t i = 0; i < header.stage_count; ++i) {
            const LoopShape shape = shape_of(header, file.stage(i));
            if (file.stage(i).candidate_count <
                compiler::tile_table(shape, options.device.prices(), header.arena_bytes).rows.size()) {
                return std::nullopt;
            }
        }
        return file;
    } catch (const InputError&) {
        return std::nullopt;
    }
}

}  // namespace

compiler::ImageFile compile_tight(const Graph& graph, uint32_t weight_bytes, uint32_t sram_bytes) {
    compiler::ImageFile tightest = compile_graph(graph, weight_bytes, sram_bytes);
    uint32_t fits = 512 * 1024;
    for (uint32_t step = fits / 2; step >= 16;) {
        if (step >= fits) {
            step /= 2;
            continue;
        }
        const std::optional<compiler::ImageFile> file = compile_whole(graph, weight_bytes, sram_bytes, fits - step);
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
