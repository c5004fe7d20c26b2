// Writes seeds for the fuzz entries: small valid files of each kind, made by the present version.
#include <filesystem>
#include <fstream>

#include "graphs.hpp"
#include "io/npy.hpp"
#include "model_builder.hpp"

namespace fs = std::filesystem;

namespace {

void write(const fs::path& path, const std::string& bytes) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
}

void write_images(const fs::path& folder) {
    using namespace dynbal;
    const compiler::Graph tiny = test::tiny_network();
    test::GraphBuilder b(3);
    const auto in = b.input(2, 2, 4);
    const compiler::Graph passes = b.finish(b.conv(b.conv(in, 6, test::window(2)), 3, test::window(1)));
    test::GraphBuilder g(4);
    const auto gate = g.input(3, 3, 4);
    const compiler::Graph curves = g.finish(g.multiply(g.curve(g.curve(gate, true)), gate));
    const compiler::ImageFile files[] = {test::compile_graph(tiny, 1, 4096), test::compile_tight(tiny, 2, 4096),
                                         test::compile_graph(passes, 2, 4096), test::compile_graph(curves, 2, 8192)};
    for (size_t i = 0; i < std::size(files); ++i) {
        const auto* bytes = reinterpret_cast<const char*>(files[i].image.data());
        const std::string cycle{static_cast<char>(0x90), 1};  // 400 + 100 bytes a power cycle
        write(folder / std::to_string(i), cycle + std::string(bytes, files[i].image.size()));
    }
}

void write_models(const fs::path& folder) {
    using dynbal::compiler::ModelBuilder;
    const auto store = [&](const char* name, const ModelBuilder& model) {
        write(folder / name, model.raw().SerializeAsString());
    };
    store("conv", ModelBuilder({1, 2, 6, 6})
                      .integers("pads", {0, 0, 1, 1, 0, 0, 1, 1})
                      .node("Pad", {"x", "pads"}, "p")
                      .random("w", {3, 2, 3, 3})
                      .node("Conv", {"p", "w"}, "c")
                      .node("Relu", {"c"}, "r")
                      .node("MaxPool", {"r"}, "y")
                      .with("kernel_shape", {2, 2})
                      .with("strides", {2, 2}));
    store("dense", ModelBuilder({1, 4})
                       .random("w", {4, 3})
                       .random("b", {3})
                       .node("MatMul", {"x", "w"}, "m")
                       .node("Add", {"m", "b"}, "a")
                       .node("Softmax", {"a"}, "y"));
    store("branches", ModelBuilder({1, 2, 4, 4})
                          .random("w", {2, 2, 1, 1})
                          .node("Conv", {"x", "w"}, "a")
                          .node("AveragePool", {"x"}, "b")
                          .with("kernel_shape", {3, 3})
                          .with("pads", {1, 1, 1, 1})
                          .node("Concat", {"a", "b"}, "c")
                          .with_int("axis", 1)
                          .node("Transpose", {"c"}, "t")
                          .with("perm", {0, 2, 3, 1})
                          .node("ReduceMean", {"t"}, "y")
                          .with("axes", {1, 2}));
    store("folded", ModelBuilder({1, 3, 2, 2})
                        .node("Shape", {"x"}, "s")
                        .integers("zero", {0})
                        .node("Gather", {"s", "zero"}, "batch")
                        .integers("rest", {-1})
                        .node("Concat", {"batch", "rest"}, "shape")
                        .with_int("axis", 0)
                        .node("Reshape", {"x", "shape"}, "flat")
                        .node("Flatten", {"x"}, "other")
                        .node("Concat", {"flat", "other"}, "both")
                        .with_int("axis", 1)
                        .random("w", {2, 24})
                        .node("Transpose", {"w"}, "t")
                        .node("MatMul", {"both", "t"}, "m")
                        .node("LogSoftmax", {"m"}, "y"));
    store("elementwise", ModelBuilder({1, 4, 3, 3})
                             .integers("starts", {1, 0})
                             .integers("ends", {3, 2})
                             .integers("axes", {1, 2})
                             .node("Slice", {"x", "starts", "ends", "axes"}, "s")
                             .node("Sigmoid", {"s"}, "g")
                             .node("GlobalAveragePool", {"s"}, "p")
                             .node("Mul", {"g", "p"}, "m")
                             .floats("slope", {2, 1, 1}, {0.5F, -1})
                             .node("PRelu", {"m", "slope"}, "r")
                             .node("Sub", {"r", "g"}, "y"));
}

void write_arrays(const fs::path& folder) {
    fs::create_directories(folder);
    dynbal::io::write_npy(folder / "plain", {{2, 3}, {1, 2, 3, 4, 5, 6}});
    dynbal::io::write_npy(folder / "scalar", {{}, {1}});
    dynbal::io::write_npy(folder / "empty", {{0, 3}, {}});
    const auto file = [](const std::string& header, const std::string& data) {
        std::string text = header + std::string(117 - header.size(), ' ') + "\n";
        return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + text + data;
    };
    write(folder / "bytes", file("{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }", "abc"));
    write(folder / "halves", file("{'descr': '<f2', 'fortran_order': False, 'shape': (2, 1), }", "abcd"));
    write(folder / "doubles", file("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", std::string(8, '?')));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const fs::path folder = argv[1];
    write_images(folder / "image");
    write_models(folder / "onnx");
    write_arrays(folder / "npy");
    return 0;
}
