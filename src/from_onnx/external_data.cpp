#include "from_onnx/external_data.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <map>
#include <vector>

#include "base/error.hpp"
#include "from_onnx/lower_constant.hpp"
#include "io/file.hpp"
#include "io/printable.hpp"

namespace dynbal::compiler {
namespace {

namespace fs = std::filesystem;

/// Where the data of one tensor lie.
struct Location {
    std::string file;
    uint64_t offset = 0;
    uint64_t length = 0;  ///< 0 if it is not stated
};

/// What the shape needs; 0 if it is impossible, which is found where constants are checked.
uint64_t length_of(const onnx::TensorProto& tensor) {
    const Dims dims(tensor.dims().begin(), tensor.dims().end());
    const bool possible = std::all_of(dims.begin(), dims.end(), [](int64_t dim) { return dim >= 0; });
    return possible ? static_cast<uint64_t>(element_count(dims)) * element_bytes(tensor.data_type()) : 0;
}

class Loader {
public:
    explicit Loader(const std::string& path) : path_(path) {}

    void load(onnx::TensorProto& tensor) {
        if (tensor.data_location() != onnx::TensorProto::EXTERNAL) return;
        const Location location = location_of(tensor);
        const std::vector<uint8_t>& bytes = file_of(tensor, location.file);
        const uint64_t length = location.length != 0 ? location.length : length_of(tensor);
        if (location.offset > bytes.size() || length > bytes.size() - location.offset) {
            refuse(tensor, "lies beyond the end of '" + location.file + "' (" + std::to_string(bytes.size()) +
                               " bytes); the two files do not belong together, export the model again");
        }
        tensor.set_raw_data(bytes.data() + location.offset, static_cast<size_t>(length));
        tensor.set_data_location(onnx::TensorProto::DEFAULT);
        tensor.clear_external_data();
    }

    const std::vector<std::string>& files() const { return paths_; }

private:
    [[noreturn]] void refuse(const onnx::TensorProto& tensor, const std::string& what) const {
        throw InputError(path_ + ": constant '" + io::printable(tensor.name()) + "' " + io::printable_lines(what));
    }

    Location location_of(const onnx::TensorProto& tensor) const {
        Location location;
        const auto number = [&](const std::string& text) {
            uint64_t value = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
            if (error == std::errc{} && end == text.data() + text.size()) return value;
            refuse(tensor, "states '" + text + "' as its place in another file; export the model again");
        };
        for (const auto& entry : tensor.external_data()) {
            if (entry.key() == "location") location.file = entry.value();
            if (entry.key() == "offset") location.offset = number(entry.value());
            if (entry.key() == "length") location.length = number(entry.value());
        }
        if (location.file.empty()) {
            refuse(tensor, "is stored in another file, but the model does not say in which; export it again");
        }
        return location;
    }

    /// A model may come from anywhere: it must not name files that are none of its business.
    const std::vector<uint8_t>& file_of(const onnx::TensorProto& tensor, const std::string& name) {
        const auto known = files_.find(name);
        if (known != files_.end()) return known->second;
        const fs::path folder = fs::absolute(fs::path(path_)).parent_path();
        std::error_code error;
        const fs::path file = fs::weakly_canonical(folder / name, error);
        const fs::path inside = error ? fs::path() : file.lexically_relative(fs::weakly_canonical(folder, error));
        if (error || inside.empty() || *inside.begin() == ".." || fs::path(name).is_absolute()) {
            refuse(tensor, "is stored in '" + name +
                               "', outside the model's folder; put both files into one folder and "
                               "export with a relative name");
        }
        if (!fs::is_regular_file(file, error)) {
            refuse(tensor, "is stored in '" + name + "', which is not beside the model; bring that file, too");
        }
        paths_.push_back(file.string());
        return files_.emplace(name, io::read_file(file.string())).first->second;
    }

    std::string path_;
    std::vector<std::string> paths_;
    std::map<std::string, std::vector<uint8_t>> files_;
};

}  // namespace

std::vector<std::string> load_external_data(onnx::ModelProto& model, const std::string& path) {
    Loader loader(path);
    auto& graph = *model.mutable_graph();
    for (auto& tensor : *graph.mutable_initializer()) loader.load(tensor);
    const auto load_attributes = [&](auto& nodes) {
        for (auto& node : nodes) {
            for (auto& attribute : *node.mutable_attribute()) {
                if (attribute.has_t()) loader.load(*attribute.mutable_t());
            }
        }
    };
    load_attributes(*graph.mutable_node());
    for (auto& function : *model.mutable_functions()) load_attributes(*function.mutable_node());
    return loader.files();
}

}  // namespace dynbal::compiler
