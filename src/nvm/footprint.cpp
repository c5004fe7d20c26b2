#include "nvm/footprint.hpp"

#include "base/crc32.hpp"
#include "platform/assertion.hpp"

namespace dynbal {
namespace {

struct Footprint {
    uint32_t epoch = 0;
    uint32_t done = 0;
    uint32_t crc = 0;
};
static_assert(sizeof(Footprint) == footprint_bytes);

uint32_t crc_of(const Footprint& footprint) {
    return crc32(std::as_bytes(std::span<const Footprint, 1>(&footprint, 1)).first(8));
}

}  // namespace

uint32_t FootprintStore::load(uint32_t epoch) {
    uint32_t done = 0;
    next_slot_ = 0;
    for (uint32_t slot = 0; slot < 2; ++slot) {
        Footprint footprint;
        meter_->read(TrafficClass::recovery, offset_ + slot * footprint_bytes,
                     std::as_writable_bytes(std::span<Footprint, 1>(&footprint, 1)));
        if (footprint.epoch == epoch && footprint.crc == crc_of(footprint) && footprint.done > done) {
            done = footprint.done;
            next_slot_ = slot ^ 1U;
        }
    }
    return done;
}

void FootprintStore::save(uint32_t epoch, uint32_t done) {
    DYNBAL_ASSERT(next_slot_ < 2);
    DYNBAL_ASSERT(done != 0);  // what format() leaves is no footprint
    Footprint footprint{epoch, done, 0};
    footprint.crc = crc_of(footprint);
    meter_->barrier();  // the sums it speaks for
    meter_->write(TrafficClass::checkpoints, offset_ + next_slot_ * footprint_bytes,
                  std::as_bytes(std::span<const Footprint, 1>(&footprint, 1)));
    meter_->barrier();
    next_slot_ ^= 1U;
}

void FootprintStore::read_sums(uint32_t pass, uint32_t index, std::span<int32_t> sums) {
    meter_->read(TrafficClass::checkpoints, sum_offset(pass, index), std::as_writable_bytes(sums));
}

void FootprintStore::write_sums(uint32_t pass, uint32_t index, std::span<const int32_t> sums) {
    meter_->write(TrafficClass::checkpoints, sum_offset(pass, index), std::as_bytes(sums));
}

}  // namespace dynbal
