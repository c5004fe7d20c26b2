//! Model of ports 1 to 6: pins, pull-ups, jumpers on the option pins, LEDs; chip select and SPI pins are passed on.
#pragma once

#include <array>
#include <cstdint>

#include "conditions.hpp"
#include "spi_model.hpp"

namespace dynbal::test {

class PortModel {
public:
    PortModel(Conditions& conditions, SpiModel& spi) : conditions_(&conditions), spi_(&spi) {}

    void power_up();
    /// Offset from 0x40004C00, one byte each.
    uint32_t read(uint32_t offset);
    void write(uint32_t offset, uint32_t value);

    /// Which of P4.0 to P4.3 a jumper ties to ground.
    void set_jumpers(uint32_t bits) { jumpers_ = bits; }
    bool uart_pins() const;
    bool red_led() const { return drives(1, 0x01); }
    bool green_led() const { return drives(2, 0x02); }
    uint64_t green_changes() const { return green_changes_; }

private:
    /// Of port 1 to 6.
    struct Port {
        uint8_t out = 0, direction = 0, resistor = 0, select0 = 0, select1 = 0;
    };
    bool drives(uint32_t port, uint32_t bit) const {
        return (ports_[port - 1].direction & ports_[port - 1].out & bit) != 0;
    }
    bool chip_selected() const { return (ports_[4].direction & 4U) != 0 && (ports_[4].out & 4U) == 0; }
    uint8_t* find(uint32_t offset);
    uint32_t input(uint32_t port) const;

    Conditions* conditions_;
    SpiModel* spi_;
    std::array<Port, 6> ports_{};
    uint32_t jumpers_ = 0;
    uint64_t green_changes_ = 0;
};

}  // namespace dynbal::test
