#include "campaign.hpp"

#include "base/random.hpp"

namespace dynbal::test {
namespace {

std::string last_line(const std::string& text) {
    const size_t end = text.find_last_not_of('\n');
    if (end == std::string::npos) return "";
    const size_t begin = text.find_last_of('\n', end);
    return text.substr(begin == std::string::npos ? 0 : begin + 1);
}

}  // namespace

Campaign::Campaign(const Job432& job)
    : job_(job), machine_(flash_with(job.payload)), memory_(machine_.fram().memory()) {
    learn();
    expected_tensors_ = tensors();
}

void Campaign::begin_with(std::vector<uint8_t> memory) {
    memory_ = std::move(memory);
    learn();
}

void Campaign::prepare() { machine_.fram().memory() = memory_; }

/// What happens without a cut.
void Campaign::learn() {
    prepare();
    bytes_ = machine_.run_cycle().spi_bytes;
}

std::vector<uint8_t> Campaign::tensors() {
    const auto begin = machine_.fram().memory().begin() + job_.image.tensors_offset;
    return {begin, begin + job_.image.tensors_bytes};
}

void Campaign::note(CampaignResult& result, uint64_t& counter, const std::string& point, const CycleResult& cycle) {
    if (counter++ == 0 && result.first_fault.empty()) {
        result.first_fault = job_.name + ", " + point + ": " + cycle.reason + "\n" + cycle.text;
    }
}

/// Steady power: the answer must come, and be right.
void Campaign::finish(CampaignResult& result, const std::string& point) {
    ++result.points;
    ++result.power_cycles;
    check(result, point, machine_.run_cycle());
}

void Campaign::check(CampaignResult& result, const std::string& point, const CycleResult& last) {
    if (last.end != CycleEnd::parked) {
        note(result, result.stuck, point, last);
    } else if (last_line(last.text) != answer_line(1, job_.output) || tensors() != expected_tensors_) {
        note(result, result.wrong, point, last);
    }
}

CampaignResult Campaign::cut_each(uint64_t first, uint64_t stride) {
    CampaignResult result;
    for (uint64_t cut = first; cut <= bytes_; cut += stride) {
        prepare();
        const std::string point = "cut before SPI byte " + std::to_string(cut);
        const CycleResult cycle = machine_.run_cycle(cut);
        ++result.power_cycles;
        if (cycle.end != CycleEnd::power_failed) note(result, result.stuck, point, cycle);
        finish(result, point);
    }
    return result;
}

CampaignResult Campaign::cut_often(uint64_t points, uint32_t cuts, uint64_t seed) {
    CampaignResult result;
    for (uint64_t index = 0; index < points; ++index) {
        prepare();
        std::string point = "cuts before SPI bytes";
        for (uint32_t n = 0; n < cuts; ++n) {
            // Short power cycles as often as long ones.
            const uint64_t random = random64(seed, index * cuts + n);
            const uint64_t longest = bytes_ >> (random >> 60U) % 10;
            const uint64_t cut = in_range(random, 1, longest == 0 ? 1 : longest);
            point.append(1, ' ').append(std::to_string(cut));
            const CycleResult cycle = machine_.run_cycle(cut);
            ++result.power_cycles;
            // It may have come to its end before.
            if (cycle.end != CycleEnd::power_failed && cycle.end != CycleEnd::parked) {
                note(result, result.stuck, point, cycle);
            }
        }
        finish(result, point);
    }
    return result;
}

CampaignResult Campaign::cut_regularly(uint64_t budget, uint64_t cycles_max) {
    CampaignResult result;
    prepare();
    const std::string point = "power for " + std::to_string(budget) + " SPI bytes each time";
    CycleResult cycle;
    do {
        cycle = machine_.run_cycle(budget + 1);
        ++result.power_cycles;
    } while (cycle.end == CycleEnd::power_failed && result.power_cycles < cycles_max);
    ++result.points;
    check(result, point, cycle);
    return result;
}

}  // namespace dynbal::test
