//! A device that loses power after given numbers of written bytes, and NVM that breaks its contract
//! in ways a test must notice.
#pragma once

#include <cstdint>
#include <vector>

#include "image_file/image_file.hpp"
#include "plugin/policy.hpp"
#include "ram_device.hpp"
#include "torture/random_tables.hpp"

namespace dynbal::test {

/// Faults of an NVM or its driver that would make an engine wrong.
enum class Mutation : uint8_t {
    none,
    descending,       ///< the bytes of a write arrive last to first
    high_byte_first,  ///< of each 16-bit word the high byte, which holds the state, arrives first
    lost_records,     ///< every third record never arrives
    early_record,     ///< records arrive whole as soon as their first byte does
    no_checksums,     ///< a torn record is completed with what was meant: as if CRCs did not matter
};

class CrashNvm final : public Nvm, public Power {
public:
    struct PowerCut {};

    CrashNvm(uint32_t bytes, Range records, Mutation mutation = Mutation::none)
        : memory(bytes), records_(records), mutation_(mutation) {}

    void power_up(uint64_t writable_bytes) { left_ = writable_bytes; }
    void read(uint32_t offset, std::span<std::byte> target) override;
    void write(uint32_t offset, std::span<const std::byte> source) override;
    bool compute(uint64_t) override { return true; }

    std::vector<std::byte> memory;
    uint64_t written = 0;
    uint32_t records_seen = 0;

private:
    /// The n-th byte of a write to arrive.
    size_t arrival(size_t n, size_t bytes) const;

    Range records_;
    Mutation mutation_;
    uint64_t left_ = 0;
};

struct CrashOptions {
    PolicyKind policy = PolicyKind::best;
    Mutation mutation = Mutation::none;
    uint64_t step = 1;             ///< tries every step-th cut
    uint64_t second_cut = 0;       ///< if not 0: a second cut at most so many bytes after the first
    bool second_inference = true;  ///< afterwards, with a cut of its own
};

struct CrashResult {
    uint64_t points = 0, wrong = 0, stuck = 0;
    uint64_t first_failure = 0;
    uint64_t bytes_written = 0;
};

/// Cuts the power after each number of written bytes of one inference, loading of the input
/// included, and compares the answer with that of an uninterrupted one. Half of the inferences are
/// the first on their NVM, half the second.
CrashResult try_all_cuts(const ImageFile& file, const CrashOptions& options);

using torture::with_random_tables;
using torture::with_tables;

}  // namespace dynbal::test
