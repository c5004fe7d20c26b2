//! Model of uDMA, as far as channel 0 (SPI transmit) and channel 1 (SPI receive) in basic mode go.
#pragma once

#include <cstdint>
#include <span>

#include "conditions.hpp"
#include "spi_model.hpp"

namespace dynbal::test {

class DmaModel {
public:
    DmaModel(Conditions& conditions, SpiModel& spi, std::span<uint8_t> sram)
        : conditions_(&conditions), spi_(&spi), sram_(sram) {}

    void power_up();
    uint32_t read(uint32_t offset);
    void write(uint32_t offset, uint32_t value);

    /// Serves the requests there are. Called whenever time has passed.
    void update();
    uint32_t enabled() const { return enabled_; }
    uint64_t items() const { return items_; }
    uint64_t transfers() const { return transfers_; }

private:
    struct Channel {
        uint32_t source_end = 0, target_end = 0, control = 0;
        uint32_t left = 0;
    };
    void enable(uint32_t bits);
    void load(uint32_t index);
    void check(uint32_t index, const Channel& channel);
    void finish_item(uint32_t index);
    uint32_t word(uint32_t address) const;
    void set_word(uint32_t address, uint32_t value);
    uint8_t& memory(uint32_t address);

    Conditions* conditions_;
    SpiModel* spi_;
    std::span<uint8_t> sram_;
    bool master_enabled_ = false;
    uint32_t table_ = 0;
    uint32_t sources_[2] = {0, 0};
    uint32_t enabled_ = 0;
    Channel channels_[2];
    uint64_t items_ = 0;
    uint64_t transfers_ = 0;
};

}  // namespace dynbal::test
