//! The words after a supply: `key=value,key=value`, each known and each at most once.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "power/quantity.hpp"

namespace dynbal::power {

class Options {
public:
    /// `supply` is the whole text, for messages. Throws InputError for a word without `=` or given twice.
    Options(std::string_view supply, std::string_view words);

    /// The value within a range, or the default. Throws InputError.
    double number(const char* key, Unit unit, double otherwise, double least, double most);
    /// The same without a default.
    double required(const char* key, Unit unit, double least, double most);
    std::optional<std::string> text(const char* key);
    bool flag(const char* key, bool otherwise);
    uint64_t seed();
    bool has(const char* key) const { return words_.contains(key); }
    /// Names that there are, although they have not been asked for yet.
    void add_known(std::span<const std::string_view> names);
    /// Throws InputError if a word is none of the known names: a misspelt one is told before a file is judged without it.
    void check_known() const;
    /// Throws InputError if a word has not been asked for.
    void check_all_used() const;
    [[noreturn]] void refuse(const std::string& reason) const;

private:
    struct Word {
        std::string value;
        bool used = false;
    };
    double checked(const char* key, Unit unit, double least, double most);
    [[noreturn]] void refuse_range(const char* key, const std::string& value, Unit unit, double least,
                                   double most) const;

    std::string supply_;
    std::map<std::string, Word, std::less<>> words_;
    std::vector<std::string> known_;
};

}  // namespace dynbal::power
