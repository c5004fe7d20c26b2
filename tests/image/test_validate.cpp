//! Damaged images: refused, or run without touching memory outside of NVM and SRAM. Checksums are
//! made good again, so that it is the checks behind them that are tested.
#include <gtest/gtest.h>

#include <iostream>

#include "base/crc32.hpp"
#include "base/random.hpp"
#include "compiler/compile.hpp"
#include "engine/engine.hpp"
#include "graphs.hpp"
#include "ram_device.hpp"
#include "stage_rig.hpp"

namespace dynbal::test {
namespace {

using Bytes = std::vector<std::byte>;

void make_checksums_good(Bytes& image) {
    if (image.size() < sizeof(ImageHeader)) return;
    ImageHeader header;
    std::memcpy(&header, image.data(), sizeof(header));
    if (header.image_bytes >= sizeof(header) && header.image_bytes <= image.size()) {
        header.body_crc =
            crc32(std::span<const std::byte>(image).first(header.image_bytes).subspan(sizeof(ImageHeader)));
    }
    header.header_crc = header_crc(header);
    std::memcpy(image.data(), &header, sizeof(header));
}

/// Ends runs that would take too long: a valid image may describe a lot of work.
struct TooLong {};
class PatientNvm final : public Nvm, public Power {
public:
    explicit PatientNvm(size_t bytes) : ram_(bytes) {}
    void read(uint32_t offset, std::span<std::byte> target) override {
        tick(target.size());
        ram_.read(offset, target);
    }
    void write(uint32_t offset, std::span<const std::byte> source) override {
        tick(source.size());
        ram_.write(offset, source);
    }
    bool compute(uint64_t macs) override {
        tick(macs / 16);
        return true;
    }
    Bytes& memory() { return ram_.memory; }

private:
    void tick(uint64_t work) {
        done_ += work + 16;
        if (done_ > 400000) throw TooLong{};
    }
    RamNvm ram_;
    uint64_t done_ = 0;
};

enum class End : uint8_t { rejected, refused, completed, too_long, too_large };

/// Throws std::out_of_range if the engine leaves NVM; sanitizers see the rest.
End run_image(const Bytes& image) {
    if (validate(image) != ImageFault::none) return End::rejected;
    ImageHeader header;
    std::memcpy(&header, image.data(), sizeof(header));
    constexpr uint32_t largest = 4U << 20U;
    if (header.nvm_bytes > largest || Engine::sram_bytes_of(header) > largest || header.input_values > largest ||
        header.output_values > largest) {
        return End::too_large;
    }
    PatientNvm nvm(std::max<size_t>(header.nvm_bytes, image.size()));
    std::copy(image.begin(), image.end(), nvm.memory().begin());
    // Exactly as much as the image asks for, so that one byte more is noticed.
    std::vector<uint32_t> sram((Engine::sram_bytes_of(header) + 3) / 4);
    const auto bytes = std::as_writable_bytes(std::span(sram));
    PlainTrace trace;
    std::vector<int16_t> input(header.input_values, 77);
    std::vector<int16_t> output(header.output_values);
    try {
        for (int boot = 0; boot < 2; ++boot) {
            Engine engine(nvm, nvm, trace, bytes, PolicyKind::best);
            if (boot == 0 && engine.boot() != Status::not_formatted) return End::refused;
            if (boot == 0 && engine.format() != Status::ok) return End::refused;
            if (boot == 1 && engine.boot() != Status::ok) return End::refused;
            if (engine.load_input(input) != Status::ok) return End::refused;
            if (engine.start() != Status::ok) return End::refused;
            // Recovery, too, meets the damage.
            Engine next(nvm, nvm, trace, bytes, PolicyKind::best);
            if (next.boot() != Status::ok || next.run() != Status::ok) return End::refused;
            if (next.read_output(output) != Status::ok) return End::refused;
        }
    } catch (const TooLong&) {
        return End::too_long;
    }
    return End::completed;
}

Bytes small_image(bool tight = false) {
    const compiler::Graph graph = tiny_network();
    return (tight ? compile_tight(graph, 2, 2048 + 2048) : compile_graph(graph, 1, 2048 + 2048)).image;
}

TEST(Validate, AnImageAsItIsCompletes) {
    EXPECT_EQ(run_image(small_image()), End::completed);
    EXPECT_EQ(run_image(small_image(true)), End::completed);
}

TEST(Validate, TruncatedAtEveryLengthIsRejected) {
    const Bytes image = small_image();
    for (size_t length = 0; length < image.size(); ++length) {
        Bytes cut(image.begin(), image.begin() + static_cast<long>(length));
        ASSERT_NE(validate(cut), ImageFault::none) << length;
        // As long as its header says, it is still short of something.
        make_checksums_good(cut);
        ASSERT_NE(validate(cut), ImageFault::none) << length;
    }
}

TEST(Validate, AnyBitThatChangesIsNoticed) {
    const Bytes image = small_image();
    for (size_t bit = 0; bit < image.size() * 8; ++bit) {
        Bytes changed = image;
        changed[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
        ASSERT_NE(validate(changed), ImageFault::none) << "bit " << bit;
        if (bit > sizeof(ImageHeader) * 8) bit += 4;  // the body has one checksum
    }
}

/// Bits of the header, of descriptors, state runs and tables; weights may be anything.
void flip_all_bits(const Bytes& image, size_t step) {
    ImageHeader header;
    std::memcpy(&header, image.data(), sizeof(header));
    std::vector<Range> ranges{{0, sizeof(ImageHeader)}};
    ranges.push_back({header.stages_offset,
                      header.stages_offset + header.stage_count * static_cast<uint32_t>(sizeof(StageDescriptor))});
    const auto add_runs = [&](const StateRuns& states) {
        ranges.push_back(
            {states.runs_offset, states.runs_offset + states.run_count * static_cast<uint32_t>(sizeof(StateRun))});
    };
    add_runs(header.input_states);
    for (uint32_t index = 0; index < header.stage_count; ++index) {
        StageDescriptor stage;
        std::memcpy(&stage, image.data() + header.stages_offset + index * sizeof(stage), sizeof(stage));
        ranges.push_back({stage.candidates_offset,
                          stage.candidates_offset + stage.candidate_count * static_cast<uint32_t>(sizeof(Candidate))});
        add_runs(stage.states);
    }
    std::array<uint64_t, 5> ends{};
    for (const Range& range : ranges) {
        for (size_t bit = size_t{range.begin} * 8; bit < size_t{range.end} * 8; bit += step) {
            Bytes changed = image;
            changed[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
            make_checksums_good(changed);
            try {
                ++ends[static_cast<size_t>(run_image(changed))];
            } catch (const std::out_of_range& error) {
                FAIL() << error.what() << " with bit " << bit % 8 << " of byte " << bit / 8 << " in [" << range.begin
                       << ", " << range.end << ")";
            }
        }
    }
    std::cout << ends[0] << " rejected, " << ends[1] << " refused, " << ends[2] << " completed, " << ends[3]
              << " too long, " << ends[4] << " too large\n";
    EXPECT_GT(ends[0], 0U);
    EXPECT_GT(ends[2], 0U);
}

TEST(Validate, AnyBitOfHeaderAndDescriptors) { flip_all_bits(small_image(), thoroughness_divisor == 1 ? 1 : 3); }

TEST(Validate, AnyBitOfHeaderAndDescriptorsWhereStoragesShareMemory) {
    flip_all_bits(small_image(true), thoroughness_divisor == 1 ? 1 : 5);
}

/// Or the next input would overwrite an answer that can still be read.
TEST(Validate, InputAndOutputMustNotOverlap) {
    const Bytes image = small_image();
    ImageHeader header;
    std::memcpy(&header, image.data(), sizeof(header));
    const uint32_t input_end = header.input.offset + 2 * header.input_values;
    const uint32_t output_bytes = 2 * header.output_values;
    ASSERT_EQ(header.input.pixel_stride, header.input.channels);
    for (const auto& [offset, fault] :
         {std::pair(header.input.offset, ImageFault::bad_layout), std::pair(input_end - 2, ImageFault::bad_layout),
          std::pair(input_end, ImageFault::none)}) {
        ASSERT_LE(offset + output_bytes, header.tensors_offset + header.tensors_bytes);
        header.output.offset = offset;
        Bytes changed = image;
        std::memcpy(changed.data(), &header, sizeof(header));
        make_checksums_good(changed);
        EXPECT_EQ(validate(changed), fault) << offset;
    }
}

/// The compiler says where int16 weights gain little, and only there.
TEST(Compile, WarnsOfCoarseWeights) {
    for (const int products : {100, 4000}) {
        for (const uint32_t weight_bytes : {1U, 2U}) {
            GraphBuilder b;
            const auto in = b.input(1, 1, products);
            compiler::CompileOptions options = options_for(weight_bytes, 64 * 1024, 512 * 1024);
            std::vector<std::string> warnings;
            options.warn = [&](const std::string& warning) { warnings.push_back(warning); };
            compile_graph(b.finish(b.dense(in, 5)), options);
            ASSERT_EQ(warnings.size(), products == 4000 && weight_bytes == 2 ? 1U : 0U);
            if (warnings.empty()) continue;
            EXPECT_NE(warnings[0].find("node 'conv0'"), std::string::npos) << warnings[0];
            EXPECT_NE(warnings[0].find("4000 products"), std::string::npos) << warnings[0];
        }
    }
}

/// Where nothing can make the weights finer, it says how coarse they are, for both widths.
TEST(Compile, WarnsOfPoorAnswers) {
    for (const uint32_t weight_bytes : {1U, 2U}) {
        GraphBuilder b;
        const auto in = b.input(1, 1, 20'000);
        compiler::CompileOptions options = options_for(weight_bytes, 64 * 1024, 512 * 1024);
        std::vector<std::string> warnings;
        options.warn = [&](const std::string& warning) { warnings.push_back(warning); };
        compile_graph(b.finish(b.dense(in, 5)), options);
        ASSERT_EQ(warnings.size(), 1U);
        for (const char* words : {"node 'conv0': with", "20000 products", "9 %", "fewer inputs"}) {
            EXPECT_NE(warnings[0].find(words), std::string::npos) << warnings[0];
        }
        EXPECT_EQ(warnings[0].find("--weights int8"), std::string::npos) << warnings[0];
    }
}

/// Whole fields at extreme values: what single bits do not reach.
TEST(Validate, ExtremeFields) {
    const Bytes image = small_image();
    ImageHeader header;
    std::memcpy(&header, image.data(), sizeof(header));
    const uint32_t end = header.stages_offset + header.stage_count * static_cast<uint32_t>(sizeof(StageDescriptor));
    for (const uint32_t value :
         {0U, 1U, 0x7FFFU, 0x8000U, 0xFFFFU, 0x7FFFFFFFU, 0x80000000U, 0xFFFFFFFFU, 0xFFFFFFFCU}) {
        for (const size_t width : {size_t{2}, size_t{4}}) {
            for (size_t offset = 0; offset + width <= end; offset += width) {
                Bytes changed = image;
                std::memcpy(changed.data() + offset, &value, width);
                make_checksums_good(changed);
                try {
                    run_image(changed);
                } catch (const std::out_of_range& error) {
                    FAIL() << error.what() << ", " << width << " bytes at " << offset << " = " << value;
                }
            }
        }
    }
}

/// Several fields at once, at random.
TEST(Validate, RandomDamage) {
    const Bytes image = small_image();
    const uint64_t rounds = 20000 / thoroughness_divisor;
    for (uint64_t round = 0; round < rounds; ++round) {
        Bytes changed = image;
        for (uint64_t i = 0; i < 1 + round % 4; ++i) {
            const uint64_t random = random64(round, i);
            changed[random % 3000 % changed.size()] = static_cast<std::byte>(random >> 56U);
        }
        make_checksums_good(changed);
        try {
            run_image(changed);
        } catch (const std::out_of_range& error) {
            FAIL() << error.what() << " in round " << round;
        }
    }
}

}  // namespace
}  // namespace dynbal::test
