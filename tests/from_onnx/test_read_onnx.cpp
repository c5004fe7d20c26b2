// Files and models that are refused before lowering.
#include "from_onnx/read_onnx.hpp"

#include <filesystem>
#include <fstream>
#include <functional>
#include <utility>

#include "base/error.hpp"
#include "from_onnx/lower.hpp"
#include "model_builder.hpp"
#include "temporary_folder.hpp"

namespace dynbal::compiler {
namespace {

namespace fs = std::filesystem;

class ReadOnnx : public testing::Test {
protected:
    ReadOnnx() : path_(io::temporary_file("model.onnx")) {}
    ~ReadOnnx() override { fs::remove(path_); }

    std::string error_of(const std::string& bytes) {
        std::ofstream(path_, std::ios::binary) << bytes;
        return error_of_file(path_.string());
    }

    static std::string error_of_file(const std::string& path) {
        try {
            read_onnx(path);
        } catch (const InputError& error) {
            const std::string message = error.what();
            EXPECT_EQ(message.rfind(path, 0), 0U) << message;
            return message.substr(path.size());
        }
        ADD_FAILURE() << "no InputError";
        return {};
    }

    void expect(const std::string& bytes, const std::string& text) {
        const std::string message = error_of(bytes);
        EXPECT_NE(message.find(text), std::string::npos) << message;
    }

    fs::path path_;
};

onnx::ModelProto small_model() {
    return ModelBuilder({1, 2}).random("w", {2, 3}).node("MatMul", {"x", "w"}, "y").raw();
}

std::string changed(const std::function<void(onnx::ModelProto&)>& change) {
    auto model = small_model();
    change(model);
    return model.SerializeAsString();
}

TEST_F(ReadOnnx, ReadsAModel) {
    std::ofstream(path_, std::ios::binary) << small_model().SerializeAsString();
    const Graph graph = lower(read_onnx(path_.string()));
    EXPECT_EQ(graph.stages.size(), 1U);
    EXPECT_EQ(graph.output_dims, (Shape{1, 3}));
}

TEST_F(ReadOnnx, MissingFilesAndFolders) {
    error_of_file("/no/such/model.onnx");
    error_of_file(testing::TempDir());
}

TEST_F(ReadOnnx, FilesThatAreNoModels) {
    expect("", "is empty");
    error_of("This is a text file.\nIt has two lines.\n");
    error_of(std::string(1000, '\0'));
    error_of(std::string(1000, '\xff'));
    error_of("{\"json\": true}");
    expect("<html><body>404</body></html>", "the download has failed");
    expect("version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 3\n", "git lfs pull");
    expect(std::string("\x1c\0\0\0TFL3\x14\0", 10), "tf2onnx.convert --tflite");
    expect("PK\x03\x04 archive/data.pkl", "torch.onnx.export");
    expect("\x89HDF\r\n\x1a\n", "from_keras");
}

TEST_F(ReadOnnx, TruncatedFiles) {
    const std::string bytes = small_model().SerializeAsString();
    for (size_t size = 1; size < bytes.size(); ++size) error_of(bytes.substr(0, size));
}

TEST_F(ReadOnnx, EmptyGraph) {
    expect(changed([](auto& model) { model.mutable_graph()->clear_node(); }), "no network");
    expect(changed([](auto& model) { model.clear_graph(); }), "no network");
}

/// The weights of small_model() in a file of that name beside it, behind four other bytes.
std::string with_external_data(const std::string& location) {
    return changed([&](auto& model) {
        auto& tensor = *model.mutable_graph()->mutable_initializer(0);
        tensor.clear_float_data();
        tensor.set_data_location(onnx::TensorProto::EXTERNAL);
        for (const auto& [key, value] : {std::pair<std::string, std::string>{"location", location}, {"offset", "4"}}) {
            auto& entry = *tensor.add_external_data();
            entry.set_key(key);
            entry.set_value(value);
        }
    });
}

TEST_F(ReadOnnx, ExternalData) {
    const fs::path data = path_.string() + ".data";
    const std::vector<float> values = {0, 1, 2, 3, 4, 5, 6};
    std::ofstream(data, std::ios::binary).write(reinterpret_cast<const char*>(values.data()), 28);
    std::ofstream(path_, std::ios::binary) << with_external_data(data.filename().string());
    const Graph graph = read_graph(path_.string());
    expect_near(run(graph, {1, 10}), {41, 52, 63});
    EXPECT_EQ(graph.files.size(), 2U) << "nothing is written over them";
    fs::resize_file(data, 24);
    std::ofstream(path_, std::ios::binary) << with_external_data(data.filename().string());
    EXPECT_THROW(read_graph(path_.string()), InputError);
    fs::resize_file(data, 2);
    expect(with_external_data(data.filename().string()), "lies beyond the end");
    fs::remove(data);
    expect(with_external_data(data.filename().string()), "is not beside the model");
    expect(with_external_data(""), "does not say in which");
}

/// Several constants may share a file, and say only where each begins.
TEST_F(ReadOnnx, ExternalDataWithoutALength) {
    const fs::path data = path_.string() + ".data";
    const std::vector<float> values = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    std::ofstream(data, std::ios::binary).write(reinterpret_cast<const char*>(values.data()), 36);
    std::ofstream(path_, std::ios::binary) << with_external_data(data.filename().string());
    expect_near(run(read_graph(path_.string()), {1, 10}), {41, 52, 63});
    fs::remove(data);
}

TEST_F(ReadOnnx, PlacesThatAreNone) {
    const fs::path data = path_.string() + ".data";
    std::ofstream(data, std::ios::binary) << std::string(64, 'x');
    const auto with = [&](const std::string& key, const std::string& value) {
        onnx::ModelProto model;
        model.ParseFromString(with_external_data(data.filename().string()));
        auto& entry = *model.mutable_graph()->mutable_initializer(0)->add_external_data();
        entry.set_key(key);
        entry.set_value(value);
        return model.SerializeAsString();
    };
    expect(with("offset", "-4"), "constant 'w' states '-4' as its place");
    expect(with("length", "-1"), "constant 'w' states '-1' as its place");
    expect(with("offset", "18446744073709551612"), "constant 'w' lies beyond the end of '" + data.filename().string());
    expect(with("offset", "99999999999999999999"), "as its place in another file");
    expect(with("length", "61"), "lies beyond the end");
    std::ofstream(path_, std::ios::binary) << with("length", "26");
    EXPECT_THROW(read_graph(path_.string()), InputError) << "two bytes too many";
    fs::remove(data);
}

TEST_F(ReadOnnx, ExternalDataOutsideTheFolderIsRefused) {
    expect(with_external_data("/etc/passwd"), "outside the model's folder");
    expect(with_external_data("../" + path_.parent_path().filename().string() + "/../x"), "outside the model's folder");
    const fs::path link = path_.string() + ".link";
    fs::create_symlink("/etc/passwd", link);
    expect(with_external_data(link.filename().string()), "outside the model's folder");
    fs::remove(link);
    const fs::path folder = path_.string() + ".folder";
    fs::create_directory_symlink("/etc", folder);
    expect(with_external_data(folder.filename().string() + "/passwd"), "outside the model's folder");
    fs::remove(folder);
}

/// As a Constant node and an attribute hold it.
TEST_F(ReadOnnx, ConstantNodesDoNotReachOutsideEither) {
    expect(changed([](auto& model) {
               auto& attribute = *model.mutable_graph()->mutable_node(0)->add_attribute();
               attribute.set_name("value");
               auto& tensor = *attribute.mutable_t();
               tensor.set_name("c");
               tensor.set_data_location(onnx::TensorProto::EXTERNAL);
               auto& entry = *tensor.add_external_data();
               entry.set_key("location");
               entry.set_value("../../etc/passwd");
           }),
           "constant 'c' is stored in '../../etc/passwd', outside the model's folder");
}

TEST_F(ReadOnnx, InputsAndOutputs) {
    expect(changed([](auto& model) { model.mutable_graph()->clear_input(); }), "reads 'x', which nothing computes");
    expect(changed([](auto& model) { model.mutable_graph()->clear_output(); }), "has 0 outputs");
    const auto two = changed([](auto& model) {
        *model.mutable_graph()->add_input() = model.graph().input(0);
        model.mutable_graph()->mutable_input(1)->set_name(std::string("z"));
        model.mutable_graph()->mutable_node(0)->add_input("z");
    });
    expect(two, "has 2 inputs (x, z); exactly one is supported");
}

TEST_F(ReadOnnx, ConstantsThatAreThereTwiceOrListedWithAnotherShape) {
    expect(changed([](auto& model) { *model.mutable_graph()->add_initializer() = model.graph().initializer(0); }),
           "constant 'w' is there twice");
    expect(changed([](auto& model) {
               auto& input = *model.mutable_graph()->add_input();
               input = model.graph().input(0);
               input.set_name("w");
           }),
           "constant 'w' has the shape [2, 3], but is listed as an input of shape [1, 2]");
    expect(
        changed([](auto& model) { model.mutable_graph()->add_sparse_initializer()->mutable_values()->set_name("s"); }),
        "constant 's' is stored as sparse weights");
}

TEST_F(ReadOnnx, FunctionsOfTheModelsOwn) {
    const auto with_function = [](const char* called) {
        return changed([&](auto& model) {
            auto& function = *model.add_functions();
            function.set_domain("own");
            function.set_name("Twice");
            auto& node = *model.mutable_graph()->mutable_node(0);
            node.set_domain(called == std::string("Twice") ? "own" : "");
            node.set_op_type(called);
        });
    };
    expect(with_function("Twice"),
           "(Twice): it has 2 inputs and 1 outputs, its function 0 and 0; inline functions first");
    std::ofstream(path_, std::ios::binary) << with_function("MatMul");
    EXPECT_NO_THROW(read_graph(path_.string())) << "nothing calls it";
}

TEST_F(ReadOnnx, OneOfSeveralOutputs) {
    std::ofstream(path_, std::ios::binary) << changed([](auto& model) {
        auto& graph = *model.mutable_graph();
        auto& node = *graph.add_node();
        node.set_op_type("Softmax");
        node.add_input("y");
        node.add_output("shares");
        graph.add_output()->set_name("shares");
        auto& other = *graph.add_node();
        other.set_op_type("NobodyKnows");
        other.add_input("x");
        other.add_output("other");
        graph.add_output()->set_name("other");
    });
    EXPECT_NE(error_of_file(path_.string()).find("has 3 outputs; choose one with --output: y, shares, other"),
              std::string::npos);
    EXPECT_EQ(read_graph(path_.string(), "y").stages.size(), 1U);
    EXPECT_EQ(read_graph(path_.string(), "shares").stages.size(), 2U);
    EXPECT_THROW(read_graph(path_.string(), "other"), InputError);
    EXPECT_THROW(read_graph(path_.string(), "none"), InputError);
}

TEST_F(ReadOnnx, AnyValueCanBeTheOutput) {
    const auto model =
        ModelBuilder({1, 2}).random("w", {2, 3}).node("MatMul", {"x", "w"}, "m").node("TopK", {"m"}, "y");
    std::ofstream(path_, std::ios::binary) << model.raw().SerializeAsString();
    EXPECT_EQ(kinds(read_graph(path_.string(), "m")), "conv");
    EXPECT_NE(lower_error(model).find("end the network before it with --output"), std::string::npos);
}

TEST_F(ReadOnnx, FixedBatchesAreRefusedWhateverTheOutput) {
    const auto model =
        ModelBuilder({4, 2}).random("w", {2, 3}).node("MatMul", {"x", "w"}, "m").node("Relu", {"m"}, "y");
    std::ofstream(path_, std::ios::binary) << model.raw().SerializeAsString();
    for (const char* output : {"", "m", "y"}) {
        try {
            read_graph(path_.string(), output);
            ADD_FAILURE() << "no error for output '" << output << "'";
        } catch (const InputError& error) {
            EXPECT_NE(std::string(error.what()).find("has a fixed batch of 4 samples"), std::string::npos)
                << error.what();
        }
    }
}

TEST_F(ReadOnnx, NodesInAnyOrder) {
    auto model =
        ModelBuilder({1, 2}).random("w", {2, 3}).node("MatMul", {"x", "w"}, "m").node("Relu", {"m"}, "y").raw();
    model.mutable_graph()->mutable_node()->SwapElements(0, 1);
    prepare_model(model, "test");
    EXPECT_EQ(kinds(lower(model)), "conv");
}

TEST_F(ReadOnnx, AFixedBatchIsRefused) {
    auto model = ModelBuilder({4, 2}).random("w", {2, 3}).node("MatMul", {"x", "w"}, "y").raw();
    for (const int64_t dim : {4, 3}) {
        model.mutable_graph()
            ->mutable_output(0)
            ->mutable_type()
            ->mutable_tensor_type()
            ->mutable_shape()
            ->add_dim()
            ->set_dim_value(dim);
    }
    expect(model.SerializeAsString(), "has a fixed batch of 4 samples");
}

TEST_F(ReadOnnx, InitializersListedAsInputsAreNone) {
    const auto bytes = changed([](auto& model) {
        *model.mutable_graph()->add_input() = model.graph().input(0);
        auto& weights = *model.mutable_graph()->mutable_input(1);
        weights.set_name(std::string("w"));
        auto& shape = *weights.mutable_type()->mutable_tensor_type()->mutable_shape();
        shape.mutable_dim(0)->set_dim_value(2);
        shape.mutable_dim(1)->set_dim_value(3);
    });
    std::ofstream(path_, std::ios::binary) << bytes;
    EXPECT_EQ(lower(read_onnx(path_.string())).stages.size(), 1U);
}

TEST_F(ReadOnnx, InputShapes) {
    const auto symbolic = changed([](auto& model) {
        auto& type = *model.mutable_graph()->mutable_input(0)->mutable_type();
        type.mutable_tensor_type()->mutable_shape()->mutable_dim(1)->set_dim_param("n");
    });
    expect(symbolic, "no fixed size in dimension 1");
    const auto integer = changed([](auto& model) {
        auto& type = *model.mutable_graph()->mutable_input(0)->mutable_type();
        type.mutable_tensor_type()->set_elem_type(onnx::TensorProto::STRING);
    });
    expect(integer, "does not hold numbers");
}

TEST_F(ReadOnnx, SymbolicBatchIsOne) {
    const auto bytes = changed([](auto& model) {
        auto& type = *model.mutable_graph()->mutable_input(0)->mutable_type();
        type.mutable_tensor_type()->mutable_shape()->mutable_dim(0)->set_dim_param("batch");
    });
    std::ofstream(path_, std::ios::binary) << bytes;
    EXPECT_EQ(lower(read_onnx(path_.string())).output_dims, (Shape{1, 3}));
}

TEST_F(ReadOnnx, Opsets) {
    expect(changed([](auto& model) { model.mutable_opset_import(0)->set_version(99); }),
           "uses ONNX opset 99; export it with opset 6 to 25");
    error_of(changed([](auto& model) { model.clear_opset_import(); }));
}

TEST_F(ReadOnnx, DamagedWeights) {
    std::ofstream(path_, std::ios::binary)
        << changed([](auto& model) { model.mutable_graph()->mutable_initializer(0)->add_dims(1000); });
    EXPECT_THROW(read_graph(path_.string()), InputError);
}

TEST_F(ReadOnnx, CyclesAndUnknownNames) {
    error_of(changed([](auto& model) { model.mutable_graph()->mutable_node(0)->set_input(0, std::string("y")); }));
    error_of(changed([](auto& model) { model.mutable_graph()->mutable_node(0)->set_input(0, std::string("q")); }));
}

}  // namespace
}  // namespace dynbal::compiler
