//! Whole files: read at once, written atomically.
//!
//! Invariants:
//!  1. After write_file() the target is either complete or exactly what it was before;
//!  2. a failed write leaves no temporary file behind.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dynbal::io {

/// Larger files are refused: no input of this program comes near, and an endless one must not fill
/// the memory.
inline constexpr uint64_t file_bytes_max = uint64_t{1} << 31;

/// The whole file, or all that comes through a pipe. Throws InputError, also for a device that gives anything (/dev/zero).
std::vector<uint8_t> read_file(const std::string& path);

/// The whole file as text, unchanged. Throws InputError.
std::string read_text(const std::string& path);

/// Writes through a temporary file in the same folder that is renamed at the end. A symbolic link
/// is followed, also to where nothing is yet; a target that is no regular file (/dev/null, a pipe) is written to directly.
/// Throws InputError.
void write_file(const std::string& path, std::span<const uint8_t> bytes);
void write_file(const std::string& path, std::string_view text);

/// Before work that takes long: throws the InputError that write_file() would throw for a folder of this name, one that is missing,
/// or one that nothing may be written in.
void check_target(const std::string& path);
/// Before the first of several files is written into `folder`: throws InputError if one of them is a folder.
void check_targets(const std::filesystem::path& folder, const std::vector<std::string>& names);

/// What to tell of an error that the standard library threw: "PATH: REASON". Folders that may not be looked into and names
/// that are too long end like this.
std::string text_of(const std::filesystem::filesystem_error& error);

/// $TMPDIR, or what the system has. Throws InputError if that is no folder.
std::string temporary_folder();

}  // namespace dynbal::io
