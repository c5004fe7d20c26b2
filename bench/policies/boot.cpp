#include "boot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "experiment/grid.hpp"
#include "experiment/model_store.hpp"
#include "io/table.hpp"
#include "sim/session.hpp"
#include "sim/supply.hpp"

namespace dynbal::bench {
namespace {

/// Sums up what is moved in NVM between power-up and `resumed`.
class RecoveryWatch final : public sim::Observer {
public:
    explicit RecoveryWatch(sim::SimNvm& nvm) : nvm_(&nvm) {}

    void power_on(double /*time_s*/) override { before_ = moved(); }
    void event(double /*time_s*/, const Event& event) override {
        if (event.kind != EventKind::resumed) return;
        bytes_ += moved() - before_;
        most_ = std::max(most_, moved() - before_);
        ++boots_;
    }

    double mean() const { return static_cast<double>(bytes_) / static_cast<double>(std::max<uint64_t>(1, boots_)); }
    uint64_t most() const { return most_; }
    uint64_t boots() const { return boots_; }

private:
    uint64_t moved() const { return nvm_->traffic().read_bytes + nvm_->traffic().write_bytes; }

    sim::SimNvm* nvm_;
    uint64_t before_ = 0, bytes_ = 0, most_ = 0, boots_ = 0;
};

/// The least power cycle in units with which the network really ends, to 1 %.
uint64_t real_least(sim::Session& session, const std::vector<std::byte>& formatted, const std::vector<int16_t>& input,
                    uint64_t stated) {
    sim::RunOptions options;
    options.timing_only = true;
    const auto ends = [&](uint64_t units) {
        std::copy(formatted.begin(), formatted.end(), session.nvm().memory().begin());
        const auto supply = sim::parse_supply(fmt::format("budget:{}", units), sim::published_profile());
        return session.run_inference(input, *supply, options).completed();
    };
    uint64_t high = stated;
    uint64_t low = high / 2;
    while (low > 0 && ends(low)) high = low, low /= 2;
    while (high - low > high / 100 + 1) {
        const uint64_t middle = (high + low) / 2;
        (ends(middle) ? high : low) = middle;
    }
    return high;
}

}  // namespace

std::string boot_text() {
    const char* const named = std::getenv("DYNBAL_SHARED");
    const std::filesystem::path folder =
        std::filesystem::path(named != nullptr ? named : "../shared") / "data/models/dynbal";
    experiment::Grid grid;
    grid.devices = {sim::published_profile().name};  // the unit of the published figures
    for (const auto& [name, file] :
         {std::pair{"HAR", "HAR-CNN.onnx"}, {"KWS", "KWS-DNN_S.onnx"}, {"SQN", "squeezenet_cifar10.onnx"}}) {
        experiment::Model model;
        model.name = name;
        model.onnx = (folder / file).string();
        grid.models.push_back(model);
    }
    std::vector<experiment::Cell> cells;
    for (uint32_t i = 0; i < grid.models.size(); ++i) cells.push_back({i, i, 0, "none", experiment::Strategy::best});
    experiment::ModelStore models;
    for (const experiment::Cell& cell : cells) models.add(grid, cell);

    io::Table table({{"model", io::Align::left},
                     {"supply", io::Align::left},
                     {"boots"},
                     {"bytes a boot, mean"},
                     {"most"},
                     {"by class: recovery, control, mean"},
                     {"least energy, stated"},
                     {"real"}});
    for (const experiment::Cell& cell : cells) {
        const experiment::PreparedModel& model = models.of(grid, cell);
        sim::Session session(model.file, model.profile);
        const std::vector<std::byte> formatted(session.nvm().memory().begin(), session.nvm().memory().end());
        const uint64_t stated = (sim::least_cycle_cost(model.file) + 15) / 16;
        const uint64_t real = real_least(session, formatted, model.input, stated);
        for (const char* text : {"budget:60000", "budget:100000"}) {
            std::copy(formatted.begin(), formatted.end(), session.nvm().memory().begin());
            RecoveryWatch watch(session.nvm());
            sim::RunOptions options;
            options.timing_only = true;
            options.observer = &watch;
            const auto supply = sim::parse_supply(text, model.profile);
            const sim::RunResult result = session.run_inference(model.input, *supply, options);
            const auto by_class = [&](TrafficClass kind) {
                const Traffic& traffic = result.activity.by_class[static_cast<size_t>(kind)];
                return (traffic.read_bytes + traffic.write_bytes) / std::max<uint64_t>(1, result.power_cycles);
            };
            table.add_row({grid.models[cell.model].name, text, std::to_string(watch.boots()),
                           fmt::format("{:.0f}", watch.mean()), std::to_string(watch.most()),
                           fmt::format("{}, {}", by_class(TrafficClass::recovery), by_class(TrafficClass::control)),
                           std::to_string(stated), std::to_string(real)});
        }
    }
    return table.text();
}

}  // namespace dynbal::bench
