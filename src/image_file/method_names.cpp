#include "image_file/method_names.hpp"

#include "base/error.hpp"

namespace dynbal {

std::vector<std::string> method_names() {
    std::vector<std::string> names;
    for (const Method& method : methods) names.emplace_back(method.name);
    return names;
}

std::string in_words(const std::vector<std::string>& names, const std::string& last) {
    std::string text;
    for (size_t i = 0; i < names.size(); ++i) {
        if (i != 0) text += i + 1 == names.size() ? " " + last + " " : ", ";
        text += names[i];
    }
    return text;
}

uint8_t method_by_name(const std::string& name) {
    std::string names;
    for (uint8_t i = 0; i < method_count; ++i) {
        if (name == methods[i].name) return i;
        if (!names.empty()) names += ", ";
        names += methods[i].name;
    }
    throw InputError("there is no preservation method '" + name + "'; the methods are: " + names);
}

std::string stages_only_text(const ImageFile& file) {
    if (!keeps_stages_only(file)) return "";
    std::vector<std::string> others;
    for (const Method& method : methods) {
        if (method.facts.kept != Kept::stages) others.push_back(std::string("'") + method.name + "'");
    }
    return std::string("the preservation method '") + method_name(file) +
           "' keeps nothing inside a stage, so a power cycle has to last for the whole of the largest; with " +
           in_words(others, "or") + " this one gets on with far less";
}

}  // namespace dynbal
