// From a model to an image: what is told before, while and after compiling.
#include <fstream>

#include "cli_fixture.hpp"
#include "model_builder.hpp"

namespace dynbal::cli {
namespace {

using compiler::ModelBuilder;

class ModelTest : public CliTest {
protected:
    void store(const onnx::ModelProto& model) const {
        std::ofstream(model_path(), std::ios::binary) << model.SerializeAsString();
    }
    std::string model_path() const { return path("m.onnx"); }
    std::string made() const { return path("m.dynbal"); }

    static ModelBuilder network() {
        return ModelBuilder({1, 4})
            .random("w", {4, 6})
            .node("MatMul", {"x", "w"}, "a")
            .node("Relu", {"a"}, "r")
            .random("v", {6, 3})
            .node("MatMul", {"r", "v"}, "y");
    }
    Called compile(const std::vector<std::string>& more = {}) const {
        std::vector<std::string> words{"compile", model_path(), "-o", made(), "--calibrate", path("c.npy"), "--json"};
        words.insert(words.end(), more.begin(), more.end());
        return call(words);
    }
};

TEST_F(ModelTest, InspectSaysWhetherAModelWillCompile) {
    store(network().raw());
    const Called called = call({"inspect", model_path(), "--json"});
    ASSERT_EQ(called.code, 0) << called.err;
    EXPECT_EQ(called.json().at("compiles"), true);
    EXPECT_EQ(called.json().at("stages"), 2);
    store(network().node("Hardmax", {"y"}, "h").node("LSTM", {"h"}, "z").raw());
    const Called refused = call({"inspect", model_path()});
    EXPECT_EQ(refused.code, exit_bad_input);
    EXPECT_NE(refused.err.find("(Hardmax): operator not supported"), std::string::npos) << refused.err;
    EXPECT_NE(refused.err.find("(LSTM): operator not supported"), std::string::npos) << refused.err;
}

TEST_F(ModelTest, InspectOfASquareRootSpeaksOfItsOwnInputsAlone) {
    const auto with_power = [&](float exponent) {
        ModelBuilder builder({1, 4});
        builder.random("w", {4, 4}).node("MatMul", {"x", "w"}, "y").floats("e", {1}, {exponent});
        return builder;
    };
    // Of the input itself, and of what no input in sight makes right.
    store(ModelBuilder({1, 4})
              .floats("e", {1}, {0.5F})
              .random("w", {4, 3})
              .node("Pow", {"x", "e"}, "r")
              .node("MatMul", {"r", "w"}, "y")
              .raw());
    const Called called = call({"inspect", model_path(), "--json"});
    ASSERT_EQ(called.code, 0) << called.err;
    EXPECT_EQ(called.json().at("compiles"), true);
    EXPECT_NE(called.err.find("from 0 to 1"), std::string::npos) << called.err;
    store(with_power(0.5F).node("Pow", {"y", "e"}, "z").raw());
    const Called refused = call({"inspect", model_path()});
    EXPECT_EQ(refused.code, exit_bad_input);
    EXPECT_NE(refused.err.find("made-up inputs of `inspect`"), std::string::npos) << refused.err;
    EXPECT_NE(refused.err.find("--calibrate"), std::string::npos) << refused.err;
    EXPECT_EQ(refused.err.find("calibration sample"), std::string::npos) << refused.err;
    store(with_power(2).node("Pow", {"y", "e"}, "z").raw());
    EXPECT_EQ(call({"inspect", model_path()}).err, "");
}

TEST_F(ModelTest, CompileHoldsTheImageAgainstTheFloatNetwork) {
    store(network().raw());
    write("c.npy", {40, 4}, 160);
    const Called called = compile();
    ASSERT_EQ(called.code, 0) << called.err;
    const auto measured = called.json().at("against_float");
    EXPECT_EQ(measured.at("samples"), 32);
    EXPECT_EQ(measured.at("same_class"), 32);
    EXPECT_LT(measured.at("output_rms_error").get<double>(), 0.001);
    EXPECT_EQ(measured.at("clipped_values"), 0);
    EXPECT_TRUE(called.json().at("warnings").empty()) << called.err;
}

/// Classes 0 and 1 have the same score, but for rounding, which is not the same in floats and integers.
TEST_F(ModelTest, ClassesOfTheSameScoreAreNoDisagreement) {
    ModelBuilder model({1, 3});
    model.floats("w", {3, 3}, {1, 0.3F, 0, 0, 0.7F, 0, 0, 0, 0.1F}).node("MatMul", {"x", "w"}, "y");
    store(model.raw());
    io::Array equals{{40, 3}, {}};
    for (int i = 0; i < 40; ++i) {
        const float value = 1.0F + static_cast<float>(i) / 37;
        equals.values.insert(equals.values.end(), {value, value, -value});
    }
    io::write_npy(path("c.npy"), equals);
    const Called called = compile();
    ASSERT_EQ(called.code, 0) << called.err;
    EXPECT_EQ(called.json().at("against_float").at("same_class"), 32);
    EXPECT_TRUE(called.json().at("warnings").empty()) << called.err;
    const Called text = call({"compile", model_path(), "--calibrate", path("c.npy"), "-o", made()});
    EXPECT_NE(text.out.find(
                  "same class as the float network: 32 of 32 calibration inputs looked at; 32 of them have several"),
              std::string::npos)
        << text.out;
    const Called diff = call({"diff", made(), model_path(), "--input", path("c.npy") + "@0"});
    EXPECT_NE(diff.out.find("gives several classes the same score; the image gives one of them"), std::string::npos);
}

/// A user sees what the integers cost: the float network's answers stand beside the image's.
TEST_F(ModelTest, EvaluateSetsTheFloatNetworkBesideTheImage) {
    ModelBuilder model({1, 2});
    model.floats("w", {2, 2}, {1, 0, 0, 1}).node("MatMul", {"x", "w"}, "y");
    store(model.raw());
    // Ranges of 1000: one part in a million of it is not seen by integers of 15 bits, and by floats it is.
    io::Array wide{{40, 2}, {}};
    for (int i = 0; i < 40; ++i) wide.values.insert(wide.values.end(), {static_cast<float>(25 * i), 1000});
    io::write_npy(path("c.npy"), wide);
    ASSERT_EQ(compile().code, 0);
    io::write_npy(path("x.npy"), {{3, 2}, {1, 500, 500, 1, 500, 500.004F}});
    io::write_npy(path("labels.npy"), {{3}, {1, 0, 1}});
    const std::vector<std::string> words{"evaluate", made(), "--inputs", path("x.npy"), "--labels", path("labels.npy")};
    const auto with = [&](std::vector<std::string> more) {
        more.insert(more.begin(), words.begin(), words.end());
        return call(more);
    };
    const Called alone = with({});
    EXPECT_EQ(alone.out, "66.67 % right: 2 of 3 samples\n--model MODEL.onnx sets the float network beside it.\n");
    EXPECT_TRUE(with({"--json"}).json().at("float").is_null());
    const Called both = with({"--model", model_path()});
    EXPECT_EQ(both.out,
              "66.67 % right: 2 of 3 samples\n100.00 % right with the float network: 3 of 3 samples\n"
              "66.67 % the same class from both: 2 of 3 samples\n")
        << both.err;
    const auto json = with({"--model", model_path(), "--json"}).json().at("float");
    EXPECT_EQ(json, nlohmann::json({{"right", 3}, {"accuracy", 1.0}, {"same_class", 2}, {"same_model", true}}));
    store(ModelBuilder({1, 2}).floats("w", {2, 2}, {0, 1, 1, 0}).node("MatMul", {"x", "w"}, "y").raw());
    const Called other = with({"--model", model_path(), "--json"});
    EXPECT_NE(other.err.find("is not what"), std::string::npos) << other.err;
    EXPECT_EQ(other.json().at("float").at("right"), 0);
    EXPECT_EQ(other.json().at("float").at("same_model"), false);
    store(network().raw());
    const Called foreign = with({"--model", model_path()});
    EXPECT_EQ(foreign.code, exit_bad_input);
    EXPECT_NE(foreign.err.find("give the model that the image was compiled from"), std::string::npos) << foreign.err;
}

/// The largest value of a map moves for nothing.
TEST_F(ModelTest, AMapOfValuesHasNoClass) {
    store(ModelBuilder({1, 2, 1, 2})
              .node("Relu", {"x"}, "r")
              .random("w", {3, 2, 1, 1})
              .node("Conv", {"r", "w"}, "y")
              .raw());
    write("c.npy", {40, 2, 1, 2}, 160);
    const Called called = compile();
    ASSERT_EQ(called.code, 0) << called.err;
    EXPECT_FALSE(called.json().at("against_float").contains("same_class"));
    const Called diff = call({"diff", made(), model_path(), "--input", path("c.npy") + "@0"});
    EXPECT_EQ(diff.out.find("class"), std::string::npos) << diff.out;
}

TEST_F(ModelTest, CalibrationSamplesThatSayLittleAreWarnedAbout) {
    store(network().raw());
    write("c.npy", {3, 4}, 12);
    EXPECT_NE(compile().err.find("only 3 calibration samples"), std::string::npos);
    io::write_npy(path("c.npy"), {{30, 4}, std::vector<float>(120, 0.5F)});
    EXPECT_NE(compile().err.find("all calibration samples are the same"), std::string::npos);
    io::Array tiny{{40, 4}, {}};
    for (int i = 0; i < 160; ++i) tiny.values.push_back(1e-30F * static_cast<float>(i % 7));
    io::write_npy(path("c.npy"), tiny);
    EXPECT_NE(compile().err.find("never larger than 6e-30: too small to be told apart"), std::string::npos);
}

TEST_F(ModelTest, InputsBeyondTheCalibratedRangeAreCounted) {
    store(network().raw());
    write("c.npy", {40, 4}, 160);
    ASSERT_EQ(compile().code, 0);
    io::write_npy(path("wild.npy"), {{2, 4}, {255, 0, 0, 255, 0, 0, 0, 255}});
    const Called run = call({"run", made(), "--input", path("wild.npy") + "@0", "--json"});
    EXPECT_EQ(run.json().at("input_values_outside"), 2);
    EXPECT_NE(run.err.find("2 of 4 input values are outside the range"), std::string::npos) << run.err;
    io::write_npy(path("labels.npy"), {{2}, {0, 1}});
    const Called all =
        call({"evaluate", made(), "--inputs", path("wild.npy"), "--labels", path("labels.npy"), "--json"});
    EXPECT_EQ(all.json().at("input_values_outside"), 3);
}

TEST_F(ModelTest, InputsThatUseLittleOfTheRangeAreNoticed) {
    store(network().raw());
    io::Array pixels{{40, 4}, {}};
    for (int i = 0; i < 160; ++i) pixels.values.push_back(static_cast<float>(i * 37 % 256));
    io::write_npy(path("c.npy"), pixels);
    ASSERT_EQ(compile().code, 0);
    io::Array shares = pixels;
    for (float& value : shares.values) value /= 255;
    io::write_npy(path("shares.npy"), shares);
    io::write_npy(path("labels.npy"), {{40}, std::vector<float>(40)});
    const std::string warning = "% of the range that the image was calibrated for";
    for (const char* command : {"run", "simulate", "evaluate"}) {
        std::vector<std::string> words{command, made(), "--json"};
        const bool all = words[0] == "evaluate";
        if (all) words.insert(words.end(), {"--labels", path("labels.npy")});
        words.insert(words.end(), {all ? "--inputs" : "--input", path("shares.npy") + (all ? "" : "@1")});
        const Called called = call(words);
        EXPECT_NE(called.err.find(warning), std::string::npos) << command << called.err;
        EXPECT_LT(called.json().at("input_range_used").get<double>(), 0.01) << command;
        words.insert(words.end(), {"--scale", "255"});
        EXPECT_EQ(call(words).err.find(warning), std::string::npos) << command;
    }
    io::write_npy(path("zeros.npy"), {{4}, std::vector<float>(4)});
    EXPECT_EQ(call({"run", made(), "--input", path("zeros.npy")}).err, "") << "no scale makes more of them";
}

TEST_F(ModelTest, HowAnInputWasUnderstoodIsSaid) {
    ModelBuilder model({1, 3, 3});
    store(model.node("Relu", {"x"}, "y").raw());
    write("c.npy", {40, 3, 3}, 360);
    ASSERT_EQ(compile().code, 0);
    std::ofstream(path("x.csv")) << "1,2,3\n4,5,6\n7,8,9\n";
    const Called called = call({"run", made(), "--input", path("x.csv")});
    EXPECT_NE(called.err.find("x.csv,columns=first"), std::string::npos) << called.err;
    write("flat.npy", {9}, 9);
    EXPECT_NE(call({"run", made(), "--input", path("flat.npy")}).err.find("in the order of the model's [1, 3, 3]"),
              std::string::npos);
    EXPECT_EQ(call({"diff", made(), model_path(), "--input", path("x.csv") + ",columns=last"}).code, 0)
        << "of every kind";
}

TEST_F(ModelTest, AnswersAtTheEndOfTheirRangeAreCounted) {
    store(network().raw());
    write("c.npy", {40, 4}, 160);
    ASSERT_EQ(compile().code, 0);
    const Called calm = call({"run", made(), "--input", path("c.npy") + "@0", "--json"});
    EXPECT_EQ(calm.json().at("output_values_saturated"), 0);
    EXPECT_EQ(calm.err, "");
    // The input fits, but nothing like it was there: all weights of one sign make an output that none has given.
    ModelBuilder sum({1, 4});
    store(sum.floats("w", {4, 2}, {1, -1, 1, -1, 1, -1, 1, -1}).node("MatMul", {"x", "w"}, "y").raw());
    io::Array one_each{{40, 4}, std::vector<float>(160)};
    for (size_t i = 0; i < 40; ++i) one_each.values[4 * i + i % 4] = 1;
    io::write_npy(path("c.npy"), one_each);
    ASSERT_EQ(compile().code, 0);
    io::write_npy(path("ones.npy"), {{1, 4}, {1, 1, 1, 1}});
    const std::string ones = path("ones.npy");
    const Called run = call({"run", made(), "--input", ones, "--json"});
    EXPECT_EQ(run.json().at("input_values_outside"), 0);
    EXPECT_EQ(run.json().at("output_values_saturated"), 2);
    EXPECT_NE(run.err.find("2 of 2 output values are outside the range"), std::string::npos) << run.err;
    const Called simulated = call({"simulate", made(), "--input", ones, "--supply", "none", "--json"});
    EXPECT_EQ(simulated.json().at("output_values_saturated"), 2);
    io::write_npy(path("labels.npy"), {{1}, {0}});
    const Called all = call({"evaluate", made(), "--inputs", ones, "--labels", path("labels.npy"), "--json"});
    EXPECT_EQ(all.json().at("output_values_saturated"), 2);
    ASSERT_EQ(compile({"--head-room", "8"}).code, 0);
    EXPECT_EQ(call({"run", made(), "--input", ones, "--json"}).json().at("output_values_saturated"), 0);
}

TEST_F(ModelTest, CalibrationInputsOfOneClassAreWarnedAbout) {
    store(ModelBuilder({1, 2}).floats("w", {2, 2}, {1, 0, 0, 1}).node("MatMul", {"x", "w"}, "y").raw());
    io::Array inputs{{40, 2}, std::vector<float>(80)};
    for (size_t i = 0; i < 40; ++i) inputs.values[2 * i + 1] = 1 + static_cast<float>(i);
    io::write_npy(path("c.npy"), inputs);
    const std::string text = "all 32 calibration inputs that were looked at are class 1";
    EXPECT_NE(compile().err.find(text), std::string::npos);
    inputs.values[0] = 100;
    io::write_npy(path("c.npy"), inputs);
    EXPECT_EQ(compile().err.find(text), std::string::npos);
}

TEST_F(ModelTest, PartsThatKeepFewStepsAreWarnedAbout) {
    ModelBuilder model({1, 2});
    model.floats("w", {2, 2}, {1000, 0, 0, 1000}).floats("v", {2, 2}, {1, 0, 0, 1});
    model.node("MatMul", {"x", "w"}, "large").node("MatMul", {"x", "v"}, "small");
    store(model.node("Concat", {"large", "small"}, "y").with_int("axis", 1).raw());
    write("c.npy", {40, 2}, 80);
    const Called called = compile();
    ASSERT_EQ(called.code, 0) << called.err;
    EXPECT_NE(called.err.find("'small' is at most 0.963 but shares a scale with the up to 963 of 'y'"),
              std::string::npos)
        << called.err;
}

TEST_F(ModelTest, MapsThatGrowAreTheSameInIntegers) {
    ModelBuilder model({1, 2, 4, 4});
    model.random("w", {4, 2, 3, 3}).node("Conv", {"x", "w"}, "a").with("pads", {1, 1, 1, 1});
    model.node("MaxPool", {"a"}, "p").with("kernel_shape", {2, 2}).with("strides", {2, 2});
    model.floats("s", {4}, {1, 1, 2, 2}).node("Resize", {"p", "", "s"}, "u");
    model.random("t", {4, 4, 3, 3}).node("ConvTranspose", {"p", "t"}, "v").with("strides", {2, 2});
    model.with("pads", {1, 1, 1, 1}).with("output_padding", {1, 1});
    model.node("Concat", {"u", "v", "a"}, "c").with_int("axis", 1);
    model.random("l", {3, 12, 1, 1}).node("Conv", {"c", "l"}, "y");
    store(model.raw());
    write("c.npy", {40, 2, 4, 4}, 1280);
    const Called called = compile();
    ASSERT_EQ(called.code, 0) << called.err;
    EXPECT_LT(called.json().at("against_float").at("output_largest_error").get<double>(), 0.002) << called.out;
    const Called cut =
        call({"simulate", made(), "--input", path("c.npy") + "@0", "--supply", "budget:60000", "--json"});
    EXPECT_EQ(cut.code, 0) << cut.out << cut.err;
}

TEST_F(ModelTest, DiffGoesStageByStage) {
    store(network().raw());
    write("c.npy", {40, 4}, 160);
    ASSERT_EQ(compile().code, 0);
    const std::vector<std::string> words{"diff",   made(),    model_path(), "--input", path("c.npy") + "@0",
                                         "--save", path("d"), "--json"};
    const Called called = call(words);
    ASSERT_EQ(called.code, 0) << called.err;
    EXPECT_EQ(called.json().at("stages").size(), 2U);
    EXPECT_TRUE(called.json().at("first_bad_stage").is_null());
    EXPECT_EQ(io::read_npy(path("d/01-image.npy")).shape, (std::vector<int64_t>{1, 1, 3}));
    EXPECT_EQ(called.json().at("same_model"), true);
    ModelBuilder other({1, 4});
    other.floats("w", {4, 6}, std::vector<float>(24, 0.5F)).node("MatMul", {"x", "w"}, "a").node("Relu", {"a"}, "r");
    store(other.random("v", {6, 3}).node("MatMul", {"r", "v"}, "y").raw());
    const Called differs = call(words);
    EXPECT_EQ(differs.json().at("same_model"), false) << "of the same shapes";
    EXPECT_NE(differs.err.find("is not what " + made() + " was compiled from"), std::string::npos) << differs.err;
    store(ModelBuilder({1, 4}).node("Relu", {"x"}, "y").raw());
    EXPECT_NE(call(words).err.find("not made from this model"), std::string::npos);
}

TEST_F(ModelTest, OneOfSeveralOutputsAndAFileForIt) {
    onnx::ModelProto model = network().node("ArgMax", {"y"}, "class").with_int("axis", 1).raw();
    model.mutable_graph()->add_output()->set_name("r");
    store(model);
    write("c.npy", {40, 4}, 160);
    EXPECT_NE(compile().err.find("choose one with --output: class, r"), std::string::npos);
    ASSERT_EQ(compile({"--output", "class"}).code, 0);
    const Called run = call({"run", made(), "--input", path("c.npy") + "@1", "--output-file", path("o.npy"), "--json"});
    ASSERT_EQ(run.code, 0) << run.err;
    EXPECT_EQ(run.json().at("output").size(), 1U);
    EXPECT_EQ(run.json().at("output").at(0), run.json().at("argmax"));
    EXPECT_EQ(io::read_npy(path("o.npy")).shape, (std::vector<int64_t>{1, 1}));
    EXPECT_EQ(call({"inspect", made(), "--json"}).json().at("answer_dims"), (std::vector<int64_t>{1, 1}));
    EXPECT_EQ(call({"inspect", model_path(), "--output", "class", "--json"}).json().at("output_dims"),
              (std::vector<int64_t>{1, 1}));
    EXPECT_EQ(io::read_npy(path("o.npy")).values, (std::vector<float>{run.json().at("argmax").get<float>()}));
}

}  // namespace
}  // namespace dynbal::cli
