#include "io/nearest_first.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace dynbal::io {
namespace {

/// How many letters must be added, left out or changed.
size_t letters_between(std::string_view one, std::string_view other) {
    std::vector<size_t> counts(other.size() + 1);
    std::iota(counts.begin(), counts.end(), size_t{0});
    for (size_t i = 0; i < one.size(); ++i) {
        size_t diagonal = std::exchange(counts[0], i + 1);
        for (size_t j = 0; j < other.size(); ++j) {
            const size_t changed = diagonal + (one[i] == other[j] ? 0 : 1);
            diagonal = counts[j + 1];
            counts[j + 1] = std::min({changed, counts[j] + 1, diagonal + 1});
        }
    }
    return counts.back();
}

}  // namespace

std::string nearest_first(std::vector<std::string> names, std::string_view written) {
    // What a user has written may be long.
    const std::string_view beginning = written.substr(0, 40);
    const auto distance = [&](const std::string& name) {
        return !written.empty() && name.starts_with(written) ? 0 : letters_between(name, beginning);
    };
    std::vector<std::pair<size_t, std::string>> ranked;
    ranked.reserve(names.size());
    for (std::string& name : names) ranked.emplace_back(distance(name), std::move(name));
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::string text;
    for (const auto& [rank, name] : ranked) text.append(text.empty() ? "" : ", ").append(name);
    return text;
}

}  // namespace dynbal::io
