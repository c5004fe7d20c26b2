//! An inference that is given up while the power fails: the supply, and what must be left in NVM.
#pragma once

#include <cstdint>
#include <vector>

#include "nvm/record.hpp"
#include "sim/session.hpp"
#include "sim/supply_kinds.hpp"
#include "torture/graph_builder.hpp"

namespace dynbal::test {

/// Cycles of 330 bytes; one of them brings no more than giving up takes, and some bytes of what follows: what it leaves is
/// half of one inference and half of the next.
class FailsBehind final : public sim::Supply {
public:
    FailsBehind(uint64_t cycle, uint64_t bytes) : cycle_(cycle), bytes_(bytes) {}
    void begin_cycle() override { allowance_.set(now_++ == cycle_ ? 2 * sizeof(Record) + bytes_ : 330); }
    sim::Grant pay(const sim::Demand& demand) override { return allowance_.pay(demand); }

private:
    uint64_t cycle_, bytes_, now_ = 0;
    sim::WriteAllowance allowance_;
};

/// Of all values: the next inference must find them as a whole one leaves them.
inline std::vector<std::byte> states_of(sim::Session& session, const ImageFile& file) {
    const ImageHeader& header = file.header();
    std::vector<std::byte> states;
    for (uint32_t i = 1; i < header.tensors_bytes; i += 2) {
        states.push_back(session.nvm().memory()[header.tensors_offset + i] & std::byte{0x80});
    }
    return states;
}

/// An inference whose power fails behind so many bytes in the cycle in which it is given up.
inline sim::RunResult give_up(sim::Session& session, const ImageFile& file, uint64_t cycle, uint64_t bytes) {
    FailsBehind supply(cycle, bytes);
    sim::RunOptions options;
    options.abandon_at_cycle = cycle;
    return session.run_inference(torture::random_input(file, 1), supply, options);
}

}  // namespace dynbal::test
