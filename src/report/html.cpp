#include "report/html.hpp"

#include <stdexcept>

#include "io/json_text.hpp"

namespace dynbal::report {

std::string insert_document(std::string_view page, const nlohmann::ordered_json& document) {
    constexpr std::string_view mark = "/*DOCUMENT*/";
    const size_t place = page.find(mark);
    if (place == std::string_view::npos) throw std::logic_error("the page has no place for the document");
    std::string html(page.substr(0, place));
    // "</script>" in a name must not end the element that holds the document.
    for (const char letter : io::json_text(document)) {
        if (letter == '<') {
            html += "\\u003c";
        } else {
            html += letter;
        }
    }
    return html += page.substr(place + mark.size());
}

std::string html_of(const nlohmann::ordered_json& document) { return insert_document(page_template(), document); }

}  // namespace dynbal::report
