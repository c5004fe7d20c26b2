#include "device/toml_table.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "base/error.hpp"
#include "device/parse_toml.hpp"
#include "io/file.hpp"
#include "io/nearest_first.hpp"

namespace dynbal::device {

toml::table read_toml(const std::string& path) { return parse_toml(io::read_text(path), path); }

const toml::node* TomlTable::find(const std::string& key) {
    asked_.insert(key);
    return table_->get(key);
}

void TomlTable::refuse(const std::string& key, const std::string& reason) const {
    const toml::node* node = table_->get(key);
    const toml::source_region& source = node != nullptr ? node->source() : table_->source();
    throw InputError(fmt::format("{}:{}: {}: {}", path_, source.begin.line, key, reason));
}

std::optional<std::string> TomlTable::text(const std::string& key) {
    const toml::node* node = find(key);
    if (node == nullptr) return std::nullopt;
    auto value = node->value_exact<std::string>();
    if (!value || value->empty()) refuse(key, "must be a text in quotation marks, not empty");
    return value;
}

std::optional<bool> TomlTable::flag(const std::string& key) {
    const toml::node* node = find(key);
    if (node == nullptr) return std::nullopt;
    const auto value = node->value_exact<bool>();
    if (!value) refuse(key, "must be true or false");
    return value;
}

std::optional<double> TomlTable::number(const std::string& key) {
    const toml::node* node = find(key);
    if (node == nullptr) return std::nullopt;
    if (!node->is_number()) refuse(key, "must be a number");
    return node->value<double>();
}

uint64_t TomlTable::count_of(const std::string& key, const toml::node& node, uint64_t least, uint64_t most) const {
    const auto value = node.value_exact<int64_t>();
    if (!value || *value < 0 || static_cast<uint64_t>(*value) < least || static_cast<uint64_t>(*value) > most) {
        refuse(key, fmt::format("must be a whole number from {} to {}", least, most));
    }
    return static_cast<uint64_t>(*value);
}

std::optional<uint64_t> TomlTable::count(const std::string& key, uint64_t least, uint64_t most) {
    const toml::node* node = find(key);
    if (node == nullptr) return std::nullopt;
    return count_of(key, *node, least, most);
}

std::optional<std::vector<std::string>> TomlTable::texts(const std::string& key) {
    const toml::node* node = find(key);
    if (node == nullptr) return std::nullopt;
    std::vector<std::string> values;
    if (node->is_string()) values.push_back(*node->value<std::string>());
    if (const toml::array* array = node->as_array()) {
        for (const toml::node& element : *array) {
            const auto value = element.value_exact<std::string>();
            if (!value) refuse(key, "must be a list of texts in quotation marks");
            values.push_back(*value);
        }
    }
    if (values.empty()) refuse(key, "must be a list of at least one text, such as [\"one\", \"two\"]");
    return values;
}

std::optional<std::vector<uint64_t>> TomlTable::counts(const std::string& key) {
    const toml::node* node = find(key);
    if (node == nullptr) return std::nullopt;
    std::vector<uint64_t> values;
    if (const toml::array* array = node->as_array()) {
        for (const toml::node& element : *array) values.push_back(count_of(key, element, 0, INT64_MAX));
    }
    if (values.empty()) refuse(key, "must be a list of at least one whole number, such as [1, 2, 3]");
    return values;
}

std::optional<std::vector<double>> TomlTable::numbers(const std::string& key) {
    const toml::node* node = find(key);
    if (node == nullptr) return std::nullopt;
    std::vector<double> values;
    if (const toml::array* array = node->as_array()) {
        for (const toml::node& element : *array) {
            const auto value = element.value<double>();
            if (!element.is_number() || !std::isfinite(*value)) refuse(key, "must be a list of numbers");
            values.push_back(*value);
        }
    }
    if (values.empty()) refuse(key, "must be a list of at least one number, such as [0.5, 2]");
    return values;
}

std::vector<TomlTable> TomlTable::tables(const std::string& key) {
    std::vector<TomlTable> all;
    const toml::node* node = find(key);
    if (node == nullptr) return all;
    const toml::array* array = node->as_array();
    if (array == nullptr || !array->is_array_of_tables()) refuse(key, "must be tables, each headed [[" + key + "]]");
    for (const toml::node& element : *array) all.emplace_back(path_, *element.as_table());
    return all;
}

void TomlTable::finish() const {
    for (const auto& [key, value] : *table_) {
        const std::string name(key.str());
        if (asked_.contains(name)) continue;
        refuse(name, fmt::format("there is no such key; allowed are: {}",
                                 io::nearest_first({asked_.begin(), asked_.end()}, name)));
    }
}

}  // namespace dynbal::device
