//! What all models of the emulated board share: time, power, and the first thing that must not happen.
//!
//! Time is not that of a processor: each access to a register takes a few cycles, and a program that polls is taken to
//! the next event at once. So waits cost little, and instruction counts do not depend on the speed of SPI.
#pragma once

#include <cstdint>
#include <string>

namespace dynbal::test {

class Conditions {
public:
    static constexpr uint64_t cycles_per_access = 6;
    static constexpr uint64_t reset_hz = 3'000'000;

    void power_up() { *this = Conditions(); }

    uint64_t now_ps() const { return now_ps_; }
    void pass_cycles(uint64_t cycles) { now_ps_ += cycles * (1'000'000'000'000U / mclk_hz_); }
    void pass_until(uint64_t moment_ps) { now_ps_ = now_ps_ < moment_ps ? moment_ps : now_ps_; }

    uint64_t mclk_hz() const { return mclk_hz_; }
    uint64_t smclk_hz() const { return smclk_hz_; }
    void set_clocks(uint64_t mclk_hz, uint64_t smclk_hz) {
        mclk_hz_ = mclk_hz;
        smclk_hz_ = smclk_hz;
    }

    /// The program did what the chip's documents forbid, or what no correct driver does. The first reason is kept.
    void forbid(const std::string& what) {
        if (violation_.empty()) violation_ = what;
    }
    const std::string& violation() const { return violation_; }

    void cut_power() { powered_ = false; }
    /// False once power has failed or something forbidden was done: from then on no model changes.
    bool running() const { return powered_ && violation_.empty(); }
    bool powered() const { return powered_; }

private:
    uint64_t now_ps_ = 0;
    uint64_t mclk_hz_ = reset_hz;
    uint64_t smclk_hz_ = reset_hz;
    bool powered_ = true;
    std::string violation_;
};

}  // namespace dynbal::test
