#include "cli/write_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "cli/arguments.hpp"
#include "io/table.hpp"

namespace dynbal::cli {
std::string wear_text(const ImageFile& file, const sim::WornRow& wear) {
    constexpr double minutes_of_a_year = 365.25 * 24 * 60;
    std::string text =
        fmt::format("Worn most: the {} bytes at {} of NVM ({}), {} {}", wear.bytes, grouped(wear.offset),
                    experiment::area_at(file.header(), wear.offset), wear.reads_wear ? "read or written" : "written",
                    wear.accesses == 1 ? std::string("once") : grouped(wear.accesses) + " times");
    if (wear.lifetime() > 0) {
        text += fmt::format("; they last for {:.2g} such inferences, {:.2g} years at one a minute", wear.lifetime(),
                            wear.lifetime() / minutes_of_a_year);
    }
    return text + "\n";
}

std::string answer_text(const ImageFile& file, const std::vector<int16_t>& output) {
    const std::vector<float> values = file.dequantise_output(output);
    std::vector<size_t> order(values.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return values[a] > values[b]; });
    std::string text = fmt::format("class {} (", order.front());
    for (size_t rank = 0; rank < std::min<size_t>(3, order.size()); ++rank) {
        const size_t index = order[rank];
        text += fmt::format("{}{}: {:.4g}", rank == 0 ? "" : ", ", index, values[index]);
    }
    return text += ")";
}

std::string cost_text(const sim::RunResult& result, const char* heading) {
    io::Table table({{heading, io::Align::left}, {"", io::Align::right}});
    table.add_row({"power cycles", grouped(result.power_cycles)});
    table.add_row(
        {"tiles changed inside a stage", grouped(result.activity.reconfigurations + result.activity.shrinks)});
    table.add_row({"NVM bytes read", grouped(result.traffic.read_bytes)});
    table.add_row({"NVM bytes written", grouped(result.traffic.write_bytes)});
    table.add_row({"NVM transfers", grouped(result.traffic.transfers)});
    table.add_row({done_macs_title, grouped(result.traffic.macs)});
    table.add_row({"cost, in units of budget:E", grouped(static_cast<uint64_t>(std::llround(result.cost_units())))});
    table.add_row({"latency", quantity(result.latency_s, "s")});
    if (result.charging_s > 0) {
        table.add_row({"of it charging", quantity(result.charging_s, "s")});
    }
    table.add_row({"energy", quantity(result.energy_j, "J")});
    return table.text();
}

std::string uncharged_note(bool any) {
    return any ? "Latency on budget:, bytes:, once: and random: is the time with the device on: these supplies charge "
                 "nothing.\n"
               : "";
}

std::string against_note(bool any) {
    return any ? "Against fixed: in multiples of what fixed takes; less is better.\n" : "";
}

std::string quantity(double value, const std::string& unit) {
    constexpr std::array<std::pair<double, const char*>, 4> prefixes{
        {{1.0, ""}, {1e-3, "m"}, {1e-6, "u"}, {1e-9, "n"}}};
    for (const auto& [factor, prefix] : prefixes) {
        if (value >= factor) {
            const double scaled = value / factor;
            const int decimals = scaled >= 99.95 ? 0 : (scaled >= 9.995 ? 1 : 2);
            return fmt::format("{:.{}f} {}{}", scaled, decimals, prefix, unit);
        }
    }
    return fmt::format("{:.3g} {}", value, unit);
}

}  // namespace dynbal::cli
