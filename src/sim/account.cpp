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
    : boot_(profile.boot()),
      job_(profile.job()),
      stage_begin_(profile.stage()),
      read_{profile.transfer(profile.read), profile.byte(profile.read)},
      write_{profile.transfer(profile.write), profile.byte(profile.write)},
      write_output_(write_),
      mac_{profile.mac(device::Kernel::convolution), profile.mac(device::Kernel::depthwise),
           profile.mac(device::Kernel::dense)} {
    // A value has two bytes; what it takes to make it is paid with them.
    const Cost value = profile.output_value();
    write_output_.byte += {value.time_ps / 2, value.energy_fj / 2};
}

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
    stage_begins_ = false;
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
    if (stage_begins_) {
        stage_begins_ = false;
        if (!pay_as(SpanKind::control, {Work::overhead, 1, {}, stage_begin_}).whole) return {};
    }
    return pay_as(work == Work::mac ? SpanKind::compute : kind_of(class_), demand_of(work, count));
}

Demand Account::demand_of(Work work, uint64_t count) const {
    if (work == Work::mac) {
        const device::Kernel kernel = stage_ < kernels_.size() ? kernels_[stage_] : device::Kernel::convolution;
        return {work, count, job_, mac_[static_cast<size_t>(kernel)]};
    }
    const Access& access = work == Work::read ? read_ : class_ == TrafficClass::outputs ? write_output_ : write_;
    return {work, count, access.start, access.byte};
}

Grant Account::pay_as(SpanKind kind, const Demand& demand) {
    const bool other = kind != span_kind_ || stage_ != span_stage_;
    // Work that takes no time interrupts nothing.
    if (other && !(grant_of(demand, demand.count).cost == Cost{})) begin_span(kind);
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
    stage_begins_ = event.kind == EventKind::stage_begin;
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
