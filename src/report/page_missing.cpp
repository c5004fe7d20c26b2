// Linked instead of page_embedded.cpp where the page could not be built.
#include "base/error.hpp"
#include "report/html.hpp"

namespace dynbal::report {

std::string_view page_template() {
    throw InputError(
        "this program was built without the page of reports, which needs node and npm with a package registry in "
        "reach. `./dev build` tries again, and says what is missing; or do without -o: summary, --json and "
        "--trace-out need no page");
}

}  // namespace dynbal::report
