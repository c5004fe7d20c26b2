#include "zoo/network_folder.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <vector>

#include "base/error.hpp"
#include "io/file.hpp"

namespace dynbal::zoo {
namespace {

std::string readme_of(const Network& network) {
    return fmt::format(
        "{0}: {1}\n\n"
        "{0}.onnx       the network: {2} MACs, padding counted; {3:.2f} % right on its test set, {4:.2f} % with int8 "
        "weights\n"
        "calibrate.npy  made-up inputs that drive every layer over its range (for --calibrate)\n"
        "inputs.npy     {5}\n"
        "labels.npy     their classes, as indices into classes.txt\n"
        "classes.txt    what the {6} output values stand for, one a line\n\n"
        "Input: {7}\nTrained on: {8}\n\nIn this folder:\n\n{9}",
        network.name, network.title, network.macs, network.accuracy, network.int8.accuracy, network.inputs,
        network.classes.size(), network.input, network.data, commands_for(network));
}

void make(const std::string& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) throw InputError(folder + ": cannot create this folder: " + error.message());
}

std::string lines_of(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += name + "\n";
    return text;
}

struct File {
    std::string name, content;
};

/// Throws InputError where another file of this name is there.
void check_same(const std::string& path, const std::string& content) {
    std::error_code none;
    if (!std::filesystem::exists(path, none) || io::read_text(path) == content) return;
    throw InputError(path + ": a file of this name is there, and is another one: choose a folder of its own");
}

std::vector<File> files_of(const Network& network) {
    const auto stored = [&](const char* name) {
        const auto bytes = file_of(network, name);
        return std::string(bytes.begin(), bytes.end());
    };
    std::vector<File> files{{network.name + ".onnx", stored("onnx")}};
    for (const char* name : {"calibrate.npy", "inputs.npy", "labels.npy"}) files.push_back({name, stored(name)});
    files.push_back({"classes.txt", lines_of(network.classes)});
    files.push_back({"README.txt", readme_of(network)});
    return files;
}

}  // namespace

std::string commands_for(const Network& network) {
    return fmt::format(
        "dynbal compile {0}.onnx -o {0}.dynbal --calibrate calibrate.npy --scale {1} --weights int8\n"
        "dynbal run {0}.dynbal --input inputs.npy@0\n"
        "dynbal evaluate {0}.dynbal --inputs inputs.npy --labels labels.npy\n"
        "dynbal simulate {0}.dynbal --input inputs.npy@0 --supply power:4mW\n"
        "dynbal compare {0}.dynbal --input inputs.npy@0 --supply budget:100000 --supply power:2mW\n",
        network.name, network.scale);
}

void check_onnx(const Network& network, const std::string& folder) {
    const auto bytes = file_of(network, "onnx");
    check_same((std::filesystem::path(folder) / (network.name + ".onnx")).string(), {bytes.begin(), bytes.end()});
}

std::string write_onnx(const Network& network, const std::string& folder) {
    make(folder);
    std::string path = (std::filesystem::path(folder) / (network.name + ".onnx")).string();
    io::write_file(path, file_of(network, "onnx"));
    return path;
}

void write_folder(const Network& network, const std::string& folder) {
    make(folder);
    const std::vector<File> files = files_of(network);
    const auto path_of = [&](const File& file) { return (std::filesystem::path(folder) / file.name).string(); };
    std::vector<std::string> names;
    for (const File& file : files) names.push_back(file.name);
    io::check_targets(folder, names);
    for (const File& file : files) check_same(path_of(file), file.content);
    for (const File& file : files) io::write_file(path_of(file), std::string_view(file.content));
}

}  // namespace dynbal::zoo
