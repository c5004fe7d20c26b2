#include "cli/preservations.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "compiler/for_method.hpp"
#include "image_file/method_names.hpp"
#include "io/progress.hpp"

namespace dynbal::cli {

void add_preservations(CLI::App& command, std::vector<std::string>& names, const std::string& otherwise) {
    command
        .add_option("--preservations", names,
                    "Some of " + in_words(method_names(), "and") +
                        "; the image is made anew for each (default: " + otherwise + ")")
        ->delimiter(',');
}

std::vector<ImageFile> images_for(const ImageFile& file, const std::vector<std::string>& names) {
    std::vector<uint8_t> asked;
    for (const std::string& name : names) {
        asked.push_back(method_by_name(name));
        if (std::count(asked.begin(), asked.end(), asked.back()) > 1) {
            throw InputError("--preservations: '" + name + "' is there twice");
        }
    }
    std::vector<ImageFile> images;
    io::Progress progress("pricing tiles", static_cast<int64_t>(asked.size()));
    for (const uint8_t method : asked) {
        images.push_back(compiler::for_method(file, method));
        progress.advance();
    }
    return images;
}

}  // namespace dynbal::cli
