#include "power/trace_lines.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/error.hpp"
#include "io/file.hpp"

namespace dynbal::power {
namespace {

constexpr std::string_view separators = ", \t;";

}  // namespace

TraceLines::TraceLines(const std::string& path) : path_(path), text_(io::read_text(path)) {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (text_.starts_with(mark)) text_.erase(0, mark.size());
}

bool TraceLines::next() {
    while (position_ < text_.size()) {
        const size_t end = std::min(text_.find('\n', position_), text_.size());
        line_ = std::string_view(text_).substr(position_, end - position_);
        position_ = end + 1;
        ++number_;
        if (line_.ends_with('\r')) line_.remove_suffix(1);
        fields_.clear();
        for (size_t begin = line_.find_first_not_of(separators); begin != std::string_view::npos;) {
            const size_t stop = std::min(line_.find_first_of(separators, begin), line_.size());
            fields_.push_back(line_.substr(begin, stop - begin));
            begin = line_.find_first_not_of(separators, stop);
        }
        if (!fields_.empty() && !fields_[0].starts_with('#')) return true;
    }
    return false;
}

double TraceLines::number(size_t field) const {
    if (field >= fields_.size()) fail(fmt::format("{} values are needed, '{}' has fewer", field + 1, line_));
    const std::string_view text = fields_[field];
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
        fail(fmt::format("'{}' is not a number", text));
    }
    return value;
}

void TraceLines::fail(const std::string& reason) const {
    throw InputError(fmt::format("{}:{}: {}", path_, number_, reason));
}

}  // namespace dynbal::power
