//! The kinds of supplies. parse_supply() makes them; nobody else needs to know them.
#pragma once

#include <cstdint>
#include <memory>

#include "sim/supply.hpp"

namespace dynbal::sim {

/// `none`: never fails.
class SteadySupply final : public Supply {
public:
    void begin_cycle() override {}
    Grant pay(const Demand& demand) override { return grant_of(demand, demand.count); }
};

/// A number of NVM bytes that may be written; reading and computing are free.
class WriteAllowance {
public:
    void set(uint64_t bytes) { bytes_left_ = bytes; }
    Grant pay(const Demand& demand);

private:
    uint64_t bytes_left_ = 0;
};

/// `bytes:K`.
class BytesSupply final : public Supply {
public:
    explicit BytesSupply(uint64_t bytes) : bytes_(bytes) {}
    void begin_cycle() override { allowance_.set(bytes_); }
    Grant pay(const Demand& demand) override { return allowance_.pay(demand); }

private:
    uint64_t bytes_;
    WriteAllowance allowance_;
};

/// `once:K` and `once:K+SUPPLY`.
class OnceSupply final : public Supply {
public:
    OnceSupply(uint64_t bytes, std::unique_ptr<Supply> rest);
    void begin_cycle() override;
    Grant pay(const Demand& demand) override;
    void rest(double seconds) override { rest_->rest(seconds); }
    uint64_t charging_ps() const override { return rest_->charging_ps(); }
    double voltage_v() const override { return rest_->voltage_v(); }
    const power::ChainOptions* chain() const override { return rest_->chain(); }
    const power::TraceSummary* trace() const override { return rest_->trace(); }
    const power::EnergyBalance* balance() const override { return rest_->balance(); }
    std::unique_ptr<Supply> at_its_best() const override { return rest_->at_its_best(); }
    double round_s() const override { return rest_->round_s(); }

private:
    WriteAllowance allowance_;
    std::unique_ptr<Supply> rest_;
    bool failed_ = false;
};

/// `budget:E,first=F`, in the units of a device: its prices are those that images for it carry, so that what was priced is
/// what is paid. Counted in sixteenths, as prices are.
class BudgetSupply final : public Supply {
public:
    explicit BudgetSupply(uint64_t units, const DeviceProfile& profile = default_profile())
        : BudgetSupply(units, units, profile) {}
    BudgetSupply(uint64_t units, uint64_t first, const DeviceProfile& profile)
        : prices_(profile.cost_model()), sixteenths_(16 * units), next_sixteenths_(16 * first) {}
    void begin_cycle() override;
    Grant pay(const Demand& demand) override;

private:
    CostModel prices_;
    uint64_t sixteenths_;
    uint64_t next_sixteenths_;  ///< what the next power cycle affords
    uint64_t left_ = 0;
};

/// `random:SEED,LO,HI`.
class RandomSupply final : public Supply {
public:
    RandomSupply(uint64_t seed, uint64_t low, uint64_t high) : seed_(seed), low_(low), high_(high) {}
    void begin_cycle() override;
    Grant pay(const Demand& demand) override { return allowance_.pay(demand); }

private:
    uint64_t seed_, low_, high_;
    uint64_t cycle_ = 0;
    WriteAllowance allowance_;
};

}  // namespace dynbal::sim
