#include "sim/sim_nvm.hpp"

#include <cstring>
#include <stdexcept>
#include <string>

namespace dynbal::sim {

void SimNvm::power_up(Supply& supply) {
    powered_ = account_.power_up(supply);
    if (!powered_) lose_power();
}

void SimNvm::lose_power() {
    powered_ = false;
    medium_.lose_power();
    account_.power_lost();
    throw PowerLoss{};
}

/// Checks an access and returns how many of its bytes the supply pays for.
size_t SimNvm::pay_transfer(Work work, uint32_t offset, size_t bytes) {
    if (!powered_) throw PowerLoss{};
    if (offset > memory().size() || bytes > memory().size() - offset) {
        throw std::logic_error("the engine accessed NVM bytes " + std::to_string(offset) + " to " +
                               std::to_string(offset + bytes) + ", the memory has " + std::to_string(memory().size()));
    }
    if (bytes == 0 || free_) {
        note_wear(work, offset, bytes);
        return bytes;
    }
    const uint64_t paid = account_.pay(work, bytes).count;
    ++traffic_.transfers;
    (work == Work::read ? traffic_.read_bytes : traffic_.write_bytes) += paid;
    note_wear(work, offset, static_cast<size_t>(paid));
    return static_cast<size_t>(paid);
}

void SimNvm::note_wear(Work work, uint32_t offset, size_t bytes) {
    if (work == Work::read) {
        wear_.note_read(offset, bytes);
    } else {
        wear_.note_write(offset, bytes);
    }
}

void SimNvm::read(uint32_t offset, std::span<std::byte> target) {
    const size_t paid = pay_transfer(Work::read, offset, target.size());
    if (paid != 0) std::memcpy(target.data(), memory().data() + offset, paid);
    if (paid < target.size()) lose_power();
}

void SimNvm::write(uint32_t offset, std::span<const std::byte> source) {
    const size_t paid = pay_transfer(Work::write, offset, source.size());
    store(offset, source, paid);
    if (paid < source.size()) lose_power();
}

void SimNvm::store(uint32_t offset, std::span<const std::byte> source, size_t paid) {
    const size_t first = defect_ == Defect::descending_writes ? source.size() - paid : 0;
    const uint32_t target = offset + static_cast<uint32_t>(first);
    const std::span<const std::byte> bytes = source.subspan(first, paid);
    if (paid != 0) {
        const bool watched = target < ignored_.begin || target >= ignored_.end;
        // Compared only until the first difference of a power cycle is found.
        if (watched && !changed_ && !free_) {
            changed_ = std::memcmp(memory().data() + target, bytes.data(), paid) != 0;
        }
        if (log_ != nullptr) append_to_log(target, bytes);
    }
    if (paid == source.size()) {
        medium_.write(offset, source);
    } else {
        medium_.tear(offset, source, paid);
    }
}

void SimNvm::append_to_log(uint32_t offset, std::span<const std::byte> source) {
    const uint32_t count = static_cast<uint32_t>(source.size());
    for (uint32_t i = 0; i < count; ++i) {
        const uint32_t place = defect_ == Defect::descending_writes ? count - 1 - i : i;
        log_->push_back({offset + place, source[place], i == 0, i == 0 && barrier_passed_});
    }
    barrier_passed_ = false;
}

void SimNvm::barrier() {
    if (!powered_) throw PowerLoss{};
    medium_.barrier();
    barrier_passed_ = true;
}

bool SimNvm::compute(uint64_t macs) {
    if (!powered_) throw PowerLoss{};
    if (free_) return arithmetic_;
    const Grant grant = account_.pay(Work::mac, macs);
    ++traffic_.jobs;
    traffic_.macs += grant.count;
    if (!grant.whole) lose_power();
    return arithmetic_;
}

}  // namespace dynbal::sim
