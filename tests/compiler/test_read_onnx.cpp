// Files and models that are refused before lowering.
#include "compiler/read_onnx.hpp"

#include <filesystem>
#include <fstream>
#include <functional>

#include "base/error.hpp"
#include "compiler/lower.hpp"
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
}

TEST_F(ReadOnnx, TruncatedFiles) {
    const std::string bytes = small_model().SerializeAsString();
    for (size_t size = 1; size < bytes.size(); ++size) error_of(bytes.substr(0, size));
}

TEST_F(ReadOnnx, EmptyGraph) {
    expect(changed([](auto& model) { model.mutable_graph()->clear_node(); }), "no network");
    expect(changed([](auto& model) { model.clear_graph(); }), "no network");
}

TEST_F(ReadOnnx, ExternalData) {
    const auto bytes = changed([](auto& model) {
        auto& tensor = *model.mutable_graph()->mutable_initializer(0);
        tensor.set_data_location(onnx::TensorProto::EXTERNAL);
    });
    expect(bytes, "constant 'w' is stored in another file");
}

TEST_F(ReadOnnx, InputsAndOutputs) {
    expect(changed([](auto& model) { model.mutable_graph()->clear_input(); }), "has 0 inputs");
    expect(changed([](auto& model) { model.mutable_graph()->clear_output(); }), "has 0 outputs");
    const auto two = changed([](auto& model) {
        *model.mutable_graph()->add_input() = model.graph().input(0);
        model.mutable_graph()->mutable_input(1)->set_name(std::string("z"));
    });
    expect(two, "has 2 inputs; exactly one is supported");
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
        type.mutable_tensor_type()->set_elem_type(onnx::TensorProto::INT8);
    });
    expect(integer, "is not float32");
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
           "uses ONNX opset 99; export it with opset 7 to 17");
    error_of(changed([](auto& model) { model.clear_opset_import(); }));
}

TEST_F(ReadOnnx, DamagedWeights) {
    const auto bytes = changed([](auto& model) { model.mutable_graph()->mutable_initializer(0)->add_dims(1000); });
    error_of(bytes);
}

TEST_F(ReadOnnx, CyclesAndUnknownNames) {
    error_of(changed([](auto& model) { model.mutable_graph()->mutable_node(0)->set_input(0, std::string("y")); }));
    error_of(changed([](auto& model) { model.mutable_graph()->mutable_node(0)->set_input(0, std::string("q")); }));
}

}  // namespace
}  // namespace dynbal::compiler
