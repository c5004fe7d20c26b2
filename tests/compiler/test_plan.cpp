// Memory: whatever fits is accepted, to the byte; what does not is refused with true numbers.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>

#include "base/error.hpp"
#include "compiler/compile.hpp"
#include "compiler/tile_configs.hpp"
#include "engine/engine.hpp"
#include "graphs.hpp"

namespace dynbal::test {
namespace {

using compiler::CompileOptions;
using compiler::Graph;
using compiler::PoolKind;
using compiler::TensorId;

Graph small_network() {
    GraphBuilder b;
    const TensorId in = b.input(12, 12, 3);
    const TensorId first = b.pool(b.conv(in, 8, window(3, 1, 1)), window(2, 2), PoolKind::max);
    return b.finish(b.dense(b.conv(first, 16, window(3, 1, 1)), 10, false));
}

std::string refusal_of(const Graph& graph, const CompileOptions& options) {
    try {
        compile_graph(graph, options);
    } catch (const InputError& error) {
        return error.what();
    }
    return {};
}

/// The number that follows `words` in `text`.
uint32_t number_after(const std::string& text, const std::string& words) {
    const size_t at = text.find(words + " ");
    EXPECT_NE(at, std::string::npos) << "'" << words << "' in: " << text;
    return at == std::string::npos ? 0
                                   : static_cast<uint32_t>(std::strtoul(text.c_str() + at + words.size(), nullptr, 10));
}

TEST(Plan, NvmIsAcceptedAndRefusedToTheByte) {
    for (const NamedGraph& named : {NamedGraph{"small", small_network()}, NamedGraph{"tiny", tiny_network(), 1}}) {
        SCOPED_TRACE(named.name);
        CompileOptions options = options_for(named.weight_bytes, 16 * 1024, 512 * 1024);
        options.device.nvm_bytes = 1;
        EXPECT_EQ(refusal_of(named.graph, options).find("int8 weights"), std::string::npos) << "neither would fit";
        // What it takes at least is known before tile tables are made; with those it is a little more.
        options.device.nvm_bytes = number_after(refusal_of(named.graph, options), "needs at least");
        const std::string refusal = refusal_of(named.graph, options);
        const uint32_t needed = number_after(refusal, "needs at least");
        EXPECT_GT(needed, options.device.nvm_bytes);
        EXPECT_EQ(number_after(refusal, "but msp432p401r has"), options.device.nvm_bytes);
        EXPECT_EQ(needed, number_after(refusal, "weights") + number_after(refusal, "activations") +
                              number_after(refusal, "descriptions") + number_after(refusal, "records"));
        EXPECT_EQ(refusal.find("int8 weights") != std::string::npos, named.weight_bytes == 2) << refusal;

        options.device.nvm_bytes = needed;
        EXPECT_EQ(compile_graph(named.graph, options).header().nvm_bytes, needed);
        options.device.nvm_bytes = needed - 1;
        EXPECT_NE(refusal_of(named.graph, options).find(std::to_string(needed) + " bytes of NVM"), std::string::npos);
    }
}

uint64_t least_need_of(const compiler::StageTable& table) { return table.rows[table.least_need].need.value(); }

/// With every row, as if there were room.
compiler::StageTable whole_table(const ImageFile& file, uint32_t stage, const CompileOptions& options) {
    const LoopShape shape = shape_of(file.header(), file.stage(stage));
    return compiler::tile_table(shape, options.device.prices(), file.header().arena_bytes);
}

/// Where tables alone are too much, rows are given up, but none that the engine cannot do without.
TEST(Plan, TablesAreThinnedToFit) {
    const Graph graph = small_network();
    CompileOptions options = options_for(2, 16 * 1024, 512 * 1024);
    const ImageFile full = compile_graph(graph, options);
    options.device.nvm_bytes = 1;
    options.device.nvm_bytes = number_after(refusal_of(graph, options), "needs at least");
    const uint32_t least = number_after(refusal_of(graph, options), "needs at least");
    ASSERT_LT(least, full.header().nvm_bytes);
    std::map<uint32_t, uint32_t> most_rows;  // by the area for sums: other tables
    const uint32_t step = (std::getenv("DYNBAL_LONG") != nullptr ? 4 : 20) * static_cast<uint32_t>(sizeof(Candidate));
    for (uint32_t more = 0; least + more <= full.header().nvm_bytes; more += step) {
        options.device.nvm_bytes = least + more;
        const ImageFile file = compile_graph(graph, options);
        EXPECT_LE(file.header().nvm_bytes, least + more);
        uint32_t rows = 0;
        for (uint32_t i = 0; i < file.header().stage_count; ++i) {
            const StageDescriptor stage = file.stage(i);
            const compiler::StageTable table{file.candidates(stage), file.candidate_froms(stage), stage.least_need_row,
                                             stage.start_row};
            rows += static_cast<uint32_t>(table.rows.size());
            EXPECT_EQ(least_need_of(table), least_need_of(whole_table(file, i, options)));
        }
        uint32_t& most = most_rows[file.header().sums_area_bytes];
        EXPECT_GE(rows, most);
        most = rows;
    }
}

/// As NVM grows, nothing that was accepted is refused, and no image takes more than there is.
TEST(Plan, MoreNvmIsNeverWorse) {
    const Graph graph = small_network();
    bool accepted = false;
    for (uint32_t bytes = 14 * 1024; bytes < 40 * 1024; bytes += 1000) {
        const CompileOptions options = options_for(2, 8 * 1024, bytes);
        try {
            EXPECT_LE(compile_graph(graph, options).header().nvm_bytes, bytes);
            accepted = true;
        } catch (const InputError&) {
            EXPECT_FALSE(accepted) << bytes;
        }
    }
    EXPECT_TRUE(accepted);
}

/// Strides may be as long as they like where only one step is taken; fused, two of them would leave the format.
TEST(Plan, LongStridesAreNotFused) {
    compiler::Window conv = window(1);
    conv.stride_h = conv.stride_w = 3000;
    compiler::Window pool = window(1);
    pool.stride_h = pool.stride_w = 3000;
    GraphBuilder b;
    const Graph graph = b.finish(b.pool(b.conv(b.input(4, 4, 2), 3, conv), pool, PoolKind::max));
    EXPECT_EQ(compile_graph(graph).header().stage_count, 2U);
}

TEST(Plan, LittleSramIsRefusedWithWhatIsNeeded) {
    const Graph graph = small_network();
    CompileOptions options = options_for(2, 9 * 1024, 512 * 1024);
    options.device.sram_reserved_bytes = 8 * 1024;
    // 8 KB leave less than tables take, a little more nothing for buffers.
    for (const uint32_t bytes : {1U, 8U * 1024, 8U * 1024 + 500, 8U * 1024 + 512 + 255}) {
        options.device.sram_bytes = bytes;
        const std::string refusal = refusal_of(graph, options);
        EXPECT_EQ(number_after(refusal, "but msp432p401r has"), bytes);
        EXPECT_EQ(number_after(refusal, "and the"), 8U * 1024);
        const uint32_t needed = number_after(refusal, "these are");
        EXPECT_EQ(needed,
                  number_after(refusal, "smallest tile needs") + number_after(refusal, "SRAM; with") + 8 * 1024);

        CompileOptions enough = options;
        enough.device.sram_bytes = needed;
        EXPECT_LE(Engine::sram_bytes_of(compile_graph(graph, enough).header()), needed - 8 * 1024);
        enough.device.sram_bytes = needed - 4;
        EXPECT_NE(refusal_of(graph, enough), "");
    }
}

/// Sizes that are no multiple of four come from profiles with fractions of a KiB.
TEST(Plan, AnySizeOfSramWillDo) {
    for (uint32_t bytes = 6000; bytes < 6004; ++bytes) {
        EXPECT_NO_THROW(compile_graph(small_network(), 2, bytes)) << bytes;
    }
}

TEST(Plan, PoolsThatSeeNothingButPaddingAreRefused) {
    for (const bool leading : {true, false}) {
        compiler::Window w;
        (leading ? w.pad_left : w.pad_right) = 3;
        GraphBuilder b;
        const TensorId in = b.input(1, 8, 2);
        const Graph graph = b.finish(b.pool(b.conv(in, 2, window(1)), w, PoolKind::average, true));
        const std::string refusal = refusal_of(graph, options_for(2, 64 * 1024, 512 * 1024));
        EXPECT_NE(refusal.find("node 'pool1' (AveragePool): attribute 'pads'"), std::string::npos) << refusal;
    }
}

TEST(Plan, StagesBeyondTheFormatAreRefused) {
    GraphBuilder b;
    const Graph graph = b.finish(b.conv(b.input(1, 4000, 1), 5000, window(1)));
    const std::string refusal = refusal_of(graph, options_for(1, 64 * 1024, 200 * 1024 * 1024));
    EXPECT_NE(refusal.find("node 'conv0' (Conv or FC)"), std::string::npos) << refusal;
    EXPECT_NE(refusal.find("20000000 output values"), std::string::npos) << refusal;
}

/// Prices have no upper limit: what costs more than 32 bits of sixteenths is priced like all else.
TEST(Plan, LargeStagesArePriced) {
    GraphBuilder b;
    const Graph graph = b.finish(b.conv(b.input(64, 64, 64), 128, window(3, 1, 1)));
    const ImageFile file = compile_graph(graph, options_for(1, 256 * 1024, 4 * 1024 * 1024));
    const std::vector<Candidate> rows = file.candidates(file.stage(0));
    EXPECT_GT(rows.front().reuse.value(), uint64_t{UINT32_MAX});
    EXPECT_GT(rows.size(), 5U);
}

/// The engine loads an input a pixel at a time at least.
TEST(Plan, InputsOfTooManyChannelsAreRefused) {
    GraphBuilder b;
    const Graph graph = b.finish(b.conv(b.input(1, 1, 4000), 2, window(1)));
    const std::string refusal = refusal_of(graph, options_for(2, 6 * 1024, 512 * 1024));
    EXPECT_NE(refusal.find("4000 channels"), std::string::npos) << refusal;
}

TEST(Plan, AveragesOfTooManyValuesAreRefused) {
    for (const bool fused : {false, true}) {
        GraphBuilder b;
        TensorId in = b.input(256, 256, 1);
        in = fused ? b.conv(in, 1, window(1)) : in;
        const Graph graph = b.finish(b.pool(in, window(256), PoolKind::average));
        const std::string refusal = refusal_of(graph, options_for(2, 1024 * 1024, 4 * 1024 * 1024));
        EXPECT_NE(refusal.find("65536 values"), std::string::npos) << refusal;
    }
}

/// A cycle of the energy that the table says is needed does make progress, even where most tiles lie in padding.
TEST(Plan, NeedInWidePaddingIsThatOfATileInTheInput) {
    LoopShape shape;
    shape.in_h = shape.in_w = 4, shape.channels_in = 16;
    shape.out_h = shape.out_w = 6, shape.channels_out = 8;
    shape.pad_top = shape.pad_left = 1;
    shape.counts_macs = true;
    shape.weight_bytes = 2, shape.header_bytes = 8;
    LoopShape inside = shape;
    inside.in_h = inside.in_w = 6;
    inside.pad_top = inside.pad_left = 0;
    const compiler::StagePrices prices = compiler::device_by_name("msp432p401r").prices();
    const auto need = [&](const LoopShape& s) { return needs_of({&s, {}, 4096, prices.model, prices.boot}).step; };
    EXPECT_EQ(need(shape), need(inside));
}

}  // namespace
}  // namespace dynbal::test
