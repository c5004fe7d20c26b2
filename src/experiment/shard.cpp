#include "experiment/shard.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "base/error.hpp"
#include "base/random.hpp"

namespace dynbal::experiment {

Shard parse_shard(const std::string& text) {
    Shard shard;
    const char* const end = text.data() + text.size();
    const auto index = std::from_chars(text.data(), end, shard.index);
    if (index.ec == std::errc() && index.ptr != end && *index.ptr == '/') {
        const auto count = std::from_chars(index.ptr + 1, end, shard.count);
        if (count.ec == std::errc() && count.ptr == end && shard.index >= 1 && shard.index <= shard.count &&
            shard.count <= shards_max) {
            return shard;
        }
    }
    throw InputError("--shard: '" + text + "' is no shard; it is I/N, the I-th of N parts, as in 3/16 (N at most " +
                     std::to_string(shards_max) + ")");
}

std::vector<bool> members_of(const Shard& shard, uint32_t cells) {
    constexpr uint64_t seed = 0x5A4D;
    std::vector<uint32_t> shuffled(cells);
    std::iota(shuffled.begin(), shuffled.end(), 0U);
    std::sort(shuffled.begin(), shuffled.end(),
              [](uint32_t a, uint32_t b) { return std::pair(random64(seed, a), a) < std::pair(random64(seed, b), b); });
    std::vector<bool> members(cells, false);
    for (uint32_t place = shard.index - 1; place < cells; place += shard.count) members[shuffled[place]] = true;
    return members;
}

}  // namespace dynbal::experiment
