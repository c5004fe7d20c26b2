#include "io/npy_header.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/error.hpp"
#include "io/printable.hpp"
#include "io/wrong_kind.hpp"

namespace dynbal::io {
namespace {

struct DtypeInfo {
    std::string_view descr;
    Dtype dtype;
    int64_t bytes;
};

constexpr std::array<DtypeInfo, 12> dtypes{{{"b1", Dtype::b1, 1},
                                            {"i1", Dtype::i1, 1},
                                            {"u1", Dtype::u1, 1},
                                            {"i2", Dtype::i2, 2},
                                            {"u2", Dtype::u2, 2},
                                            {"i4", Dtype::i4, 4},
                                            {"u4", Dtype::u4, 4},
                                            {"i8", Dtype::i8, 8},
                                            {"u8", Dtype::u8, 8},
                                            {"f2", Dtype::f2, 2},
                                            {"f4", Dtype::f4, 4},
                                            {"f8", Dtype::f8, 8}}};

struct Dictionary {
    std::optional<std::string> descr;
    std::optional<bool> fortran_order;
    std::optional<std::vector<int64_t>> shape;
};

/// Reads a Python dictionary of three known keys, and nothing more of Python.
class DictionaryParser {
public:
    DictionaryParser(std::string_view text, const std::string& path) : text_(text), path_(path) {}

    Dictionary parse() {
        Dictionary found;
        expect('{');
        while (!accept('}')) {
            const std::string key = quoted();
            expect(':');
            parse_value(key, found);
            if (!accept(',')) {
                expect('}');
                break;
            }
        }
        skip_space();
        if (!text_.empty()) fail();
        if (!found.descr || !found.fortran_order || !found.shape) fail();
        return found;
    }

private:
    [[noreturn]] void fail() const { throw InputError(path_ + ": not a valid .npy file (malformed header)"); }

    void parse_value(const std::string& key, Dictionary& found) {
        if (key == "descr" && !found.descr) {
            skip_space();
            if (!text_.empty() && text_.front() == '[') {
                throw InputError(path_ + ": a structured array; only plain numbers are supported");
            }
            found.descr = quoted();
        } else if (key == "fortran_order" && !found.fortran_order) {
            found.fortran_order = boolean();
        } else if (key == "shape" && !found.shape) {
            found.shape = tuple();
        } else {
            fail();
        }
    }

    void skip_space() {
        const size_t first = text_.find_first_not_of(" \t\n\r");
        text_.remove_prefix(first == std::string_view::npos ? text_.size() : first);
    }

    bool accept(char symbol) {
        skip_space();
        if (text_.empty() || text_.front() != symbol) return false;
        text_.remove_prefix(1);
        return true;
    }

    void expect(char symbol) {
        if (!accept(symbol)) fail();
    }

    std::string quoted() {
        skip_space();
        if (text_.empty() || (text_.front() != '\'' && text_.front() != '"')) fail();
        const size_t end = text_.find(text_.front(), 1);
        if (end == std::string_view::npos) fail();
        std::string word(text_.substr(1, end - 1));
        text_.remove_prefix(end + 1);
        return word;
    }

    bool boolean() {
        skip_space();
        for (const bool value : {true, false}) {
            const std::string_view word = value ? "True" : "False";
            if (!text_.starts_with(word)) continue;
            text_.remove_prefix(word.size());
            return value;
        }
        fail();
    }

    std::vector<int64_t> tuple() {
        std::vector<int64_t> numbers;
        expect('(');
        while (!accept(')')) {
            numbers.push_back(number());
            if (numbers.size() > npy_dimensions_max) fail();
            if (!accept(',')) {
                expect(')');
                break;
            }
        }
        return numbers;
    }

    int64_t number() {
        skip_space();
        int64_t value = 0;
        const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
        if (error == std::errc::result_out_of_range) {
            throw InputError(path_ + ": the shape is impossibly large");
        }
        if (error != std::errc() || value < 0) fail();
        text_.remove_prefix(static_cast<size_t>(end - text_.data()));
        if (!text_.empty() && text_.front() == 'L') text_.remove_prefix(1);  // Python 2 long
        return value;
    }

    std::string_view text_;
    const std::string& path_;
};

/// The header's text; advances `offset` to the first byte of the values.
std::string_view header_text(const std::vector<uint8_t>& bytes, const std::string& path, size_t& offset) {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (!text.starts_with(npy_magic)) {
        const std::string kind = wrong_kind(text);
        throw InputError(path + ": not a .npy file" + (kind.empty() ? "; numpy.save() writes one" : ": " + kind));
    }
    if (bytes.size() < 10) throw InputError(path + ": truncated .npy file (no header)");
    const uint8_t version = bytes[6];
    if (version < 1 || version > 3) {
        throw InputError(path + ": .npy format version " + std::to_string(version) + " is not supported (1 to 3 are)");
    }
    const size_t length_bytes = version == 1 ? 2 : 4;
    offset = 8 + length_bytes;
    if (bytes.size() < offset) throw InputError(path + ": truncated .npy file (no header)");
    size_t length = 0;
    for (size_t i = 0; i < length_bytes; ++i) length |= size_t{bytes[8 + i]} << (8 * i);
    if (length > bytes.size() - offset) {
        throw InputError(path + ": truncated .npy file (the header is cut off)");
    }
    offset += length;
    return text.substr(offset - length, length);
}

/// `<f4`: the order of the bytes, then kind and size.
void parse_dtype(const std::string& descr, const std::string& path, NpyHeader& header) {
    const bool ordered = !descr.empty() && std::string_view("<>|=").find(descr.front()) != std::string_view::npos;
    const std::string kind = ordered ? descr.substr(1) : descr;
    const auto known =
        std::find_if(dtypes.begin(), dtypes.end(), [&](const DtypeInfo& info) { return info.descr == kind; });
    if (kind.starts_with('U') || kind.starts_with('S')) throw InputError(path + ": it holds text, no numbers");
    if (known == dtypes.end()) {
        throw InputError(path + ": numbers of type '" + printable(descr, 40) +
                         "' are not supported; convert them: x.astype('float32')");
    }
    header.dtype = known->dtype;
    header.big_endian = ordered && descr.front() == '>';
}

}  // namespace

int64_t bytes_of(Dtype dtype) { return dtypes.at(static_cast<size_t>(dtype)).bytes; }

NpyHeader parse_npy_header(const std::vector<uint8_t>& bytes, const std::string& path) {
    NpyHeader header;
    const std::string_view text = header_text(bytes, path, header.data_offset);
    const Dictionary found = DictionaryParser(text, path).parse();
    parse_dtype(*found.descr, path, header);
    header.fortran_order = *found.fortran_order;
    header.shape = *found.shape;
    return header;
}

}  // namespace dynbal::io
