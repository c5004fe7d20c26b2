//! The log: eUSCI_A0 on P1.2 (RX, unused) and P1.3 (TX), 115,200 baud 8N1, which the LaunchPad passes on over USB.
#pragma once

#include "common/console.hpp"

namespace dynbal::board {

/// Stateless: any object of it writes to the same pin. Waits are bounded, so a dead UART stops nothing.
class UartConsole final : public Console {
public:
    /// For SMCLK at 24 MHz, or at the 3 MHz that reset leaves. Needs the pins.
    static void start(bool is_fast);
    void write(const char* text) override;
    /// A character takes 87 us, at full clock 1.8 uJ.
    void note(const char* text) override;
    /// Waits until the last bit has left.
    static void flush();
};

}  // namespace dynbal::board
