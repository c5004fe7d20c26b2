//! Power cuts at SPI bytes: each is made on a fresh board, power comes back, and the answer must be the same. So must
//! every activation in NVM: a softmax would hide small faults.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "jobs.hpp"
#include "machine.hpp"

namespace dynbal::test {

struct CampaignResult {
    uint64_t points = 0;
    uint64_t power_cycles = 0;
    uint64_t wrong = 0;
    uint64_t stuck = 0;       ///< the program did not park, or did something forbidden
    std::string first_fault;  ///< what went wrong first, with the cut that shows it
};

class Campaign {
public:
    explicit Campaign(const Job432& job);

    /// The FRAM before each point: as it was delivered (the image is installed under fire, too), or with an image.
    void begin_with(std::vector<uint8_t> memory);
    /// One cut before each of the SPI bytes `first`, `first` + `stride`, ... of the first power cycle.
    CampaignResult cut_each(uint64_t first, uint64_t stride);
    /// `points` times: cuts at random places, one power cycle after another, `cuts` of them, then steady power.
    CampaignResult cut_often(uint64_t points, uint32_t cuts, uint64_t seed);
    /// Power fails after every `budget` SPI bytes until the answer is told; stuck if it is not after `cycles_max` cycles.
    CampaignResult cut_regularly(uint64_t budget, uint64_t cycles_max);

private:
    void prepare();
    void learn();
    std::vector<uint8_t> tensors();
    void finish(CampaignResult& result, const std::string& point);
    void check(CampaignResult& result, const std::string& point, const CycleResult& last);
    void note(CampaignResult& result, uint64_t& counter, const std::string& point, const CycleResult& cycle);

    Job432 job_;
    Machine machine_;
    std::vector<uint8_t> memory_;
    std::vector<uint8_t> expected_tensors_;
    uint64_t bytes_ = 0;
};

}  // namespace dynbal::test
