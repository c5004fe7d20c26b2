//! The report as one HTML file: the page, built from web/ and part of the program, with the document inside of it.
//!
//! Invariant: the file is complete in itself; opening it asks no network for anything.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace dynbal::report {

/// The page without a document. Throws InputError, saying what is missing, if the program was built without it.
std::string_view page_template();

/// The page with the document. Throws InputError like page_template().
std::string html_of(const nlohmann::ordered_json& document);

/// The same for any page: puts the document where the mark is. Throws std::logic_error if there is none.
std::string insert_document(std::string_view page, const nlohmann::ordered_json& document);

}  // namespace dynbal::report
