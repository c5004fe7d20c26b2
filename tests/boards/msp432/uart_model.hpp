//! Model of eUSCI_A0 as UART: collects what is sent, checks the baud rate.
#pragma once

#include <cstdint>
#include <string>

#include "conditions.hpp"
#include "port_model.hpp"

namespace dynbal::test {

class UartModel {
public:
    UartModel(Conditions& conditions, const PortModel& ports) : conditions_(&conditions), ports_(&ports) {}

    void power_up();
    /// Offset from 0x40001000.
    uint32_t read(uint32_t offset);
    void write(uint32_t offset, uint32_t value);
    /// The moment at which the transmitter is free again; 0: it is.
    uint64_t next_event_ps() const { return free_ps_ > conditions_->now_ps() ? free_ps_ : 0; }
    const std::string& text() const { return text_; }

private:
    void send(uint8_t value);

    Conditions* conditions_;
    const PortModel* ports_;
    uint32_t control_ = 1;
    uint32_t divider_ = 0;
    uint32_t modulation_ = 0;
    uint64_t free_ps_ = 0;
    std::string text_;
};

}  // namespace dynbal::test
