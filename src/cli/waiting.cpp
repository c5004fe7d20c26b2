#include "cli/waiting.hpp"

#include <memory>

#include "cli/arguments.hpp"
#include "io/progress.hpp"

namespace dynbal::cli {
namespace {

constexpr int64_t waiting_parts = 1000;

}  // namespace

std::function<void(double)> waiting_bar() {
    const auto bar = std::make_shared<std::unique_ptr<io::Progress>>();
    return [bar](double share) {
        if (share >= 1) return bar->reset();
        if (*bar == nullptr) *bar = std::make_unique<io::Progress>("waiting for more power", waiting_parts);
        const auto done = static_cast<int64_t>(share * static_cast<double>(waiting_parts));
        (*bar)->advance(done - (*bar)->done());
    };
}

std::string least_text(const StuckRun& run, const std::string& advice) {
    const bool changes = run.plan->harvester()->reach().round_s > 0;
    if (!changes || advice.find("enough: ") == std::string::npos) return "";
    std::string words = "dynbal size " + shell_word(run.image) + " --input " + shell_word(run.input) + " --supply " +
                        shell_word(run.supply);
    if (!run.device.empty()) words += " --device " + shell_word(run.device);
    return ". This supply changes: less may do, if it is waited for. The least for an inference every 10 minutes, or "
           "for as often as you need one: `" +
           words + " --period 10min`";
}

}  // namespace dynbal::cli
