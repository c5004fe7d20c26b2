#include "sim/account.hpp"

namespace dynbal::sim {
namespace {

constexpr double seconds(uint64_t time_ps) { return static_cast<double>(time_ps) * 1e-12; }

SpanKind kind_of(TrafficClass traffic_class) {
    switch (traffic_class) {
        case TrafficClass::weights: return SpanKind::weights;
        case TrafficClass::inputs: return SpanKind::inputs;
        case TrafficClass::outputs: return SpanKind::outputs;
        case TrafficClass::checkpoints: return SpanKind::checkpoints;
        case TrafficClass::recovery: return SpanKind::recovery;
        case TrafficClass::control: return SpanKind::control;
    }
    return SpanKind::control;
}

}  // namespace

Account::Account(const DeviceProfile& profile)
    : boot_(profile.boot()), transfer_(profile.transfer()), byte_(profile.byte()), mac_(profile.mac()) {}

void Account::begin_run(Observer* observer) {
    observer_ = observer;
    now_ps_ = charging_ps_ = 0;
    drawn_ = {};
    stage_ = 0;
    span_begin_ps_ = span_energy_fj_ = 0;
}

void Account::end_run() {
    flush_span();
    observer_ = nullptr;
}

bool Account::power_up(Supply& supply) {
    supply_ = &supply;
    begin_span(SpanKind::charging);
    const uint64_t charged_before = supply.charging_ps();
    supply.begin_cycle();
    const uint64_t charged_ps = supply.charging_ps() - charged_before;
    charging_ps_ += charged_ps;
    now_ps_ += charged_ps;
    flush_span();
    if (observer_ != nullptr) observer_->power_on(seconds(now_ps_));
    begin_span(SpanKind::boot);
    const Grant grant = supply.pay({Work::overhead, 1, {}, boot_});
    book(grant.cost);
    return grant.whole;
}

Grant Account::pay(Work work, uint64_t count) {
    const bool computes = work == Work::mac;
    const Demand demand = computes ? Demand{work, count, {}, mac_} : Demand{work, count, transfer_, byte_};
    const SpanKind kind = computes ? SpanKind::compute : kind_of(class_);
    const bool other = kind != span_kind_ || stage_ != span_stage_;
    // Work that takes no time interrupts nothing.
    if (other && !(grant_of(demand, count).cost == Cost{})) begin_span(kind);
    const Grant grant = supply_->pay(demand);
    book(grant.cost);
    return grant;
}

void Account::power_lost() {
    flush_span();
    if (observer_ != nullptr) observer_->power_off(seconds(now_ps_));
}

void Account::event(const Event& event) {
    if (observer_ != nullptr) {
        flush_span();
        observer_->event(seconds(now_ps_), event);
    }
    stage_ = event.stage;
}

void Account::book(const Cost& cost) {
    now_ps_ += cost.time_ps;
    drawn_ += cost;
    span_energy_fj_ += cost.energy_fj;
}

void Account::begin_span(SpanKind kind) {
    if (observer_ == nullptr) return;
    flush_span();
    span_kind_ = kind;
    span_stage_ = stage_;
    span_voltage_v_ = supply_->voltage_v();
}

/// Spans without duration are not shown.
void Account::flush_span() {
    if (observer_ == nullptr || now_ps_ == span_begin_ps_) return;
    const double voltage_v = supply_->voltage_v();
    observer_->span({span_kind_, span_stage_, seconds(span_begin_ps_), seconds(now_ps_ - span_begin_ps_),
                     static_cast<double>(span_energy_fj_) * 1e-15, span_voltage_v_, voltage_v});
    span_begin_ps_ = now_ps_;
    span_energy_fj_ = 0;
    span_voltage_v_ = voltage_v;
}

}  // namespace dynbal::sim
