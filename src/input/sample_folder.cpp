#include <algorithm>
#include <filesystem>
#include <map>

#include "base/error.hpp"
#include "input/kinds.hpp"

namespace dynbal::input {
namespace {

namespace fs = std::filesystem;

/// Files are opened when their turn comes; each is one sample.
class FolderSet final : public SampleSet {
public:
    FolderSet(const Spec& spec, std::vector<std::string> files, std::vector<uint32_t> labels)
        : spec_(spec), files_(std::move(files)), labels_(std::move(labels)) {}
    int64_t count() const override { return static_cast<int64_t>(files_.size()); }
    std::vector<uint32_t> labels() const override { return labels_; }
    std::vector<float> sample(int64_t index) const override {
        if (index < 0 || index >= count()) {
            throw InputError(spec_.path + ": there is no sample " + std::to_string(index) + " (it has " +
                             std::to_string(count()) + " files, counted from 0)");
        }
        const std::string& file = files_[static_cast<size_t>(index)];
        const SampleSetPointer set = open(file);
        if (set->count() != 1) {
            throw InputError(file + ": in a folder each file is one sample; it holds " + std::to_string(set->count()));
        }
        return set->sample(0);
    }

    /// Of the first file that has one, among some that are spread evenly: to open all would take as long as to use them.
    std::string note() const override {
        constexpr size_t looked_at_max = 32;
        const size_t looked_at = std::min(files_.size(), looked_at_max);
        for (size_t i = 0; i < looked_at; ++i) {
            std::string note = note_of(files_[i * files_.size() / looked_at]);
            if (!note.empty()) return note;
        }
        return "";
    }

private:
    /// Nothing of a file that cannot be read: whoever needs it will be told.
    std::string note_of(const std::string& file) const {
        try {
            return open(file)->note();
        } catch (const InputError&) {
            return "";
        }
    }

    SampleSetPointer open(const std::string& file) const {
        std::string text = file;
        if (!spec_.resize.empty()) text += ",resize=" + spec_.resize;
        if (!spec_.columns.empty()) text += ",columns=" + spec_.columns;
        return open_samples(text, spec_.dims, spec_.sound);
    }

    Spec spec_;
    std::vector<std::string> files_;
    std::vector<uint32_t> labels_;
};

/// What file managers leave behind.
bool is_debris(const fs::path& path) {
    const std::string name = path.filename().string();
    return name.starts_with('.') || name == "Thumbs.db" || name == "desktop.ini" || name == "__MACOSX";
}

std::vector<fs::path> sorted_entries(const fs::path& folder) {
    std::vector<fs::path> entries;
    std::error_code error;
    const fs::directory_iterator all(folder, error);
    if (error) throw InputError(folder.string() + ": " + error.message());
    for (const auto& entry : all) {
        if (!is_debris(entry.path())) entries.push_back(entry.path());
    }
    std::sort(entries.begin(), entries.end());
    return entries;
}

}  // namespace

SampleSetPointer open_folder(const Spec& spec) {
    std::vector<std::string> files;
    std::vector<uint32_t> labels;
    std::string loose;
    uint32_t label = 0;
    try {
        for (const fs::path& entry : sorted_entries(spec.path)) {
            if (!fs::is_directory(entry)) {
                files.push_back(entry.string());
                if (loose.empty()) loose = files.back();
                continue;
            }
            for (const fs::path& file : sorted_entries(entry)) {
                if (fs::is_directory(file)) throw InputError(file.string() + ": a folder within a class's folder");
                files.push_back(file.string());
                labels.push_back(label);
            }
            ++label;
        }
    } catch (const fs::filesystem_error& error) {
        throw InputError(spec.path + ": " + error.code().message());
    }
    if (files.empty()) throw InputError(spec.path + ": the folder holds no files");
    if (!labels.empty() && labels.size() != files.size()) {
        throw InputError(loose + ": files beside folders: either all samples lie in folders of their classes, or none");
    }
    return std::make_shared<FolderSet>(spec, std::move(files), std::move(labels));
}

}  // namespace dynbal::input
