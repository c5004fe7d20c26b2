// The page that page.S puts into the program. CMake links this file or page_missing.cpp.
#include "report/html.hpp"

extern "C" const char dynbal_page_begin[];
extern "C" const char dynbal_page_end[];

namespace dynbal::report {

std::string_view page_template() {
    return {dynbal_page_begin, static_cast<size_t>(dynbal_page_end - dynbal_page_begin)};
}

}  // namespace dynbal::report
