#include "power/harvester.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "base/random.hpp"

namespace dynbal::power {
namespace {

// So many changes of a random harvester have about the mean of all that follow: markov to a percent or two, walk to some percent.
constexpr double many_changes = 10'000;

/// In (0, 1].
double uniform(uint64_t seed, uint64_t index) {
    return (static_cast<double>(random64(seed, index) >> 11U) + 1) * 0x1.0p-53;
}

}  // namespace

TraceHarvester::TraceHarvester(std::shared_ptr<const std::vector<Piece>> pieces, bool repeats, double skip_s)
    : pieces_(std::move(pieces)), repeats_(repeats) {
    double length_s = 0;
    for (const Piece& piece : *pieces_) length_s += piece.duration_s;
    skip_s_ = repeats ? std::fmod(skip_s, length_s) : skip_s;
    while (index_ < pieces_->size() && skip_s_ >= (*pieces_)[index_].duration_s) {
        skip_s_ -= (*pieces_)[index_++].duration_s;
    }
}

Piece TraceHarvester::next() {
    if (index_ == pieces_->size()) {
        if (!repeats_) return {};
        index_ = 0;
        ++repetitions_;
    }
    Piece piece = (*pieces_)[index_++];
    piece.duration_s -= std::exchange(skip_s_, 0);
    return piece;
}

Reach TraceHarvester::reach() const {
    Reach reach;
    for (const Piece& piece : *pieces_) {
        reach.most_w = std::max(reach.most_w, piece.power_w);
        reach.round_s += piece.duration_s;
    }
    return reach;
}

Reach MarkovHarvester::reach() const {
    return {std::max(options_.power_w, options_.low_w), many_changes * (options_.on_s + options_.off_s)};
}

/// After n steps it is about sqrt(n) of them away: so many see it go from one end to the other and back often.
Reach WalkHarvester::reach() const {
    const double steps = options_.step_w > 0 ? (options_.high_w - options_.low_w) / options_.step_w : 1;
    return {options_.high_w, std::max(many_changes, 10 * steps * steps) * options_.every_s};
}

Piece MarkovHarvester::next() {
    const bool on = index_ % 2 == 0;
    const double mean_s = on ? options_.on_s : options_.off_s;
    // A millionth of the mean at least: no piece is without duration.
    const double share = std::max(-std::log(uniform(options_.seed, index_)), 1e-6);
    ++index_;
    return {.duration_s = mean_s * share, .power_w = on ? options_.power_w : options_.low_w};
}

Piece WalkHarvester::next() {
    const double power_w = power_w_;
    const double direction = (random64(options_.seed, index_++) & 1U) != 0 ? 1 : -1;
    power_w_ = std::clamp(power_w_ + direction * options_.step_w, options_.low_w, options_.high_w);
    return {.duration_s = options_.every_s, .power_w = power_w};
}

Piece DayNightHarvester::next() {
    const double phase =
        (static_cast<double>(index_ % pieces_per_period) + 0.5) / static_cast<double>(pieces_per_period);
    const double sun = std::max(0.0, std::sin(2 * std::numbers::pi * phase));
    const double cloud = options_.clouds * uniform(options_.seed, index_);
    ++index_;
    return {.duration_s = options_.period_s / static_cast<double>(pieces_per_period),
            .power_w = options_.peak_w * sun * (1 - cloud)};
}

}  // namespace dynbal::power
