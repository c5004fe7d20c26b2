//! Simulated NVM and power of a device: every access and every MAC is first paid for by a supply.
//!
//! Invariants:
//!  1. what a write leaves whose bytes cannot all be paid for is the medium's to say; then PowerLoss is thrown;
//!  2. from then on every access throws PowerLoss and nothing changes, until power_up();
//!  3. traffic() counts what was really moved and computed, lost work included, over all power
//!     cycles;
//!  4. an access outside the memory throws std::logic_error: it can only be a fault of the engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/math.hpp"
#include "platform/nvm.hpp"
#include "platform/power.hpp"
#include "sim/account.hpp"
#include "sim/medium.hpp"
#include "sim/supply.hpp"
#include "sim/wear.hpp"

namespace dynbal::sim {

/// Thrown where a device would stop for ever. Unwinds the engine, which has no code for it.
struct PowerLoss {};

/// One byte that was written, for replay.
struct LoggedByte {
    uint32_t offset = 0;
    std::byte value{};
    bool begins = false;         ///< a transfer
    bool after_barrier = false;  ///< there was one between the byte before and this one
};

class SimNvm final : public Nvm, public Power {
public:
    explicit SimNvm(uint32_t bytes, Defect defect = Defect::none, const DeviceProfile& profile = default_profile())
        : medium_(bytes, profile.nvm.nvm_class, defect),
          wear_(bytes, profile.nvm),
          defect_(defect),
          account_(profile) {}

    /// Power comes from `supply`, which must live until the next power_up(). Throws PowerLoss if it fails while the
    /// device boots.
    void power_up(Supply& supply);

    void read(uint32_t offset, std::span<std::byte> target) override;
    void write(uint32_t offset, std::span<const std::byte> source) override;
    void barrier() override;
    NvmClass nvm_class() const override {
        return defect_ == Defect::undeclared_class ? NvmClass{} : medium_.nvm_class();
    }
    bool compute(uint64_t macs) override;

    /// The content, for the host: costs nothing.
    std::span<std::byte> memory() { return medium_.bytes(); }
    std::span<const std::byte> memory() const { return std::as_const(medium_).bytes(); }
    Medium& medium() { return medium_; }

    const Traffic& traffic() const { return traffic_; }
    void reset_traffic() { traffic_ = {}; }
    /// While set, accesses cost nothing, are not counted and are no change: the host pays for them.
    void set_free(bool is_free) { free_ = is_free; }

    /// While unset, compute() says that nobody wants the values; all else happens as always.
    void set_arithmetic(bool is_wanted) { arithmetic_ = is_wanted; }

    /// Of all accesses, free ones too, since clear().
    WearLedger& wear() { return wear_; }

    /// Time and energy of all that is not free.
    Account& account() { return account_; }
    const Account& account() const { return account_; }

    /// changed() then tells whether a byte outside of `ignored` has got another value since
    /// clear_changed().
    void watch_outside(Range ignored) { ignored_ = ignored; }
    bool changed() const { return changed_; }
    void clear_changed() { changed_ = false; }

    /// Appends every byte written to `log`, in the order of writing; nullptr: no more.
    void set_log(std::vector<LoggedByte>* log) { log_ = log; }

private:
    size_t pay_transfer(Work work, uint32_t offset, size_t bytes);
    void note_wear(Work work, uint32_t offset, size_t bytes);
    void store(uint32_t offset, std::span<const std::byte> source, size_t paid);
    void append_to_log(uint32_t offset, std::span<const std::byte> source);
    [[noreturn]] void lose_power();

    Medium medium_;
    WearLedger wear_;
    Defect defect_;
    Account account_;
    bool powered_ = false;
    bool free_ = false;
    bool arithmetic_ = true;
    Traffic traffic_;
    Range ignored_;
    bool changed_ = false;
    std::vector<LoggedByte>* log_ = nullptr;
    bool barrier_passed_ = false;  ///< since the last byte in the log
};

}  // namespace dynbal::sim
