#include "power/trace_plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace dynbal::power {
namespace {

constexpr size_t text_columns = 64, text_rows = 10;

std::string escaped(const std::string& text) {
    std::string result;
    for (const char c : text) {
        if (c == '<') {
            result += "&lt;";
        } else if (c == '&') {
            result += "&amp;";
        } else {
            result += c;
        }
    }
    return result;
}

/// An area below one of the curves, in steps.
std::string area(const std::vector<PowerBucket>& buckets, double PowerBucket::*value, double largest_w, double width,
                 double height) {
    std::string path = fmt::format("M0 {}", height);
    const double step = width / static_cast<double>(buckets.size());
    for (size_t i = 0; i < buckets.size(); ++i) {
        const double y = height * (1 - buckets[i].*value / largest_w);
        path += fmt::format("V{:.2f}H{:.2f}", y, step * static_cast<double>(i + 1));
    }
    return path + fmt::format("V{}Z", height);
}

}  // namespace

std::vector<PowerBucket> buckets_of(std::span<const Piece> pieces, double duration_s, size_t count) {
    std::vector<PowerBucket> buckets(count);
    const double width_s = duration_s / static_cast<double>(count);
    double now_s = 0;
    size_t index = 0;
    for (const Piece& piece : pieces) {
        double left_s = piece.duration_s;
        while (left_s > 0 && index < count) {
            const double end_s = width_s * static_cast<double>(index + 1);
            const double part_s = index + 1 == count ? left_s : std::min(left_s, std::max(end_s - now_s, 0.0));
            if (part_s > 0) {
                buckets[index].mean_w += piece.power_w * part_s / width_s;
                buckets[index].largest_w = std::max(buckets[index].largest_w, piece.power_w);
            }
            now_s += part_s;
            left_s -= part_s;
            if (left_s > 0) ++index;
        }
    }
    return buckets;
}

std::string trace_text(const Recording& recording) {
    const TraceSummary& summary = recording.summary;
    const auto buckets = buckets_of(*recording.pieces, summary.duration_s, text_columns);
    const double largest_w = summary.largest_w > 0 ? summary.largest_w : 1;
    std::string text = fmt::format("{:>9} +{}\n", si_text(summary.largest_w, "W"), std::string(text_columns, '-'));
    for (size_t row = text_rows; row-- > 0;) {
        // A cell is filled from its middle on.
        const double level_w = largest_w * (static_cast<double>(row) + 0.5) / static_cast<double>(text_rows);
        std::string line(text_columns, ' ');
        for (size_t column = 0; column < text_columns; ++column) {
            if (buckets[column].largest_w >= level_w) line[column] = ':';
            if (buckets[column].mean_w >= level_w) line[column] = '#';
        }
        text += std::string(10, ' ') + '|' + line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
    }
    text += fmt::format("{:>9} +{}\n", "0", std::string(text_columns, '-'));
    return text + fmt::format("{:11}0{:>{}}\n{:11}# mean, : largest\n", "", duration_text(summary.duration_s),
                              text_columns - 1, "");
}

std::string trace_svg(const Recording& recording) {
    constexpr double width = 960, height = 320;
    const TraceSummary& summary = recording.summary;
    const auto buckets = buckets_of(*recording.pieces, summary.duration_s, 960);
    const double largest_w = summary.largest_w > 0 ? summary.largest_w : 1;
    std::string svg = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-90 -50 1070 420\" font-family=\"sans-serif\" "
        "font-size=\"14\">\n"
        "<rect x=\"-90\" y=\"-50\" width=\"1070\" height=\"420\" fill=\"white\"/>\n<text x=\"0\" y=\"-24\">{}</text>\n",
        escaped(summary.text()));
    svg += fmt::format("<path d=\"{}\" fill=\"#c6d8ee\"/>\n",
                       area(buckets, &PowerBucket::largest_w, largest_w, width, height));
    svg += fmt::format("<path d=\"{}\" fill=\"#2b6cb0\"/>\n",
                       area(buckets, &PowerBucket::mean_w, largest_w, width, height));
    svg += fmt::format("<path d=\"M0 0V{}H{}\" fill=\"none\" stroke=\"black\"/>\n", height, width);
    for (int quarter = 0; quarter <= 4; ++quarter) {
        const double share = quarter / 4.0;
        svg += fmt::format("<text x=\"-6\" y=\"{:.0f}\" text-anchor=\"end\">{}</text>\n", height * (1 - share) + 5,
                           si_text(share * largest_w, "W"));
        svg += fmt::format("<text x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"middle\">{}</text>\n", width * share,
                           height + 20, duration_text(share * summary.duration_s));
    }
    return svg + "<text x=\"700\" y=\"-4\" fill=\"#2b6cb0\">dark: mean, light: largest</text>\n</svg>\n";
}

}  // namespace dynbal::power
