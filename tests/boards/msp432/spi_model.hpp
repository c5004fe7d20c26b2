//! Model of eUSCI_B0 as SPI master: shift register with timing, flags, overrun; the FRAM at the other end.
#pragma once

#include <cstdint>

#include "conditions.hpp"
#include "fram_model.hpp"

namespace dynbal::test {

class SpiModel {
public:
    SpiModel(Conditions& conditions, FramModel& fram) : conditions_(&conditions), fram_(&fram) {}

    void power_up();
    uint32_t read(uint32_t offset);
    void write(uint32_t offset, uint32_t value);

    /// Finishes what time has finished. Called whenever time has passed.
    void update();
    /// The moment at which the byte on the wire has been received, or ends; 0: none is on it.
    uint64_t next_event_ps() const { return !shifting_ ? 0 : sampled_ ? end_ps_ : sampled_ps_; }
    void chip_select(bool selected);
    void set_pins(bool are_spi) { pins_are_spi_ = are_spi; }

    // What uDMA sees.
    bool wants_byte() const { return enabled() && transmit_empty_; }
    bool has_byte() const { return receive_full_; }
    void put(uint8_t value);
    uint8_t take();

    /// Power fails instead of the byte with this number (from 1) of this power cycle; 0: never.
    void cut_before(uint64_t byte) { cut_before_ = byte; }
    /// The clock never runs, as on a broken eUSCI.
    void set_frozen(bool frozen) { frozen_ = frozen; }
    uint64_t bytes() const { return bytes_; }
    uint64_t clock_hz() const { return divider_ == 0 ? 0 : conditions_->smclk_hz() / divider_; }

private:
    bool enabled() const { return (control_ & 1U) == 0; }
    void begin_shift();
    void check_mode();

    Conditions* conditions_;
    FramModel* fram_;
    uint64_t cut_before_ = 0;
    bool frozen_ = false;

    uint32_t control_ = 1;
    uint32_t divider_ = 0;
    bool pins_are_spi_ = false;
    bool transmit_empty_ = true;
    bool receive_full_ = false;
    bool overrun_ = false;
    bool shifting_ = false;
    uint8_t waiting_ = 0;
    uint8_t on_wire_ = 0;
    uint8_t received_ = 0;
    bool sampled_ = false;
    uint64_t sampled_ps_ = 0;  ///< of its last bit, half a period before the clock is at rest again
    uint64_t end_ps_ = 0;
    uint64_t bytes_ = 0;
};

}  // namespace dynbal::test
