#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string_view>
#include <thread>

#include "base/error.hpp"
#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/program.hpp"
#include "cli/watch_screen.hpp"
#include "cli/write_report.hpp"
#include "io/printable.hpp"
#include "sim/session.hpp"
#include "sim/supply.hpp"

namespace dynbal::cli {
namespace {

constexpr double frames_a_second = 10;

struct WatchArguments {
    ImageArguments image;
    std::string input, supply = "none", policy = policy_of(default_policy).name, device, speed = "1x";
};

/// "10x" or "0.5". Throws InputError.
double parse_speed(const std::string& text) {
    const std::string number = text.ends_with('x') ? text.substr(0, text.size() - 1) : text;
    double speed = 0;
    if (!CLI::detail::lexical_cast(number, speed) || !std::isfinite(speed) || speed < 0.01 || speed > 1e6) {
        throw InputError("--speed '" + text +
                         "' is no speed from 0.01x to 1000000x; 10x is ten times as fast as the device");
    }
    return speed;
}

/// Time that each stage computes without failures.
class ComputeTimes final : public sim::Observer {
public:
    explicit ComputeTimes(uint32_t stages) : seconds(stages) {}
    void span(const sim::Span& span) override {
        if (span.kind == sim::SpanKind::compute) seconds.at(span.stage) += span.duration_s;
    }

    std::vector<double> seconds;
};

std::vector<double> compute_times(const ImageFile& file, const sim::DeviceProfile& profile,
                                  const std::vector<int16_t>& input) {
    ComputeTimes times(file.header().stage_count);
    sim::RunOptions options;
    options.timing_only = true;
    options.observer = &times;
    sim::Session(file, profile).run_inference(input, *sim::parse_supply("none", profile), options);
    return times.seconds;
}

/// How long the run takes on the device; none if it never ends.
std::optional<double> latency_of(const ImageFile& file, const sim::DeviceProfile& profile,
                                 const std::vector<int16_t>& input, const WatchArguments& arguments) {
    sim::RunOptions options;
    options.policy = sim::parse_policy(arguments.policy);
    options.timing_only = true;
    const auto supply = sim::parse_supply(arguments.supply, profile);
    const sim::RunResult result = sim::Session(file, profile).run_inference(input, *supply, options);
    if (!result.completed()) return std::nullopt;
    return result.latency_s;
}

/// Draws each frame over the one before, when its time has come.
class Terminal {
public:
    explicit Terminal(std::ostream& out) : out_(&out), next_(Clock::now()) {}

    void show(const WatchScreen& screen) {
        next_ = std::max(
            next_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / frames_a_second)),
            Clock::now());
        std::this_thread::sleep_until(next_);
        draw(screen);
    }
    void draw(const WatchScreen& screen) {
        constexpr const char* no_wrap = "\x1b[?7l";
        constexpr const char* wrap = "\x1b[?7h";
        constexpr const char* clear_below = "\x1b[J";
        const size_t room = lines_with_room();
        // What a terminal that has become lower no longer shows cannot be gone back to.
        const size_t up = std::min(lines_, room);
        const std::string frame = screen.frame(room);
        std::string text = up == 0 ? "" : fmt::format("\x1b[{}A", up);
        lines_ = static_cast<size_t>(std::count(frame.begin(), frame.end(), '\n'));
        for (const char c : frame) text += c == '\n' ? "\x1b[K\n" : std::string(1, c);
        *out_ << no_wrap << text << clear_below << wrap << std::flush;
    }

private:
    using Clock = std::chrono::steady_clock;

    /// The cursor stands below the last one. Terminals may change, and some do not say how high they are.
    static size_t lines_with_room() {
        winsize size{};
        if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0) return SIZE_MAX;
        return std::max<size_t>(2, size.ws_row) - 1;
    }

    std::ostream* out_;
    Clock::time_point next_;
    size_t lines_ = 0;
};

void run(const WatchArguments& arguments, Context& context) {
    const double speed = parse_speed(arguments.speed);
    sim::RunOptions options;
    options.policy = sim::parse_policy(arguments.policy);
    const ImageFile file = arguments.image.read();
    const sim::DeviceProfile profile = profile_for(file, arguments.device, context);
    const auto supply = sim::parse_supply(arguments.supply, profile);
    const std::vector<int16_t> input = read_input(context, file, arguments.input, arguments.image.scale_for(file));

    WatchSetting setting;
    setting.title = fmt::format("{} on {}, {}, {}, {}x", io::printable(file.host.model_name), profile.name,
                                arguments.supply, arguments.policy, speed);
    setting.compute_s = compute_times(file, profile, input);
    setting.on_v = profile.capacitor.on_v;
    setting.off_v = profile.capacitor.off_v;
    setting.seconds_a_frame = speed / frames_a_second;
    const char* term = std::getenv("TERM");
    const bool moves = term != nullptr && std::string_view(term) != "dumb";
    const bool is_live = context.out == &std::cout && ::isatty(STDOUT_FILENO) == 1 && moves;
    if (is_live) {
        const std::string hint = speed_hint(latency_of(file, profile, input, arguments).value_or(0), speed);
        if (!hint.empty()) *context.out << hint << "\n\n";
    }
    Terminal terminal(*context.out);
    WatchScreen screen(file, setting, [&] {
        if (is_live) terminal.show(screen);
    });
    options.observer = &screen;
    sim::Session session(file, profile);
    const sim::RunResult result = session.run_inference(input, *supply, options);
    if (is_live) {
        terminal.draw(screen);
    } else {
        *context.out << screen.frame();
    }
    *context.out << (result.completed() ? "\nAnswer: " + answer_text(file, result.output)
                                        : "\nNo answer: " + result.message)
                 << '\n';
    context.exit_code = result.completed() ? exit_ok : exit_failed;
}

}  // namespace

void add_watch(CLI::App& app, Context& context) {
    CLI::App* command = app.add_subcommand("watch", "See a run live in the terminal: voltage, layers, tiles");
    const auto arguments = std::make_shared<WatchArguments>();
    arguments->image.add_to(*command, true);
    add_input(*command, arguments->input);
    add_supply(*command, arguments->supply);
    add_policy(*command, arguments->policy);
    add_device(*command, arguments->device);
    command
        ->add_option(
            "--speed", arguments->speed,
            "How many times as fast as the device, such as 10x or 0.1x; where the output is no terminal, only the last "
            "picture is shown, at once")
        ->capture_default_str();
    command->footer(
        "It shows one inference. How several in a row go, one each period (--repeat, --period), is told by `dynbal "
        "simulate`.");
    command->callback([arguments, &context] { run(*arguments, context); });
}

}  // namespace dynbal::cli
