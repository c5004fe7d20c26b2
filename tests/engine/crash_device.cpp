#include "crash_device.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/crc32.hpp"
#include "base/random.hpp"
#include "engine/engine.hpp"
#include "graphs.hpp"
#include "stage_rig.hpp"

namespace dynbal::test {
namespace {

constexpr uint64_t no_cut = std::numeric_limits<uint64_t>::max();

class CrashRig {
public:
    CrashRig(const ImageFile& file, const CrashOptions& options)
        : file_(file),
          options_(options),
          nvm_(file.header().nvm_bytes, record_range(file.header()), options.mutation),
          sram_(Engine::sram_bytes_of(file.header())) {
        std::copy(file.image.begin(), file.image.end(), nvm_.memory.begin());
        nvm_.power_up(no_cut);
        PlainTrace trace;
        Engine engine(nvm_, nvm_, trace, sram_, options.policy);
        if (engine.boot() != Status::not_formatted || engine.format() != Status::ok) {
            throw std::runtime_error("the engine does not accept the image");
        }
        starts_[0] = nvm_.memory;
        infer(random_input(file, 13), {});
        starts_[1] = nvm_.memory;
        restore(false);
    }

    /// `warm`: one inference has ended on this NVM, so that all states are the other way round.
    void restore(bool warm) {
        nvm_.memory = starts_[warm];
        nvm_.written = 0;
        nvm_.records_seen = 0;
    }

    /// One inference through the given power cycles and then steady power; none if it got stuck.
    std::optional<std::vector<int16_t>> infer(const std::vector<int16_t>& input, const std::vector<uint64_t>& cycles) {
        bool started = false;
        for (size_t cycle = 0; cycle < cycles.size() + 3; ++cycle) {
            nvm_.power_up(cycle < cycles.size() ? cycles[cycle] : no_cut);
            std::fill(sram_.begin(), sram_.end(), static_cast<std::byte>(0x5A + 31 * cycle));
            PlainTrace trace;
            Engine engine(nvm_, nvm_, trace, sram_, options_.policy);
            try {
                if (engine.boot() != Status::ok) return std::nullopt;
                if (!started) inference_ = engine.record().inference;
                started = true;
                if (engine.record().inference == inference_) {
                    if (engine.record().phase == Phase::idle) {
                        if (engine.load_input(input) != Status::ok) return std::nullopt;
                        if (engine.start() != Status::ok) return std::nullopt;
                    }
                    if (engine.run() != Status::ok) return std::nullopt;
                }
                nvm_.power_up(no_cut);
                std::vector<int16_t> output(file_.header().output_values);
                if (engine.read_output(output) != Status::ok) return std::nullopt;
                return output;
            } catch (const CrashNvm::PowerCut&) {
            } catch (const std::out_of_range&) {
                return std::nullopt;
            }
        }
        return std::nullopt;
    }

    uint64_t written() const { return nvm_.written; }

private:
    static Range record_range(const ImageHeader& header) {
        return {header.records_offset, header.records_offset + records_bytes};
    }

    const ImageFile& file_;
    CrashOptions options_;
    CrashNvm nvm_;
    std::vector<std::byte> sram_;
    std::vector<std::byte> starts_[2];
    uint32_t inference_ = 0;
};

}  // namespace

void CrashNvm::read(uint32_t offset, std::span<std::byte> target) {
    if (offset > memory.size() || target.size() > memory.size() - offset) {
        throw std::out_of_range("read outside of NVM");
    }
    if (!target.empty()) std::memcpy(target.data(), memory.data() + offset, target.size());
}

size_t CrashNvm::arrival(size_t n, size_t bytes) const {
    if (mutation_ == Mutation::descending) return bytes - 1 - n;
    if (mutation_ == Mutation::high_byte_first && bytes % 2 == 0) return n ^ 1U;
    return n;
}

void CrashNvm::write(uint32_t offset, std::span<const std::byte> source) {
    if (offset > memory.size() || source.size() > memory.size() - offset) {
        throw std::out_of_range("write outside of NVM");
    }
    if (offset < records_.begin) throw std::out_of_range("write into the image");
    const bool record = offset >= records_.begin && offset < records_.end;
    records_seen += record ? 1 : 0;
    if (record && mutation_ == Mutation::lost_records && records_seen % 3 == 0) return;
    const size_t paid = static_cast<size_t>(std::min<uint64_t>(source.size(), left_));
    const bool completed = paid > 0 && record && mutation_ == Mutation::early_record;
    for (size_t n = 0; n < (completed ? source.size() : paid); ++n) {
        const size_t place = arrival(n, source.size());
        memory[offset + place] = source[place];
    }
    if (record && mutation_ == Mutation::no_checksums && paid > 4 && paid < source.size()) {
        // What a torn record would say if it were believed.
        const std::span<std::byte> slot(memory.data() + offset, source.size());
        const uint32_t crc =
            crc32(slot.subspan(4), reinterpret_cast<const ImageHeader*>(memory.data())->header_crc ^ record_version);
        std::memcpy(slot.data(), &crc, sizeof(crc));
    }
    written += paid;
    left_ -= paid;
    if (paid < source.size()) throw PowerCut{};
}

CrashResult try_all_cuts(const ImageFile& file, const CrashOptions& options) {
    const std::vector<int16_t> input = random_input(file, 11);
    const std::vector<int16_t> other = random_input(file, 12);
    CrashOptions sound = options;
    sound.mutation = Mutation::none;
    CrashRig reference(file, sound);
    const auto answer = reference.infer(input, {});
    CrashResult result;
    result.bytes_written = reference.written();
    const auto second_answer = reference.infer(other, {});
    if (!answer || !second_answer) throw std::runtime_error("no answer without failures");

    CrashRig rig(file, options);
    for (uint64_t cut = 0; cut < result.bytes_written; cut += options.step) {
        rig.restore((hash64(cut) & 1U) != 0);
        std::vector<uint64_t> cycles{cut};
        if (options.second_cut != 0) {
            cycles.push_back(in_range(hash64(cut), 0, options.second_cut));
        }
        const auto first = rig.infer(input, cycles);
        bool right = first == answer;
        bool stuck = !first;
        if (right && options.second_inference) {
            const uint64_t second_cut = in_range(hash64(~cut), 0, result.bytes_written - 1);
            const auto second = rig.infer(other, {second_cut});
            right = second == second_answer;
            stuck = !second;
        }
        if (!right && result.wrong + result.stuck == 0) result.first_failure = cut;
        result.stuck += !right && stuck ? 1 : 0;
        result.wrong += !right && !stuck ? 1 : 0;
        ++result.points;
    }
    return result;
}

}  // namespace dynbal::test
