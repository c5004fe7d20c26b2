//! The words after a supply: `key=value,key=value`, each known and each at most once.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

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
    /// Throws InputError if a word has not been asked for.
    void check_all_used() const;
    [[noreturn]] void refuse(const std::string& reason) const;

private:
    struct Word {
        std::string value;
        bool used = false;
    };
    double checked(const char* key, Unit unit, double least, double most);

    std::string supply_;
    std::map<std::string, Word, std::less<>> words_;
};

}  // namespace dynbal::power
