//! Lines of a text file as fields, with their numbers for messages.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dynbal::power {

class TraceLines {
public:
    /// Reads the whole file; a byte order mark is skipped. Throws InputError.
    explicit TraceLines(const std::string& path);

    /// The next line that is not empty and no `#` comment, split at commas, tabs, semicolons and blanks; false at the end.
    bool next();
    const std::vector<std::string_view>& fields() const { return fields_; }
    std::string_view line() const { return line_; }
    void rewind() { position_ = 0, number_ = 0; }

    /// A finite number. Throws InputError with file and line.
    double number(size_t field) const;
    [[noreturn]] void fail(const std::string& reason) const;

private:
    std::string path_, text_;
    size_t position_ = 0;
    size_t number_ = 0;
    std::string_view line_;
    std::vector<std::string_view> fields_;
};

}  // namespace dynbal::power
