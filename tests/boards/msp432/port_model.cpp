#include "port_model.hpp"

namespace dynbal::test {
namespace {

// Within the 32 bytes of a pair of ports; the odd port has the even offsets (DIO_PORT_..._Type of TI's msp432p401r.h).
constexpr uint32_t in = 0x00, out = 0x02, direction = 0x04, resistor = 0x06, select0 = 0x0A, select1 = 0x0C;

constexpr uint32_t option_pins = 0x0F;

constexpr uint32_t port_of(uint32_t offset) { return offset / 32 * 2 + offset % 2; }
constexpr uint32_t register_of(uint32_t offset) { return offset % 32 & ~1U; }

}  // namespace

void PortModel::power_up() {
    ports_ = {};
    green_changes_ = 0;
}

bool PortModel::uart_pins() const { return (ports_[0].select0 & ~ports_[0].select1 & 0x0CU) == 0x0CU; }

uint8_t* PortModel::find(uint32_t offset) {
    if (port_of(offset) >= ports_.size()) return nullptr;
    Port& port = ports_[port_of(offset)];
    switch (register_of(offset)) {
        case out: return &port.out;
        case direction: return &port.direction;
        case resistor: return &port.resistor;
        case select0: return &port.select0;
        case select1: return &port.select1;
        default: return nullptr;
    }
}

uint32_t PortModel::input(uint32_t index) const {
    const Port& port = ports_[index];
    if (index != 3) return port.out & port.direction;
    const uint32_t pulled_up = port.resistor & port.out & static_cast<uint8_t>(~port.direction);
    if ((pulled_up & option_pins) != option_pins) conditions_->forbid("port 4: option pins are read without pull-up");
    return option_pins & ~jumpers_;
}

uint32_t PortModel::read(uint32_t offset) {
    if (register_of(offset) == in && port_of(offset) < ports_.size()) return input(port_of(offset));
    if (const uint8_t* place = find(offset); place != nullptr) return *place;
    conditions_->forbid("port: the driver has no reason to read this register");
    return 0;
}

void PortModel::write(uint32_t offset, uint32_t value) {
    uint8_t* const place = find(offset);
    if (place == nullptr) {
        conditions_->forbid("port: the driver has no reason to write this register");
        return;
    }
    const bool was_selected = chip_selected();
    const bool was_green = green_led();
    *place = static_cast<uint8_t>(value);
    if (chip_selected() != was_selected) spi_->chip_select(chip_selected());
    if (green_led() != was_green) ++green_changes_;
    const Port& port1 = ports_[0];
    spi_->set_pins((port1.select0 & ~port1.select1 & 0xE0U) == 0xE0U);
}

}  // namespace dynbal::test
