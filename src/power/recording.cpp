#include "power/recording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "io/printable.hpp"

namespace dynbal::power {
std::string si_text(double value, const char* unit) {
    constexpr std::array<std::pair<double, const char*>, 6> prefixes{
        {{1e3, "k"}, {1, ""}, {1e-3, "m"}, {1e-6, "u"}, {1e-9, "n"}, {1e-12, "p"}}};
    for (const auto& [factor, prefix] : prefixes) {
        // What rounds to 1000 of the smaller unit is 1 of this one.
        if (std::abs(value) >= 0.9995 * factor) return fmt::format("{:.3g} {}{}", value / factor, prefix, unit);
    }
    return fmt::format("{:.3g} {}", value, unit);
}

std::string duration_text(double seconds) {
    if (seconds < 120) return si_text(seconds, "s");
    if (seconds < 2 * 3600) return fmt::format("{:.4g} min", seconds / 60);
    if (seconds < 2 * 86400) return fmt::format("{:.4g} h", seconds / 3600);
    return fmt::format("{:.4g} days", seconds / 86400);
}

Recording make_recording(std::vector<Piece> pieces, TraceSummary summary) {
    double energy_j = 0, dark_s = 0, in_a_row_s = 0;
    for (const Piece& piece : pieces) {
        summary.duration_s += piece.duration_s;
        energy_j += piece.duration_s * piece.power_w;
        in_a_row_s = piece.power_w > 0 ? 0 : in_a_row_s + piece.duration_s;
        summary.longest_dark_s = std::max(summary.longest_dark_s, in_a_row_s);
        if (piece.power_w <= 0) dark_s += piece.duration_s;
        summary.largest_w = std::max(summary.largest_w, piece.power_w);
    }
    summary.mean_w = energy_j / summary.duration_s;
    summary.dark_share = dark_s / summary.duration_s;
    const auto note = [&](const char* text) {
        std::vector<std::string>& notes = summary.notes;
        if (std::find(notes.begin(), notes.end(), text) == notes.end()) notes.emplace_back(text);
    };
    if (summary.largest_w == 0) note("nothing is harvested");
    if (summary.largest_w > 10) note("more than 10 W: is the unit right?");
    return {std::make_shared<const std::vector<Piece>>(std::move(pieces)), std::move(summary)};
}

void note_gap(TraceSummary& summary, double shortest_s, double longest_s, const std::string& place) {
    if (longest_s > 100 * shortest_s) {
        summary.notes.push_back(fmt::format("longest gap {}{}", duration_text(longest_s), place));
    }
}

Recording without_start(const Recording& recording, double skip_s) {
    std::vector<Piece> pieces;
    double left_s = skip_s;
    for (Piece piece : *recording.pieces) {
        const double skipped_s = std::min(left_s, piece.duration_s);
        left_s -= skipped_s;
        piece.duration_s -= skipped_s;
        if (piece.duration_s > 0) pieces.push_back(piece);
    }
    TraceSummary summary{.file = recording.summary.file,
                         .format = recording.summary.format,
                         .columns = recording.summary.columns,
                         .samples = recording.summary.samples,
                         .notes = recording.summary.notes};
    summary.notes.push_back(fmt::format("without its first {}", duration_text(skip_s)));
    return make_recording(std::move(pieces), std::move(summary));
}

std::string TraceSummary::text() const {
    std::string text = fmt::format("trace {}: {}, {}; {} samples, {}, mean {}", file, format, columns,
                                   io::grouped(samples), duration_text(duration_s), si_text(mean_w, "W"));
    if (!converter.empty()) {
        text += fmt::format(" at the harvester, {} behind the converter ({})", si_text(reaching_w, "W"), converter);
    }
    text += fmt::format(", largest {}", si_text(largest_w, "W"));
    if (dark_share > 0) {
        text += fmt::format(", nothing {:.3g} % of the time", 100 * dark_share);
        if (dark_share < 1) text += fmt::format(", at most {} in a row", duration_text(longest_dark_s));
    }
    if (skipped_s > 0) text += "; it begins at " + duration_text(skipped_s);
    if (!repeats) text += "; it does not begin again";
    for (const std::string& note : notes) text += "; " + note;
    return text;
}

}  // namespace dynbal::power
