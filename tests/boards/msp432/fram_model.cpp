#include "fram_model.hpp"

namespace dynbal::test {
namespace {

constexpr uint8_t write_status = 0x01;
constexpr uint8_t write = 0x02;
constexpr uint8_t read = 0x03;
constexpr uint8_t drop_latch = 0x04;
constexpr uint8_t read_status = 0x05;
constexpr uint8_t set_latch = 0x06;
constexpr uint8_t identify = 0x9F;
constexpr uint8_t sleep = 0xB9;

constexpr uint8_t identification[9] = {0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0xC2, 0x26, 0x08};
constexpr uint8_t silence = 0xFF;
constexpr uint32_t access_header = 4;  ///< opcode and address

}  // namespace

void FramModel::power_up() {
    selected_ = latch_ = asleep_ = false;
    ready_ps_ = 0;
    bytes_seen_ = bytes_written_ = bytes_read_ = 0;
}

void FramModel::select(bool selected) {
    if (selected == selected_) return;
    selected_ = selected;
    if (selected) {
        position_ = 0;
        if (conditions_->now_ps() < power_up_ps) conditions_->forbid("FRAM: accessed too early after power-up");
        if (asleep_) {
            asleep_ = false;
            ready_ps_ = conditions_->now_ps() + wake_up_ps;
        }
        return;
    }
    if (position_ == 0) return;
    const bool complete = opcode_ == write_status ? position_ > 1 : opcode_ == write && position_ >= access_header;
    if (complete) latch_ = false;
    if (opcode_ == write && !complete) conditions_->forbid("FRAM: a WRITE without address");
    if (opcode_ == sleep) asleep_ = true;
}

uint8_t FramModel::exchange(uint8_t sent) {
    ++bytes_seen_;
    const bool deaf = !selected_ || has(FramFault::missing) || conditions_->now_ps() < ready_ps_;
    const uint8_t received = deaf ? silence : answer(sent);
    if (has(FramFault::line_low)) return 0x00;
    if (has(FramFault::line_high)) return 0xFF;
    return received;
}

uint8_t FramModel::answer(uint8_t sent) {
    const uint32_t position = position_++;
    if (position == 0) {
        begin_command(sent);
        return silence;
    }
    switch (opcode_) {
        case read_status: return status();
        case identify: {
            const uint32_t index = (position - 1) % sizeof(identification);
            return index == 7 && has(FramFault::other_chip) ? 0x25 : identification[index];
        }
        case read:
        case write: return access(sent);
        default: conditions_->forbid("FRAM: more bytes than its command has"); return silence;
    }
}

void FramModel::begin_command(uint8_t opcode) {
    opcode_ = opcode;
    switch (opcode) {
        case set_latch: latch_ = !has(FramFault::dead_latch); break;
        case drop_latch: latch_ = false; break;
        case write:
            if (!latch_) conditions_->forbid("FRAM: WRITE while the write latch is not set");
            break;
        case write_status: conditions_->forbid("FRAM: the driver has no reason to write the status register"); break;
        case read:
        case read_status:
        case identify:
        case sleep: break;
        default: conditions_->forbid("FRAM: unknown opcode " + std::to_string(opcode));
    }
}

/// The bytes of a READ or WRITE behind its opcode.
uint8_t FramModel::access(uint8_t sent) {
    const uint32_t position = position_ - 1;
    if (position < access_header) {
        address_ = address_ << 8U | sent;
        if (position == 1) address_ = sent;
        if (position + 1 == access_header && address_ >= memory_bytes) conditions_->forbid("FRAM: address too large");
        return silence;
    }
    if (address_ == memory_bytes) conditions_->forbid("FRAM: an access runs over the end of the memory");
    const uint32_t place = address_++ % memory_bytes;
    if (opcode_ == read) {
        ++bytes_read_;
        return memory_[place];
    }
    ++bytes_written_;
    if (conditions_->running()) memory_[place] = sent;
    return silence;
}

uint8_t FramModel::status() const {
    const uint8_t blocks = has(FramFault::protected_blocks) ? 0x0C : 0x00;
    return static_cast<uint8_t>(0x40 | blocks | (latch_ ? 0x02 : 0x00));
}

}  // namespace dynbal::test
