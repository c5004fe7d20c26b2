#include "power/text_lines.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace dynbal::power {
namespace {

constexpr size_t lines_in_cell_max = 32;
constexpr size_t returns_max = 2;  // before a line feed
constexpr std::string_view blank_or_tab = " \t";

enum class Quotes : uint8_t {
    closed,
    open,    ///< a cell goes on behind the text
    broken,  ///< text follows a closing mark
};

Quotes quotes_in(std::string_view text, std::string_view separators) {
    const bool blanks_separate = separators.find(' ') != std::string_view::npos;
    size_t at = 0;
    while ((at = text.find_first_not_of(blank_or_tab, at)) != std::string_view::npos) {
        if (text[at] != '"') {
            at = text.find_first_of(separators, at);
            if (at == std::string_view::npos) break;
            ++at;
            continue;
        }
        const size_t close = closing_mark(text, at);
        if (close == std::string_view::npos) return Quotes::open;
        at = text.find_first_not_of(blank_or_tab, close + 1);
        if (at == std::string_view::npos) break;
        const bool separated = separators.find(text[at]) != std::string_view::npos;
        if (!separated && (!blanks_separate || at == close + 1)) return Quotes::broken;
        if (separated) ++at;
    }
    return Quotes::closed;
}

}  // namespace

size_t closing_mark(std::string_view text, size_t open) {
    size_t close = text.find('"', open + 1);
    while (close != std::string_view::npos && close + 1 < text.size() && text[close + 1] == '"') {
        close = text.find('"', close + 2);
    }
    return close;
}

bool is_comment(std::string_view line) {
    constexpr std::array<std::string_view, 7> errors{"#DIV/0!", "#N/A",  "#NAME?", "#NULL!",
                                                     "#NUM!",   "#REF!", "#VALUE!"};
    const size_t content = line.find_first_not_of(blank_or_tab);
    if (content == std::string_view::npos) return false;
    line.remove_prefix(content);
    const bool marked = line.front() == '#' || line.front() == '%';
    return marked &&
           std::none_of(errors.begin(), errors.end(), [&](std::string_view error) { return line.starts_with(error); });
}

bool TextLines::next(std::string_view separators) {
    if (next_ >= text_.size()) return false;
    number_ += count_;
    count_ = 1;
    begin_ = next_;
    const End end = end_of_line(begin_);
    line_ = text_.substr(begin_, end.end - begin_);
    next_ = end.next;
    // A cell that goes on leaves one mark without its other.
    const bool odd = std::count(line_.begin(), line_.end(), '"') % 2 != 0;
    if (odd && !is_comment(line_)) join_quoted(separators);
    return true;
}

void TextLines::go_to(size_t begin, size_t number) {
    next_ = begin;
    number_ = number - 1;
    count_ = 1;
}

TextLines::End TextLines::end_of_line(size_t begin) {
    // Looked for once where there is none for long.
    if (begin < feed_from_ || begin > feed_) feed_ = std::min(text_.find('\n', begin), text_.size());
    feed_from_ = begin;
    const size_t end = std::min(text_.substr(0, feed_).find('\r', begin), feed_);
    if (end == text_.size()) return {end, end};
    if (text_[end] == '\n') {
        const bool return_follows = end + 1 < text_.size() && text_[end + 1] == '\r';
        const bool return_is_its_own = end + 2 < text_.size() && (text_[end + 2] == '\r' || text_[end + 2] == '\n');
        return {end, end + (return_follows && !return_is_its_own ? 2 : 1)};
    }
    size_t behind = end;
    while (behind < text_.size() && text_[behind] == '\r' && behind - end < returns_max) ++behind;
    const bool feeds = behind < text_.size() && text_[behind] == '\n';
    return {end, feeds ? behind + 1 : end + 1};
}

void TextLines::join_quoted(std::string_view separators) {
    std::string_view joined = line_;
    size_t after = next_, count = 1;
    Quotes quotes = quotes_in(joined, separators);
    while (quotes == Quotes::open) {
        if (after >= text_.size() || count == lines_in_cell_max) return;
        const End end = end_of_line(after);
        joined = text_.substr(begin_, end.end - begin_);
        after = end.next;
        ++count;
        quotes = quotes_in(joined, separators);
    }
    if (count == 1 || quotes == Quotes::broken) return;
    line_ = joined;
    next_ = after;
    count_ = count;
}

}  // namespace dynbal::power
