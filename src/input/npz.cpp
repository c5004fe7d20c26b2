#include <zlib.h>

#include <algorithm>
#include <optional>

#include "base/error.hpp"
#include "input/kinds.hpp"
#include "io/file.hpp"
#include "io/printable.hpp"

namespace dynbal::input {
namespace {

// Of ZIP archives (PKWARE's APPNOTE): the directory's end, an entry of it, a file.
constexpr uint32_t end_mark = 0x06054B50, entry_mark = 0x02014B50, file_mark = 0x04034B50;
constexpr size_t end_bytes = 22, entry_bytes = 46, file_bytes = 30;
constexpr uint16_t stored = 0, deflated = 8;

struct Entry {
    std::string name{};
    uint16_t method = 0;
    uint32_t crc = 0, packed_bytes = 0, bytes = 0, offset = 0;
};

class Archive {
public:
    explicit Archive(const std::string& path) : path_(path), bytes_(io::read_file(path)) {
        const size_t end = find_end();
        size_t at = u32(end + 16);
        for (int left = u16(end + 10); left > 0; --left) {
            require(at, entry_bytes);
            if (u32(at) != entry_mark) fail();
            Entry entry{.method = u16(at + 10),
                        .crc = u32(at + 16),
                        .packed_bytes = u32(at + 20),
                        .bytes = u32(at + 24),
                        .offset = u32(at + 42)};
            const size_t name_bytes = u16(at + 28);
            require(at + entry_bytes, name_bytes);
            entry.name.assign(reinterpret_cast<const char*>(bytes_.data()) + at + entry_bytes, name_bytes);
            entries_.push_back(entry);
            at += entry_bytes + name_bytes + u16(at + 30) + u16(at + 32);
        }
    }

    const std::vector<Entry>& entries() const { return entries_; }

    std::vector<uint8_t> content(const Entry& entry) const {
        require(entry.offset, file_bytes);
        if (u32(entry.offset) != file_mark) fail();
        const size_t begin = entry.offset + file_bytes + u16(entry.offset + 26) + u16(entry.offset + 28);
        require(begin, entry.packed_bytes);
        const uint8_t* const data = bytes_.data() + begin;
        if (entry.bytes > io::file_bytes_max) {
            throw InputError(path_ + ": '" + io::printable(entry.name) + "' is too large");
        }
        std::vector<uint8_t> result;
        if (entry.method == stored && entry.bytes == entry.packed_bytes) {
            result.assign(data, data + entry.bytes);
        } else if (entry.method == deflated) {
            result = inflated(data, entry);
        } else {
            throw InputError(path_ + ": '" + io::printable(entry.name) +
                             "' is packed in a way that is not known; use numpy.savez");
        }
        if (::crc32(0, result.data(), static_cast<uInt>(result.size())) != entry.crc) fail();
        return result;
    }

private:
    [[noreturn]] void fail() const {
        throw InputError(path_ + ": no .npz file, or a damaged one; numpy.savez() writes one");
    }
    void require(size_t at, size_t count) const {
        if (at > bytes_.size() || count > bytes_.size() - at) fail();
    }
    uint16_t u16(size_t at) const {
        require(at, 2);
        return static_cast<uint16_t>(bytes_[at] | (bytes_[at + 1] << 8U));
    }
    uint32_t u32(size_t at) const { return u16(at) | (uint32_t{u16(at + 2)} << 16U); }

    /// Before a comment of at most 65,535 bytes.
    size_t find_end() const {
        if (bytes_.size() < end_bytes) fail();
        const size_t last = bytes_.size() - end_bytes;
        for (size_t back = 0; back <= std::min<size_t>(last, 65535); ++back) {
            if (u32(last - back) == end_mark) return last - back;
        }
        fail();
    }

    std::vector<uint8_t> inflated(const uint8_t* data, const Entry& entry) const {
        // No more than deflate can reach, so that a few bytes do not ask for gigabytes.
        if (entry.bytes / 1100 > entry.packed_bytes) fail();
        std::vector<uint8_t> result(entry.bytes);
        z_stream stream{};
        if (::inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
        // The library does not write to its input.
        stream.next_in = const_cast<Bytef*>(data);
        stream.avail_in = entry.packed_bytes;
        stream.next_out = result.data();
        stream.avail_out = entry.bytes;
        const int status = ::inflate(&stream, Z_FINISH);
        const bool whole = status == Z_STREAM_END && stream.avail_out == 0;
        ::inflateEnd(&stream);
        if (!whole) fail();
        return result;
    }

    std::string path_;
    std::vector<uint8_t> bytes_;
    std::vector<Entry> entries_;
};

std::string names_of(const std::vector<Entry>& entries) {
    std::string names;
    for (const Entry& entry : entries) {
        names += (names.empty() ? "" : ", ") + io::printable(entry.name.substr(0, entry.name.rfind(".npy")));
    }
    return names;
}

}  // namespace

SampleSetPointer open_npz(const Spec& spec) {
    constexpr std::string_view extension = ".npz/";
    const size_t slash = spec.path.find(extension);
    const std::string path = spec.path.substr(0, slash == std::string::npos ? slash : slash + extension.size() - 1);
    const Archive archive(path);
    const std::vector<Entry>& entries = archive.entries();
    if (slash == std::string::npos && entries.size() != 1) {
        throw InputError(path + ": it holds " + std::to_string(entries.size()) + " arrays; say which: " + path +
                         "/NAME, with one of " + names_of(entries));
    }
    std::optional<size_t> found;
    const std::string name = slash == std::string::npos ? "" : spec.path.substr(slash + extension.size());
    for (size_t i = 0; i < entries.size(); ++i) {
        if (name.empty() || entries[i].name == name || entries[i].name == name + ".npy") found = i;
    }
    if (!found) throw InputError(path + ": there is no array '" + name + "' in it, but " + names_of(entries));
    return open_npy(spec, archive.content(entries[*found]));
}

}  // namespace dynbal::input
