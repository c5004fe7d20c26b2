#include "torture/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "base/error.hpp"
#include "base/random.hpp"
#include "device/nvm_class.hpp"
#include "image_file/method_names.hpp"
#include "nvm/fitness.hpp"
#include "sim/session.hpp"
#include "torture/graph_builder.hpp"
#include "torture/random_graph.hpp"
#include "torture/random_tables.hpp"

namespace dynbal::torture {
namespace {

/// With it a stage falls into more regions than there is room for, if its tiles change often enough.
constexpr uint32_t scale_most = 4;

/// The numbers that make one scenario.
class Draw {
public:
    explicit Draw(uint64_t seed) : seed_(seed) {}
    uint64_t in(uint64_t low, uint64_t high) { return in_range(random64(seed_, drawn_++), low, high); }
    bool one_in(uint64_t count) { return in(1, count) == 1; }

private:
    uint64_t seed_;
    uint64_t drawn_ = 0;
};

NvmClass draw_class(Draw& draw) {
    NvmClass nvm;
    do {
        nvm.line_bytes = static_cast<uint8_t>(std::array{1, 1, 4, 8, 16}[draw.in(0, 4)]);
        nvm.torn = static_cast<Torn>(draw.in(0, 2));
        nvm.any_order = draw.one_in(3);
    } while (unfit_for_states(nvm) != Unfit::no);
    return nvm;
}

/// Inferences, some of them given up, and what else an application may do between.
std::string draw_calls(Draw& draw) {
    std::string calls = "f";
    const uint64_t inferences = draw.in(1, 4);
    for (uint64_t i = 0; i < inferences; ++i) {
        if (draw.one_in(4)) calls += 'x';
        if (draw.one_in(4)) calls += draw.one_in(2) ? "ps" : "p";
        calls += draw.one_in(2) ? 'l' : 'm';
        if (draw.one_in(6)) calls += draw.one_in(2) ? 'l' : 'm';
        if (draw.one_in(6)) calls += 'p';
        if (draw.one_in(6)) calls += 'o';
        calls += 's';
        for (uint64_t times = draw.in(0, 3); times > 0; --times) calls += 'i';
        if (draw.one_in(4)) calls += 'a';
        if (draw.one_in(5)) calls += 'x';
        calls += 'r';
        if (!draw.one_in(3)) calls += 'o';
        if (draw.one_in(20)) calls += 'f';
    }
    return calls;
}

/// Distances in octaves, so that failures meet failures of any distance.
std::vector<uint64_t> draw_cuts(Draw& draw, uint64_t most) {
    constexpr uint64_t shortest = 64, doublings = 8;
    const uint64_t longest = shortest << draw.in(0, doublings);
    const bool changing =
        draw.one_in(2);  // so that tiles change often, and what is left of a stage falls into many regions
    std::vector<uint64_t> cuts(draw.in(0, most));
    for (uint64_t& bytes : cuts) bytes = draw.in(0, changing ? shortest << draw.in(0, doublings) : longest);
    return cuts;
}

uint64_t number_of(std::string_view text, std::string_view key, uint64_t most) {
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size() || value > most) {
        throw InputError(fmt::format("torture: {}={}: expected a whole number up to {}", key, text, most));
    }
    return value;
}

std::string power_text(const Scenario& scenario) {
    if (scenario.percent != 0) return fmt::format("{}%", scenario.percent);
    return scenario.cuts.empty() ? "steady" : fmt::format("{}", fmt::join(scenario.cuts, "/"));
}

void set_power(Scenario& scenario, std::string_view text) {
    if (text == "steady") return;
    if (text.ends_with('%')) {
        text.remove_suffix(1);
        scenario.percent = static_cast<uint32_t>(number_of(text, "power", 100000));
        return;
    }
    for (;;) {
        const size_t slash = text.find('/');
        scenario.cuts.push_back(number_of(text.substr(0, slash), "power", 1U << 30U));
        if (slash == std::string_view::npos) return;
        text.remove_prefix(slash + 1);
    }
}

void set_field(Scenario& scenario, std::string_view key, std::string_view value) {
    const auto number = [&](uint64_t most) { return number_of(value, key, most); };
    if (key == "graph") {
        scenario.graph = number(UINT64_MAX);
    } else if (key == "stages") {
        scenario.stages = static_cast<uint32_t>(number(1000));
    } else if (key == "scale") {
        scenario.scale = static_cast<uint32_t>(number(scale_most));
    } else if (key == "weights") {
        scenario.weight_bytes = number(16) == 8 ? 1 : 2;
    } else if (key == "sram") {
        scenario.sram_bytes = static_cast<uint32_t>(number(1U << 20U));
    } else if (key == "shared") {
        scenario.shared = number(1) != 0;
    } else if (key == "rows") {
        scenario.rows = static_cast<uint32_t>(number(32));
    } else if (key == "preservation") {
        scenario.method = method_by_name(std::string(value));
    } else if (key == "nvm") {
        scenario.nvm = device::parse_nvm_class(value);
    } else if (key == "policy") {
        scenario.policy = sim::parse_policy(value);
    } else if (key == "power") {
        set_power(scenario, value);
    } else if (key == "calls") {
        scenario.calls = value;
        const size_t odd = value.find_first_not_of(all_calls);
        if (odd != std::string_view::npos) {
            throw InputError(fmt::format("torture: calls={}: expected letters out of {}", value, all_calls));
        }
    } else {
        throw InputError(fmt::format("torture: there is no '{}'; expected what a failure printed", key));
    }
}

}  // namespace

Scenario draw_scenario(uint64_t seed, uint64_t run) {
    Scenario scenario;
    Draw image(random64(seed, ~(run / runs_an_image)));
    scenario.graph = image.in(0, UINT32_MAX);
    scenario.stages = static_cast<uint32_t>(image.in(1, 6));
    scenario.weight_bytes = image.one_in(2) ? 1 : 2;
    scenario.sram_bytes = std::array{2560U, 3072U, 4096U, 16384U}[image.in(0, 3)];
    scenario.shared = image.one_in(2);
    scenario.rows = image.one_in(2) ? static_cast<uint32_t>(image.in(1, 8)) : 0;
    scenario.method = static_cast<uint8_t>(image.in(0, method_count - 1));
    if (image.one_in(8)) {
        scenario.stages = 1;
        scenario.scale = scale_most;
        scenario.sram_bytes = 16384;
        scenario.rows = static_cast<uint32_t>(image.in(0, 24));
    }
    Draw draw(random64(seed, run));
    scenario.nvm = draw_class(draw);
    scenario.policy = policies[draw.in(0, std::size(policies) - 1)].kind;
    if (scenario.rows == 0 && draw.one_in(3)) {
        scenario.percent = static_cast<uint32_t>(draw.one_in(3) ? 100 : draw.in(100, 600));
    } else {
        scenario.cuts = draw_cuts(draw, scenario.scale == 1 ? 40 : 400);
    }
    scenario.calls = draw_calls(draw);
    return scenario;
}

std::string text_of(const Scenario& s) {
    return fmt::format(
        "graph={} stages={} scale={} weights={} sram={} shared={} rows={} preservation={} nvm={} policy={} power={} "
        "calls={}",
        s.graph, s.stages, s.scale, 8 * s.weight_bytes, s.sram_bytes, s.shared ? 1 : 0, s.rows, methods[s.method].name,
        device::text_of(s.nvm), sim::name_of(s.policy), power_text(s), s.calls);
}

Scenario parse_scenario(std::string_view text) {
    Scenario scenario;
    while (!text.empty()) {
        const size_t space = text.find(' ');
        const std::string_view word = text.substr(0, space);
        text = space == std::string_view::npos ? std::string_view{} : text.substr(space + 1);
        if (word.empty()) continue;
        const size_t equals = word.find('=');
        if (equals == std::string_view::npos) {
            throw InputError(fmt::format("torture: '{}': expected what a failure printed, key=value", word));
        }
        set_field(scenario, word.substr(0, equals), word.substr(equals + 1));
    }
    return scenario;
}

bool same_image(const Scenario& a, const Scenario& b) {
    return a.graph == b.graph && a.stages == b.stages && a.scale == b.scale && a.weight_bytes == b.weight_bytes &&
           a.sram_bytes == b.sram_bytes && a.shared == b.shared && a.rows == b.rows && a.method == b.method;
}

ImageFile image_of(const Scenario& scenario) {
    const compiler::Graph graph = random_graph(scenario.graph, scenario.stages, scenario.scale);
    compiler::CompileOptions options;
    options.weight_bytes = scenario.weight_bytes;
    options.method = scenario.method;
    options.device = compiler::limits_of(device::default_profile());
    options.device.sram_reserved_bytes = 0;
    options.device.sram_bytes = scenario.sram_bytes;
    ImageFile file = compile_graph(graph, options);
    if (scenario.shared) {
        try {  // a little less than side by side, so that they must share
            options.device.nvm_bytes = file.header().nvm_bytes - file.header().tensors_bytes / 4;
            file = compile_graph(graph, options);
        } catch (const InputError&) {
            // too little to share
        }
    }
    return scenario.rows == 0 ? file : with_random_tables(file, scenario.rows, scenario.graph);
}

}  // namespace dynbal::torture
