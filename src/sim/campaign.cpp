#include "sim/campaign.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>

#include "base/error.hpp"
#include "base/random.hpp"
#include "sim/parallel.hpp"
#include "sim/supply_kinds.hpp"

namespace dynbal::sim {
namespace {

constexpr uint64_t second_inference_every = 4;
constexpr size_t failures_kept = 10;
constexpr uint64_t points_per_piece = 64;

/// What all threads share: nothing in it changes while they run.
struct Baseline {
    struct Start {
        std::optional<Medium> medium;
        std::vector<LoggedByte> log;  ///< of the inference that begins there
    };
    Start starts[2];  ///< new NVM; NVM that has seen one inference
    std::vector<int16_t> input, answer;
    std::vector<int16_t> second_input, second_answer;
};

std::vector<int16_t> answer_of(Session& session, std::span<const int16_t> input, PolicyKind policy) {
    SteadySupply steady;
    RunOptions options;
    options.policy = policy;
    options.expose_input = true;
    RunResult result = session.run_inference(input, steady, options);
    if (!result.completed()) {
        throw InputError("not even the uninterrupted inference completes: " + result.message);
    }
    return std::move(result.output);
}

Baseline record_baseline(const ImageFile& file, std::span<const int16_t> input, const CampaignOptions& options) {
    Baseline base;
    base.input.assign(input.begin(), input.end());
    base.second_input = other_input(input);
    for (Baseline::Start& start : base.starts) {
        const bool warm = &start == &base.starts[1];
        Session session(file, options.profile, options.defect);
        if (warm) base.second_answer = answer_of(session, base.second_input, options.policy);
        start.medium = session.nvm().medium();
        session.nvm().set_log(&start.log);
        base.answer = answer_of(session, base.input, options.policy);
        session.nvm().set_log(nullptr);
    }
    return base;
}

/// One thread's part: a device, and the NVM as it is at a cut.
class PointRunner {
public:
    PointRunner(const ImageFile& file, const Baseline& base, const CampaignOptions& options)
        : base_(base), options_(options), session_(file, options.profile, options.defect) {}

    /// Goes on after a cut behind the first `cut` recorded bytes. Ascending cuts are fastest.
    PointFailure run_cut(uint64_t cut, bool with_second);
    /// A whole run under a supply that fails at random.
    PointFailure run_random(uint64_t index, bool with_second);

private:
    void move_snapshot(bool warm, uint64_t cut);
    void tear(Medium& medium, bool warm, uint64_t cut) const;
    void judge(PointFailure& failure, Supply& supply, const RunOptions& run, bool with_second);

    const Baseline& base_;
    const CampaignOptions& options_;
    Session session_;
    std::optional<Medium> snapshots_[2];  ///< of either start, all transfers done that end before a cut
    uint64_t snapshot_cuts_[2] = {0, 0};  ///< where the next transfer begins
};

/// A recorded transfer, in the order of addresses.
struct Transfer {
    uint32_t offset = 0;
    uint64_t end = 0;  ///< of its bytes in the log
    std::vector<std::byte> bytes;

    Transfer(const std::vector<LoggedByte>& log, uint64_t begin) : end(begin) {
        do {
            bytes.push_back(log[end++].value);
        } while (end < log.size() && !log[end].begins);
        offset = std::min(log[begin].offset, log[end - 1].offset);
        if (log[end - 1].offset < log[begin].offset) std::reverse(bytes.begin(), bytes.end());
    }
};

void PointRunner::move_snapshot(bool warm, uint64_t cut) {
    const Baseline::Start& start = base_.starts[warm];
    std::optional<Medium>& snapshot = snapshots_[warm];
    uint64_t& at = snapshot_cuts_[warm];
    if (!snapshot || cut < at) {
        snapshot = start.medium;
        at = 0;
    }
    while (at < start.log.size()) {
        const Transfer transfer(start.log, at);
        if (transfer.end > cut) break;
        if (start.log[at].after_barrier) snapshot->barrier();
        snapshot->write(transfer.offset, transfer.bytes);
        at = transfer.end;
    }
}

/// The power fails behind `cut` bytes of the log, inside the transfer that begins where the snapshot ends.
void PointRunner::tear(Medium& medium, bool warm, uint64_t cut) const {
    const std::vector<LoggedByte>& log = base_.starts[warm].log;
    const uint64_t at = snapshot_cuts_[warm];
    const Transfer transfer(log, at);
    if (log[at].after_barrier) medium.barrier();
    medium.tear(transfer.offset, transfer.bytes, cut - at);
    medium.lose_power();
}

/// Half of the points, in no pattern that goes with the bytes of a word.
bool is_warm(uint64_t point) { return (hash64(point) & 1U) != 0; }

PointFailure PointRunner::run_cut(uint64_t cut, bool with_second) {
    PointFailure failure;
    failure.point = cut;
    failure.warm = is_warm(cut);
    move_snapshot(failure.warm, cut);
    session_.nvm().medium() = *snapshots_[failure.warm];
    tear(session_.nvm().medium(), failure.warm, cut);
    const std::vector<LoggedByte>& log = base_.starts[failure.warm].log;
    failure.supply = "once:" + std::to_string(cut);
    failure.second_supply = "once:" + std::to_string(in_range(hash64(~cut), 0, log.size() - 1));
    if (options_.rest_supply != "none") {
        failure.supply += "+" + options_.rest_supply;
        failure.second_supply = same_supply;
    }
    RunOptions run;
    run.policy = options_.policy;
    run.expose_input = true;
    run.interrupted_inference = failure.warm ? 1 : 0;
    const std::unique_ptr<Supply> supply = parse_supply(options_.rest_supply, options_.profile);
    judge(failure, *supply, run, with_second);
    return failure;
}

PointFailure PointRunner::run_random(uint64_t index, bool with_second) {
    PointFailure failure;
    failure.point = index;
    failure.warm = is_warm(index);
    const Baseline::Start& start = base_.starts[failure.warm];
    session_.nvm().medium() = *start.medium;
    const RandomCuts cuts = random_cuts(options_.cuts, index, start.log.size());
    failure.second_supply = same_supply;
    failure.supply = cuts.supply_text();
    RunOptions run;
    run.policy = options_.policy;
    run.expose_input = true;
    RandomSupply supply(cuts.seed, cuts.low, cuts.high);
    judge(failure, supply, run, with_second);
    return failure;
}

void PointRunner::judge(PointFailure& failure, Supply& supply, const RunOptions& run, bool with_second) {
    const auto verdict_of = [&](const RunResult& result, const std::vector<int16_t>& expected) {
        if (result.completed() && result.output == expected) return Verdict::right;
        failure.reason = result.completed() ? "the answer differs from that of the uninterrupted run" : result.message;
        return result.outcome == Outcome::stuck ? Verdict::stuck : Verdict::wrong;
    };
    try {
        failure.verdict = verdict_of(session_.run_inference(base_.input, supply, run), base_.answer);
        if (failure.verdict != Verdict::right || !with_second) return;
        RunOptions again = run;
        again.interrupted_inference.reset();
        failure.second = true;
        const bool same = failure.second_supply == same_supply;
        const std::unique_ptr<Supply> other = same ? nullptr : parse_supply(failure.second_supply, options_.profile);
        const RunResult second = session_.run_inference(base_.second_input, same ? supply : *other, again);
        failure.verdict = verdict_of(second, base_.second_answer);
    } catch (const std::logic_error& error) {
        failure.verdict = Verdict::wrong;
        failure.reason = error.what();
    }
}

/// Whether the supply alone, without any cut of ours, lets an inference end; if not, why.
std::string stuck_without_cuts(const ImageFile& file, const Baseline& base, const CampaignOptions& options) {
    if (options.rest_supply == "none") return {};
    Session session(file, options.profile, options.defect);
    const std::unique_ptr<Supply> supply = parse_supply(options.rest_supply, options.profile);
    RunOptions run;
    run.policy = options.policy;
    const RunResult result = session.run_inference(base.input, *supply, run);
    return result.outcome == Outcome::stuck ? result.message : std::string{};
}

}  // namespace

std::vector<int16_t> other_input(std::span<const int16_t> input) {
    std::vector<int16_t> other(input.begin(), input.end());
    std::rotate(other.begin(), other.begin() + (other.size() > 1 ? 1 : 0), other.end());
    for (int16_t& value : other) {
        value = value == 0 ? int16_t{1} : static_cast<int16_t>(std::min(-value, +activation_max));
    }
    return other;
}

CampaignResult run_campaign(const ImageFile& file, std::span<const int16_t> input, const CampaignOptions& options) {
    const bool random = options.cuts.kind == CutKind::random;
    if (random && options.rest_supply != "none") {
        throw InputError("random cuts bring their own supply; leave --supply out");
    }
    const Baseline base = record_baseline(file, input, options);
    std::vector<uint64_t> cuts;
    const uint64_t bytes_written = base.starts[0].log.size();
    if (!random) cuts = cut_points(options.cuts, bytes_written);
    CampaignResult result;
    result.points = random ? options.cuts.count : cuts.size();
    result.bytes_written = bytes_written;
    if (!random) result.hopeless = stuck_without_cuts(file, base, options);
    if (options.on_start) options.on_start(result.points);

    std::vector<Verdict> verdicts(result.points, Verdict::right);
    std::vector<std::vector<PointFailure>> failures(
        ceil_div(static_cast<uint32_t>(result.points), static_cast<uint32_t>(points_per_piece)));
    WorkQueue queue(result.points, points_per_piece);
    run_workers(queue, options.jobs, [&](WorkQueue& work) {
        PointRunner runner(file, base, options);
        while (const auto piece = work.next()) {
            for (uint64_t i = piece->begin; i < piece->end; ++i) {
                const bool second = (hash64(i) >> 8U) % second_inference_every == 0;
                PointFailure failure = random ? runner.run_random(i, second) : runner.run_cut(cuts[i], second);
                verdicts[i] = failure.verdict;
                std::vector<PointFailure>& kept = failures[i / points_per_piece];
                if (failure.verdict != Verdict::right && kept.size() < failures_kept) {
                    kept.push_back(std::move(failure));
                }
            }
            if (options.on_points) options.on_points(piece->end - piece->begin);
        }
    });
    result.wrong = static_cast<uint64_t>(std::count(verdicts.begin(), verdicts.end(), Verdict::wrong));
    result.stuck = static_cast<uint64_t>(std::count(verdicts.begin(), verdicts.end(), Verdict::stuck));
    for (const std::vector<PointFailure>& piece : failures) {
        for (const PointFailure& failure : piece) {
            if (result.failures.size() < failures_kept) result.failures.push_back(failure);
        }
    }
    return result;
}

}  // namespace dynbal::sim
