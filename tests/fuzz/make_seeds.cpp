// Writes seeds for the fuzz entries: small valid files of each kind, made by the present version.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "graphs.hpp"
#include "input_files.hpp"
#include "io/npy.hpp"
#include "model_builder.hpp"
#include "shepherd_file.hpp"

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
    const ImageFile files[] = {test::compile_graph(tiny, 1, 4096), test::compile_tight(tiny, 2, 4096),
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

void write_traces(const fs::path& folder) {
    write(folder / "named", "time_s,power_mw\n0,1\n0.5,2.25\n1,0\n");
    write(folder / "german", "# Messung\nt [ms];P [\xC2\xB5W]\n0;1,5\n10;2,5\n");
    write(folder / "indexed",
          ",timestamp,voltage_v,current_ma\n0,2024-05-31 12:00:00,1,2\n1,2024-05-31 12:00:01.5,2,3\n");
    write(folder / "mementos", "103717744\t0.07\n103717745\t0.06\n103717746\t0.08\n");
    write(folder / "react", "sec RSSI,mW\n0.00\t0.10\n0.02\t0.21\n");
    write(folder / "nrel",
          "DATE (MM/DD/YYYY),MST,Global CM3 (cor) [W/m^2]\n9/1/2018,00:00,-0.43\n9/1/2018,00:01,500\n");
    write(folder / "scope", "Record Length,2,,-5.0,1.0,\nVertical Units,V,,-4.5,1.5,\n");
    write(folder / "curve", "{\"0\": {\"0.0\": -0.01, \"1.5\": -0.008, \"2.0\": 0}}");
    write(folder / "ekho", "voltage,current\n0.0\t0.0\t0.1\n0.0\t1.0\t0.1\n0.5\t0.0\t0.1\n");
}

void write_recordings(const fs::path& folder) {
    using namespace dynbal::power;
    fs::create_directories(folder);
    Written recording = four_samples();
    write_recording(recording, folder / "plain");
    recording.lzf = true;
    write_recording(recording, folder / "lzf");
    recording.datatype = "";
    write_recording(recording, folder / "first_version");
}

void write_profiles(const fs::path& folder) {
    write(folder / "base",
          "base = \"msp432p401r\"\nname = \"a\"\ntitle = \"A\"\n[cpu]\nclock_mhz = 12\n[nvm_read]\nbyte_us = 1.5e0\n");
    write(folder / "inline",
          "base = 'msp432p401r'\nname = 'a'\ntitle = 'A'\ncapacitor = {on_v = 3.0, off_v = 2.5}\ncpu.run_mw = 1_0.5\n");
    write(folder / "grid",
          "devices = [\"msp432p401r\"]\npolicies = [\"fixed\", \"oracle\"]\nseeds = [1, 2]\nsupplies = "
          "[\"random:{seed},500,900\", "
          "\"power:4mW\"]\n[[model]]\nimage = \".\"\n");
    write(folder / "sound",
          "samples = 64\nframe = 16\nstride = 8\nbands = 4\nmel = \"slaney\"\ncoefficients = 2\nmoments = 3\nmeans = "
          "[1, 2]\n");
}

/// The first byte is the kind, as fuzz_samples takes it.
void write_samples(const fs::path& folder) {
    using namespace dynbal::input;
    std::ifstream file(folder.parent_path() / "npy/plain", std::ios::binary);
    const std::string array{std::istreambuf_iterator<char>(file), {}};
    const std::vector<uint8_t> grey{0, 50, 100, 150, 200, 250};
    const std::string no_byte(1, '\0');
    write(folder / "stored", no_byte + npz_of({{"x", array}}, false));
    write(folder / "deflated", no_byte + npz_of({{"x", array}}, true));
    write(folder / "table", "\x01x,y,z\n1,2,3\n4,5,6.5\n");
    write(folder / "png", "\x02" + png_of(grey, 2, 3, 1));
    write(folder / "jpeg", "\x03" + jpeg_of(grey, 1, 2, 3));
    write(folder / "sound", "\x04" + wav_of({1, -2, 3, -4, 5, -6}, 16000, 1));
    write(folder / "heard", "\x05" + wav_of(std::vector<int16_t>(128, 1000), 16000, 2));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const fs::path folder = argv[1];
    write_images(folder / "image");
    write_models(folder / "onnx");
    write_arrays(folder / "npy");
    write_samples(folder / "samples");
    write_traces(folder / "trace");
    write_recordings(folder / "hdf5");
    write_profiles(folder / "toml");
    return 0;
}
