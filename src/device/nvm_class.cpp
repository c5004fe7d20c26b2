#include "device/nvm_class.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/error.hpp"

namespace dynbal::device {

const char* const nvm_class_form = "byte|line4|line8|line16[,torn=old|new|garbage][,order=any]";

namespace {

constexpr std::array<std::pair<std::string_view, uint8_t>, 4> lines{
    {{"byte", 1}, {"line4", 4}, {"line8", 8}, {"line16", 16}}};
constexpr std::array<std::pair<std::string_view, Torn>, 3> kinds_of_torn{
    {{"torn=old", Torn::stays_old}, {"torn=new", Torn::becomes_new}, {"torn=garbage", Torn::garbage}}};

template <typename Pairs, typename Value>
bool find(const Pairs& pairs, std::string_view word, Value& value) {
    for (const auto& [name, meaning] : pairs) {
        if (name == word) {
            value = meaning;
            return true;
        }
    }
    return false;
}

template <typename Pairs, typename Value>
std::string name_in(const Pairs& pairs, const Value& value) {
    for (const auto& [name, meaning] : pairs) {
        if (meaning == value) return std::string(name);
    }
    return {};
}

}  // namespace

NvmClass parse_nvm_class(std::string_view text) {
    NvmClass result;
    std::string_view rest = text;
    const auto next_word = [&rest] {
        const size_t comma = rest.find(',');
        const std::string_view word = rest.substr(0, comma);
        rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
        return word;
    };
    bool good = find(lines, next_word(), result.line_bytes) && !text.ends_with(',');
    while (good && !rest.empty()) {
        const std::string_view word = next_word();
        if (word == "order=any") {
            good = !std::exchange(result.any_order, true);
        } else {
            good = find(kinds_of_torn, word, result.torn);
        }
    }
    if (good) return result;
    throw InputError(fmt::format("a class of NVM '{}': expected {}", text, nvm_class_form));
}

std::string text_of(const NvmClass& nvm_class) {
    std::string text = name_in(lines, nvm_class.line_bytes);
    if (nvm_class.torn != Torn::stays_old) text.append(",").append(name_in(kinds_of_torn, nvm_class.torn));
    if (nvm_class.any_order) text += ",order=any";
    return text;
}

}  // namespace dynbal::device
