//! Listens to an engine and counts, per stage and per class of traffic, over all power cycles. Tells the account of
//! the device what accesses are for.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "platform/trace.hpp"
#include "sim/account.hpp"

namespace dynbal::sim {

/// What one stage did. Traffic is what the engine asked for: a transfer that power failure cut
/// short counts whole.
struct StageActivity {
    Traffic traffic;
    TileConfig first_config;  ///< chosen when the stage began
    TileConfig last_config;
    uint32_t reconfigurations = 0;  ///< changes of the configuration inside the stage, shrinks included
};

struct Activity {
    uint64_t reconfigurations = 0;  ///< changes inside a stage because another tile promised less cost
    uint64_t shrinks = 0;           ///< changes inside a stage because a power cycle made no progress
    std::array<Traffic, traffic_class_count> by_class{};
    std::vector<StageActivity> stages;
};

class RunTrace final : public Trace {
public:
    RunTrace(uint32_t stage_count, Account& account) : account_(&account) { activity_.stages.resize(stage_count); }

    void event(const Event& event) override {
        account_->event(event);
        if (event.kind == EventKind::inference_end) return;  // no stage runs any more
        stage_ = event.stage;
        if (stage_ >= activity_.stages.size()) return;
        StageActivity& stage = activity_.stages[stage_];
        const bool changed = event.kind == EventKind::reconfigured || event.kind == EventKind::shrunk;
        if (changed) ++stage.reconfigurations;
        if (event.kind == EventKind::reconfigured) ++activity_.reconfigurations;
        if (event.kind == EventKind::shrunk) ++activity_.shrinks;
        if (event.kind == EventKind::stage_begin) stage.first_config = event.config;
        stage.last_config = event.config;
    }
    void traffic(TrafficClass traffic_class, const Traffic& traffic) override {
        if (muted_) return;
        account_->set_class(traffic_class);
        activity_.by_class[static_cast<size_t>(traffic_class)] += traffic;
        if (stage_ < activity_.stages.size()) activity_.stages[stage_].traffic += traffic;
    }

    /// While set, traffic is not counted.
    void set_muted(bool muted) { muted_ = muted; }

    const Activity& activity() const { return activity_; }

private:
    Account* account_;
    Activity activity_;
    size_t stage_ = 0;
    bool muted_ = false;
};

}  // namespace dynbal::sim
