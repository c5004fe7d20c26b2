//! Reads a table of a TOML file strictly: every error names file, line, key and what is allowed.
//!
//! Invariant: finish() refuses a key that nobody has asked for, so that no misspelt key is ignored.
#pragma once

#include <toml++/toml.h>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dynbal::device {

/// The whole file. Throws InputError with the line of a syntax error.
toml::table read_toml(const std::string& path);

class TomlTable {
public:
    /// `table` must outlive this object. `path` is for messages.
    TomlTable(std::string path, const toml::table& table) : path_(std::move(path)), table_(&table) {}

    // Each throws InputError if the key is there and its value of another kind or out of range.
    std::optional<std::string> text(const std::string& key);
    std::optional<bool> flag(const std::string& key);
    std::optional<double> number(const std::string& key);
    std::optional<uint64_t> count(const std::string& key, uint64_t least, uint64_t most);
    /// A list of strings; a single string is a list of one. Not empty.
    std::optional<std::vector<std::string>> texts(const std::string& key);
    std::optional<std::vector<uint64_t>> counts(const std::string& key);
    std::optional<std::vector<double>> numbers(const std::string& key);
    /// [[key]]
    std::vector<TomlTable> tables(const std::string& key);

    /// Throws InputError if the table has a key that was not asked for.
    void finish() const;
    /// "file:line: key: reason"; the line is that of the key, or of the table.
    [[noreturn]] void refuse(const std::string& key, const std::string& reason) const;
    bool has(const std::string& key) const { return table_->contains(key); }

private:
    const toml::node* find(const std::string& key);
    uint64_t count_of(const std::string& key, const toml::node& node, uint64_t least, uint64_t most) const;

    std::string path_;
    const toml::table* table_;
    std::set<std::string> asked_;
};

}  // namespace dynbal::device
