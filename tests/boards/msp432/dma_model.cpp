#include "dma_model.hpp"

#include <cstring>

namespace dynbal::test {
namespace {

// Offsets from 0x4000E000 (DMA_Channel_Type) and, from 0x1000 on, DMA_Control_Type of TI's msp432p401r.h.
constexpr uint32_t source0 = 0x0010, source1 = 0x0014, configuration = 0x1004, base = 0x1008, mask_clear = 0x1024;
constexpr uint32_t enable_set = 0x1028, enable_clear = 0x102C, alternate_clear = 0x1034, error = 0x104C;

constexpr uint32_t spi_b0 = 2;
constexpr uint32_t transmit_buffer = 0x4000200E, receive_buffer = 0x4000200C;
constexpr uint32_t sram_begin = 0x20000000;
constexpr uint32_t none = 3;  // increment fields: 0 one byte, 3 none

uint32_t target_increment(uint32_t control) { return control >> 30U; }
uint32_t source_increment(uint32_t control) { return control >> 26U & 3U; }

}  // namespace

void DmaModel::power_up() {
    master_enabled_ = false;
    table_ = sources_[0] = sources_[1] = enabled_ = 0;
    items_ = transfers_ = 0;
}

uint32_t DmaModel::read(uint32_t offset) {
    switch (offset) {
        case enable_set: return enabled_;
        case error: return 0;
        default: conditions_->forbid("uDMA: the driver has no reason to read this register"); return 0;
    }
}

void DmaModel::write(uint32_t offset, uint32_t value) {
    switch (offset) {
        case source0: sources_[0] = value; return;
        case source1: sources_[1] = value; return;
        case configuration: master_enabled_ = (value & 1U) != 0; return;
        case base:
            if (value % 1024 != 0) conditions_->forbid("uDMA: the control table is not aligned to 1024 bytes");
            table_ = value;
            return;
        case enable_set: enable(value); return;
        case enable_clear: enabled_ &= ~value; return;
        case mask_clear:
        case alternate_clear: return;
        default: conditions_->forbid("uDMA: the driver has no reason to write this register");
    }
}

uint8_t& DmaModel::memory(uint32_t address) {
    if (address < sram_begin || address - sram_begin >= sram_.size()) {
        conditions_->forbid("uDMA: an address outside SRAM");
        return sram_[0];
    }
    return sram_[address - sram_begin];
}

uint32_t DmaModel::word(uint32_t address) const {
    uint32_t value = 0;
    std::memcpy(&value, &sram_[address - sram_begin], sizeof(value));
    return value;
}

void DmaModel::set_word(uint32_t address, uint32_t value) {
    std::memcpy(&sram_[address - sram_begin], &value, sizeof(value));
}

void DmaModel::enable(uint32_t bits) {
    if ((bits & ~3U) != 0) conditions_->forbid("uDMA: a channel is enabled that nobody uses");
    if ((bits & enabled_) != 0) conditions_->forbid("uDMA: a channel is set up while it is still at work");
    if (!master_enabled_) conditions_->forbid("uDMA: a channel is enabled while the controller is not");
    if (table_ < sram_begin || table_ - sram_begin + 128 > sram_.size()) {
        conditions_->forbid("uDMA: the control table is not in SRAM");
        return;
    }
    for (uint32_t index = 0; index < 2; ++index) {
        if ((bits >> index & 1U) != 0) load(index);
    }
    enabled_ |= bits & 3U;
    ++transfers_;
}

void DmaModel::load(uint32_t index) {
    const uint32_t entry = table_ + 16 * index;
    Channel channel{word(entry), word(entry + 4), word(entry + 8)};
    channel.left = (channel.control >> 4U & 0x3FFU) + 1;
    check(index, channel);
    channels_[index] = channel;
}

void DmaModel::check(uint32_t index, const Channel& channel) {
    if (sources_[index] != spi_b0) conditions_->forbid("uDMA: a channel's source is not eUSCI_B0");
    if ((channel.control & 7U) != 1) conditions_->forbid("uDMA: a channel is not in basic mode");
    // Sizes, protection, arbitration and useburst: all zero. More than 1,024 items would spill into arbitration.
    if ((channel.control & 0x33FFC008U) != 0) conditions_->forbid("uDMA: size, arbitration or number of items");
    const bool sends = index == 0;
    const uint32_t peripheral = sends ? channel.target_end : channel.source_end;
    const uint32_t fixed = sends ? target_increment(channel.control) : source_increment(channel.control);
    if (peripheral != (sends ? transmit_buffer : receive_buffer) || fixed != none) {
        conditions_->forbid("uDMA: a channel does not keep to its buffer of eUSCI_B0");
    }
    const uint32_t moving = sends ? source_increment(channel.control) : target_increment(channel.control);
    if (moving != 0 && moving != none) conditions_->forbid("uDMA: memory is not accessed byte by byte");
    const uint32_t end = sends ? channel.source_end : channel.target_end;
    memory(end);
    if (moving == 0) memory(end - (channel.left - 1));
}

void DmaModel::update() {
    if (!conditions_->running()) return;
    if ((enabled_ & 1U) != 0 && spi_->wants_byte()) {
        const Channel& channel = channels_[0];
        const bool moves = source_increment(channel.control) != none;
        spi_->put(memory(channel.source_end - (moves ? channel.left - 1 : 0)));
        if (conditions_->running()) finish_item(0);
    }
    if ((enabled_ & 2U) != 0 && spi_->has_byte()) {
        const Channel& channel = channels_[1];
        const bool moves = target_increment(channel.control) != none;
        memory(channel.target_end - (moves ? channel.left - 1 : 0)) = spi_->take();
        finish_item(1);
        ++items_;
    }
}

/// The controller writes the entry back, and disables a channel that has moved its last item.
void DmaModel::finish_item(uint32_t index) {
    Channel& channel = channels_[index];
    if (--channel.left != 0) return;
    enabled_ &= ~(1U << index);
    set_word(table_ + 16 * index + 8, channel.control & ~0x3FF7U);
}

}  // namespace dynbal::test
