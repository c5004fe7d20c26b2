#include "demo/board.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "plugin/job_order.hpp"

namespace dynbal::demo {
namespace {

// Nobody looks at more between two pictures.
constexpr size_t samples_max = 4096;

uint64_t whole(double value, double unit) { return static_cast<uint64_t>(std::llround(std::max(value, 0.0) / unit)); }

std::unique_ptr<LiveSupply> new_supply(const PowerHistory& history, const power::ChainOptions& chain) {
    return std::make_unique<LiveSupply>(
        std::make_unique<sim::HarvestSupply>(std::make_unique<HistoryHarvester>(history, 0), chain));
}

}  // namespace

Board::Board(const Network& network, PolicyKind policy, const PowerHistory& history, const power::ChainOptions& chain)
    : network_(&network),
      policy_(policy),
      history_(&history),
      session_(network.file(), network.profile()),
      supply_(new_supply(history, chain)),
      memory_(session_.nvm().memory().begin(), session_.nvm().memory().end()),
      layers_(network.file().header().stage_count) {
    values_.begin(network.file().stage(0));
    watch_.note(sim::newest_record(memory_, network.file().header()));
    begin_cycle();
    voltage_v_ = charging_->voltage_v();
}

void Board::advance(double now_s, double sample_step_s) {
    while (!has_ended_ && trouble_.empty()) {
        const double end = end_s();
        play_to(std::min(now_s, end) - begin_s(), sample_step_s);
        now_s_ = std::min(now_s, end);
        if (now_s < end) return;
        end_cycle();
    }
}

void Board::power_changed() {
    if (!has_ended_ && trouble_.empty()) simulate_again();
}

void Board::kill() {
    if (has_ended_ || !trouble_.empty()) return;
    if (is_on()) {
        cut_ps_ = whole(in_cycle_s() - *recording_.on_s(), 1e-12);
        simulate_again();
        return;
    }
    // It is off: what it has waited for is lost, and what was simulated behind that will not be.
    restore_memory();
    voltage_at(in_cycle_s());
    begin_.time_ps += whole(in_cycle_s(), 1e-12);
    supply_ = std::make_unique<LiveSupply>(charging_->resumed(harvester()));
    drain();
    begin_cycle();
}

bool Board::came_on() const { return recording_.on_s() && in_cycle_s() >= *recording_.on_s(); }

bool Board::is_on() const { return !has_ended_ && came_on(); }

double Board::end_s() const {
    return recording_.on_s() ? begin_s() + result_.latency_s : std::numeric_limits<double>::infinity();
}

double Board::cost_units() const {
    return static_cast<double>(cost_of(network_->profile().cost_model(), totals_.traffic)) / 16;
}

std::unique_ptr<power::Harvester> Board::harvester() const {
    return std::make_unique<HistoryHarvester>(*history_, begin_s());
}

void Board::begin_cycle() {
    begin_.supply = supply_->harvest().resumed(harvester());
    begin_.memory.assign(session_.nvm().memory().begin(), session_.nvm().memory().end());
    cut_ps_.reset();
    next_moment_ = log_done_ = 0;
    charging_ = begin_.supply->resumed(harvester());
    charging_s_ = 0;
    doing_ = sim::SpanKind::charging;
    simulate();
}

/// The power cycle under way, to its end: that may be further off than anything that will be shown of it.
void Board::simulate() {
    recording_.clear();
    session_.nvm().set_log(&recording_.log);
    sim::RunOptions options;
    options.policy = policy_;
    options.observer = &recording_;
    options.cycles_max = 1;
    if (!is_first_cycle()) options.interrupted_inference = 0;
    result_ = session_.run_inference(network_->input(), *supply_, options);
}

void Board::restore_memory() { std::copy(begin_.memory.begin(), begin_.memory.end(), session_.nvm().memory().begin()); }

void Board::simulate_again() {
    restore_memory();
    supply_ = std::make_unique<LiveSupply>(begin_.supply->resumed(harvester()));
    supply_->cut_at(cut_ps_);
    charging_ = begin_.supply->resumed(harvester());
    charging_s_ = 0;
    simulate();
    const std::vector<Moment>& moments = recording_.moments();
    next_moment_ = 0;
    while (next_moment_ < moments.size() && moments[next_moment_].end_s <= in_cycle_s()) ++next_moment_;
    log_done_ = std::min(log_done_, recording_.log.size());
}

void Board::end_cycle() {
    ++totals_.power_cycles;
    totals_.traffic += result_.traffic;
    totals_.energy_fj += whole(result_.energy_j, 1e-15);
    cycle_energy_j_ = 0;
    take_sample(now_s_, true);
    begin_.time_ps += whole(result_.latency_s, 1e-12);
    if (result_.outcome == sim::Outcome::completed) {
        recording_.clear();
        has_ended_ = true;
        output_ = result_.output;
    } else if (result_.outcome == sim::Outcome::refused) {
        recording_.clear();
        trouble_ = result_.message;
    } else {
        const bool further = watch_.note(sim::newest_record(session_.nvm().memory(), network_->file().header()));
        idle_cycles_ = further ? 0 : idle_cycles_ + 1;
        if (cut_ps_) drain();
        begin_cycle();
    }
}

/// A short circuit, until the capacitor holds no more than what the device stops at.
void Board::drain() {
    constexpr uint64_t microsecond_ps = 1'000'000, second_us = 1'000'000, at_ten_watts_fj = 10'000'000'000;
    supply_->cut_at(std::nullopt);
    const sim::Grant grant = supply_->pay({sim::Work::overhead, second_us, {}, {microsecond_ps, at_ten_watts_fj}});
    begin_.time_ps += grant.cost.time_ps;
    ++totals_.kills;
    take_sample(begin_s(), false);
}

/// All moments up to this one, in seconds since the cycle began.
void Board::play_to(double time_s, double sample_step_s) {
    const std::vector<Moment>& moments = recording_.moments();
    for (; next_moment_ < moments.size() && moments[next_moment_].end_s <= time_s; ++next_moment_) {
        sample_to(moments[next_moment_].end_s, sample_step_s);
        apply(moments[next_moment_]);
    }
    sample_to(time_s, sample_step_s);
    voltage_v_ = voltage_at(time_s);
    if (next_moment_ == moments.size() || moments[next_moment_].event) return;
    const Moment& moment = moments[next_moment_];
    doing_ = moment.span.kind;
    // Of a span that has begun, the share of what it writes that its time has come for.
    const double share = std::clamp((time_s - moment.span.begin_s) / moment.span.duration_s, 0.0, 1.0);
    const auto left = static_cast<double>(moment.log_end - std::min(log_done_, moment.log_end));
    const size_t begin = next_moment_ == 0 ? 0 : moments[next_moment_ - 1].log_end;
    const auto due = static_cast<size_t>(static_cast<double>(moment.log_end - begin) * share);
    if (left > 0 && begin + due > log_done_) apply_log(begin + due);
}

void Board::apply(const Moment& moment) {
    // What a moment writes belongs to the layer as it was before the event at its end.
    apply_log(moment.log_end);
    if (moment.event) {
        apply_event(*moment.event);
        return;
    }
    cycle_energy_j_ += moment.span.energy_j;
    voltage_v_ = moment.span.voltage_end_v;
    if (moment.span.kind == sim::SpanKind::charging) take_sample(begin_s() + moment.end_s, true);
}

void Board::apply_log(size_t end) {
    for (; log_done_ < end; ++log_done_) {
        const sim::LoggedByte& byte = recording_.log[log_done_];
        memory_[byte.offset] = byte.value;
        values_.note(byte.offset, memory_);
    }
}

void Board::apply_event(const Event& event) {
    if (event.kind == EventKind::boot || event.kind == EventKind::inference_end || event.stage >= layers_.size()) {
        return;
    }
    Layer& layer = layers_[event.stage];
    if (event.kind == EventKind::stage_end) {
        layer.ended = true;
        return;
    }
    if (!layer.begun) values_.begin(network_->file().stage(event.stage));
    layer_ = event.stage;
    layer.begun = true;
    layer.config = event.config;
    if (event.kind == EventKind::reconfigured || event.kind == EventKind::shrunk) ++layer.changes;
}

void Board::sample_to(double time_s, double step_s) {
    for (; next_sample_s_ - begin_s() < time_s; next_sample_s_ += step_s) {
        const double at_s = std::max(0.0, next_sample_s_ - begin_s());
        voltage_v_ = voltage_at(at_s);
        take_sample(begin_s() + at_s, recording_.on_s() && at_s >= *recording_.on_s());
    }
}

void Board::take_sample(double time_s, bool is_on) {
    if (samples_.size() >= samples_max) samples_.erase(samples_.begin(), samples_.begin() + samples_max / 2);
    samples_.push_back({time_s, voltage_v_, is_on});
}

/// Energy is linear in time while a span lasts, the voltage its root. Times only rise.
double Board::voltage_at(double time_s) {
    if (!recording_.on_s() || time_s < *recording_.on_s()) {
        charging_->rest(std::max(0.0, time_s - charging_s_));
        charging_s_ = std::max(time_s, charging_s_);
        return charging_->voltage_v();
    }
    const std::vector<Moment>& moments = recording_.moments();
    if (moments.empty()) return voltage_v_;
    const sim::Span& span = moments[std::min(next_moment_, moments.size() - 1)].span;
    if (span.duration_s <= 0) return voltage_v_;
    const double share = std::clamp((time_s - span.begin_s) / span.duration_s, 0.0, 1.0);
    const double begin = span.voltage_begin_v * span.voltage_begin_v;
    const double end = span.voltage_end_v * span.voltage_end_v;
    return std::sqrt(begin + share * (end - begin));
}

Region Board::tile() const {
    const ImageFile& file = network_->file();
    if (!layers_[layer_].begun) return {};
    const LoopShape shape = shape_of(file.header(), file.stage(static_cast<uint32_t>(layer_)));
    TileConfig config = layers_[layer_].config;
    Region region = whole_region(shape);
    const std::optional<Record> record = sim::newest_record(memory_, file.header());
    if (record && record->phase == Phase::running && record->stage == layer_) {
        config = record->config();
        region = record->region;
    }
    const JobOrder order(shape, config, region);
    Position at{region.pixel_begin, region.channel_begin};
    if (const std::optional<uint32_t> last = values_.last()) {
        const Position done{*last / shape.channels_out, *last % shape.channels_out};
        const bool inside = done.pixel >= region.pixel_begin && done.pixel < region.pixel_end &&
                            done.channel >= region.channel_begin && done.channel < region.channel_end;
        if (inside) at = order.position_of(std::min(order.index_of(done) + 1, region.values() - 1));
    }
    const Range pixels = intersect(tile_of(shape, config, at.pixel), region.pixels());
    const Range channels = order.channel_block(at.channel);
    return {pixels.begin, pixels.end, static_cast<uint16_t>(channels.begin), static_cast<uint16_t>(channels.end)};
}

}  // namespace dynbal::demo
