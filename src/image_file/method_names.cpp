#include "image_file/method_names.hpp"

#include "base/error.hpp"

namespace dynbal {

std::vector<std::string> method_names() {
    std::vector<std::string> names;
    for (const Method& method : methods) names.emplace_back(method.name);
    return names;
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
    return std::string("the preservation method '") + method_name(file) +
           "' keeps nothing inside a stage, so a power cycle has to last for the whole of the largest; with "
           "'stateful' or 'hawaii' this one gets on with far less";
}

}  // namespace dynbal
