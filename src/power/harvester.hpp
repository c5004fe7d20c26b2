//! What a harvester offers over time, in pieces of constant power.
//!
//! Invariants:
//!  1. pieces follow each other without a gap and each has a duration above 0;
//!  2. the same harvester with the same seed offers the same on every platform.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

namespace dynbal::power {

struct Piece {
    double duration_s = std::numeric_limits<double>::infinity();
    double power_w = 0;
    double voltage_v = std::numeric_limits<double>::infinity();  ///< at the converter's input, where it is known
};

/// What a harvester may bring.
struct Reach {
    double most_w = 0;   ///< at its strongest
    double round_s = 0;  ///< so long shows about all that it ever brings; 0: it does not change, or nobody knows
};

class Harvester {
public:
    Harvester() = default;
    Harvester(const Harvester&) = delete;
    Harvester& operator=(const Harvester&) = delete;
    virtual ~Harvester() = default;

    /// The piece that follows. A piece without end is the last one asked for.
    virtual Piece next() = 0;
    /// How often it has begun to repeat itself; what never repeats stays at 0.
    virtual uint64_t repetitions() const { return 0; }
    virtual Reach reach() const { return {}; }
};

class ConstantHarvester final : public Harvester {
public:
    explicit ConstantHarvester(double power_w) : power_w_(power_w) {}
    Piece next() override { return {.power_w = power_w_}; }
    Reach reach() const override { return {power_w_, 0}; }

private:
    double power_w_;
};

/// Another one's power, stronger or weaker.
class ScaledHarvester final : public Harvester {
public:
    ScaledHarvester(std::unique_ptr<Harvester> harvester, double factor)
        : harvester_(std::move(harvester)), factor_(factor) {}
    Piece next() override {
        Piece piece = harvester_->next();
        piece.power_w *= factor_;
        return piece;
    }
    uint64_t repetitions() const override { return harvester_->repetitions(); }
    Reach reach() const override {
        const Reach reach = harvester_->reach();
        return {reach.most_w * factor_, reach.round_s};
    }

private:
    std::unique_ptr<Harvester> harvester_;
    double factor_;
};

/// A recorded trace; at its end it starts again, or nothing more is offered.
class TraceHarvester final : public Harvester {
public:
    /// `pieces` is not empty and ends. `skip_s` of it are left out the first time.
    TraceHarvester(std::shared_ptr<const std::vector<Piece>> pieces, bool repeats, double skip_s);
    TraceHarvester(std::vector<Piece> pieces, bool repeats, double skip_s)
        : TraceHarvester(std::make_shared<const std::vector<Piece>>(std::move(pieces)), repeats, skip_s) {}
    Piece next() override;
    uint64_t repetitions() const override { return repetitions_; }
    Reach reach() const override;

private:
    std::shared_ptr<const std::vector<Piece>> pieces_;
    bool repeats_;
    size_t index_ = 0;
    double skip_s_ = 0;
    uint64_t repetitions_ = 0;
};

/// On and off in turn, for times with an exponential distribution: a two-state Markov chain.
class MarkovHarvester final : public Harvester {
public:
    struct Options {
        double power_w = 0, low_w = 0;
        double on_s = 1, off_s = 1;  ///< means
        uint64_t seed = 1;
    };
    explicit MarkovHarvester(const Options& options) : options_(options) {}
    Piece next() override;
    Reach reach() const override;

private:
    Options options_;
    uint64_t index_ = 0;
};

/// A random walk between two powers.
class WalkHarvester final : public Harvester {
public:
    struct Options {
        double low_w = 0, high_w = 0;
        double step_w = 0;  ///< up or down, at random
        double every_s = 1;
        uint64_t seed = 1;
    };
    explicit WalkHarvester(const Options& options)
        : options_(options), power_w_((options.low_w + options.high_w) / 2) {}
    Piece next() override;
    Reach reach() const override;

private:
    Options options_;
    double power_w_;
    uint64_t index_ = 0;
};

/// The sun: half of the period a half wave, the other half nothing; clouds take a random share of each piece.
class DayNightHarvester final : public Harvester {
public:
    struct Options {
        double peak_w = 0;
        double period_s = 86400;
        double clouds = 0;  ///< at most this share is taken
        uint64_t seed = 1;
    };
    static constexpr uint64_t pieces_per_period = 480;
    explicit DayNightHarvester(const Options& options) : options_(options) {}
    Piece next() override;
    Reach reach() const override { return {options_.peak_w, options_.period_s}; }

private:
    Options options_;
    uint64_t index_ = 0;
};

}  // namespace dynbal::power
