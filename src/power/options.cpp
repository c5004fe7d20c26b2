#include "power/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/error.hpp"
#include "io/nearest_first.hpp"
#include "power/file_words.hpp"

namespace dynbal::power {
namespace {

/// Its value is the name of a file, which may hold commas.
constexpr std::string_view file_key = "curve=";

}  // namespace

Options::Options(std::string_view supply, std::string_view words) : supply_(supply) {
    bool more = !words.empty();
    while (more) {
        const bool is_file = words.starts_with(file_key);
        const size_t comma =
            is_file ? file_key.size() + file_name_size(words.substr(file_key.size())) : words.find(',');
        more = comma < words.size();
        const std::string_view word = words.substr(0, comma);
        words = more ? words.substr(comma + 1) : std::string_view();
        const size_t equals = word.find('=');
        if (equals == std::string_view::npos || equals == 0) refuse(fmt::format("'{}' is no key=value", word));
        const std::string key(word.substr(0, equals));
        const bool is_new = words_.try_emplace(key, Word{std::string(word.substr(equals + 1))}).second;
        if (!is_new) refuse(fmt::format("'{}' is given twice", key));
    }
}

void Options::refuse(const std::string& reason) const {
    throw InputError(fmt::format("supply '{}': {} (see: dynbal help supplies)", supply_, reason));
}

double Options::number(const char* key, Unit unit, double otherwise, double least, double most) {
    return has(key) ? checked(key, unit, least, most) : otherwise;
}

double Options::required(const char* key, Unit unit, double least, double most) {
    if (!has(key)) refuse(fmt::format("{}= is missing, {}", key, example_of(unit)));
    return checked(key, unit, least, most);
}

double Options::checked(const char* key, Unit unit, double least, double most) {
    Word& word = words_.find(key)->second;
    word.used = true;
    const auto value = parse_quantity(word.value, unit);
    if (!value) refuse(fmt::format("{}={}: {}", key, word.value, why_no_quantity(word.value, unit)));
    if (*value < least || *value > most) refuse_range(key, word.value, unit, least, most);
    return *value;
}

void Options::refuse_range(const char* key, const std::string& value, Unit unit, double least, double most) const {
    const auto percent = unit == Unit::share ? parse_quantity(value + "%", unit) : std::nullopt;
    if (percent && *percent >= least && *percent <= most) {
        refuse(fmt::format("{}={} is more than all of it; write {}% or {:g}", key, value, value, *percent));
    }
    refuse(fmt::format("{}={} is outside of {:g} to {:g}", key, value, least, most));
}

std::optional<std::string> Options::text(const char* key) {
    const auto found = words_.find(key);
    if (found == words_.end()) return std::nullopt;
    found->second.used = true;
    return found->second.value;
}

bool Options::flag(const char* key, bool otherwise) {
    const auto value = text(key);
    if (!value) return otherwise;
    if (*value != "yes" && *value != "no") refuse(fmt::format("{}={} is neither yes nor no", key, *value));
    return *value == "yes";
}

uint64_t Options::seed() {
    const auto value = text("seed");
    if (!value) return 1;
    uint64_t number = 0;
    const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), number);
    if (value->empty() || error != std::errc{} || end != value->data() + value->size()) {
        refuse(fmt::format("seed={} is not a whole number", *value));
    }
    return number;
}

void Options::add_known(std::span<const std::string_view> names) {
    known_.insert(known_.end(), names.begin(), names.end());
}

void Options::check_known() const {
    for (const auto& [key, word] : words_) {
        if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
        refuse(fmt::format("there is no option {}= here; there are: {}", key, io::nearest_first(known_, key)));
    }
}

void Options::check_all_used() const {
    for (const auto& [key, word] : words_) {
        if (!word.used) refuse(fmt::format("{}={} has no effect here: remove it", key, word.value));
    }
}

}  // namespace dynbal::power
