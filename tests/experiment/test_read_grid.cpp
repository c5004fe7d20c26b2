#include "experiment/read_grid.hpp"
#include "experiment/supply_files.hpp"

#include "base/error.hpp"
#include "experiment_fixture.hpp"

namespace dynbal::experiment {
namespace {

class ReadGridTest : public ExperimentTest {
protected:
    /// The grid of these lines, with a model after them.
    Grid read(const std::string& lines, const std::string& model_lines = "image = \"tiny.dynbal\"\n") const {
        write("grid.toml", lines + "[[model]]\n" + model_lines);
        return read_grid(path("grid.toml"));
    }
    void expect_error(const std::string& lines, const std::string& part,
                      const std::string& model_lines = "image = \"tiny.dynbal\"\n") const {
        const std::string message = io::message_of<InputError>([&] { read(lines, model_lines); });
        EXPECT_TRUE(message.starts_with(path("grid.toml") + ":")) << message;
        EXPECT_NE(message.find(part), std::string::npos) << message;
    }
};

TEST_F(ReadGridTest, FillsInWhatIsNotSaid) {
    const Grid grid = read("supplies = \"none\"\n");
    EXPECT_EQ(grid.policies, (std::vector<Strategy>{Strategy::fixed, Strategy::paper, Strategy::best}));
    EXPECT_EQ(grid.devices, std::vector<std::string>{"msp432p401r"});
    EXPECT_EQ(grid.repetitions, 1U);
    EXPECT_TRUE(grid.timing_only);
    ASSERT_EQ(grid.models.size(), 1U);
    EXPECT_EQ(grid.models[0].name, "tiny");
    EXPECT_EQ(grid.models[0].image, path("tiny.dynbal"));
}

TEST_F(ReadGridTest, CellsComeInOrderAndSeedsFillSupplies) {
    const Grid grid = read(
        "policies = [\"oracle\", \"best\"]\nsupplies = [\"random:{seed},5,9\", \"none\"]\nseeds = [3, 4]\n"
        "devices = [\"cortex-m4\", \"msp432p401r\"]\n");
    const std::vector<Cell> cells = cells_of(grid);
    ASSERT_EQ(cells.size(), 2U * 3U * 2U);
    std::vector<std::string> supplies;
    for (uint32_t i = 0; i < cells.size(); ++i) {
        EXPECT_EQ(cells[i].index, i);
        EXPECT_EQ(cells[i].device, i / 6);
        EXPECT_EQ(cells[i].strategy, i % 2 == 0 ? Strategy::oracle : Strategy::best);
        if (i < 6 && i % 2 == 0) supplies.push_back(cells[i].supply);
    }
    EXPECT_EQ(supplies, (std::vector<std::string>{"random:3,5,9", "random:4,5,9", "none"}));
}

TEST_F(ReadGridTest, NamesLineKeyAndWhatIsAllowed) {
    expect_error("supplies = [\"none\"]\nrepititions = 2\n", "grid.toml:2: repititions: there is no such key; allowed");
    expect_error("supplies = [\"none\"]\npolicies = [\"worst\"]\n", ":2: policies: there is no policy 'worst'");
    expect_error("supplies = [\"none\"]\ndevices = [\"pdp11\"]\n", ":2: devices: unknown device 'pdp11'; there are: ");
    expect_error("supplies = [\"none\", \"power:1kW\"]\n", ":1: supplies: supply 'power:1kW'");
    expect_error("supplies = []\n", ":1: supplies: must be a list of at least one text");
    expect_error("supplies = [1]\n", ":1: supplies: must be a list of texts");
    expect_error("supplies = \"none\"\nrepetitions = 0\n", ":2: repetitions: must be a whole number from 1");
    expect_error("supplies = \"none\"\nrepetitions = 1.5\n", ":2: repetitions: must be a whole number from 1");
    expect_error("supplies = \"none\"\nseeds = [-1]\n", ":2: seeds: must be a whole number from 0");
    expect_error("supplies = \"none\"\ntiming_only = 1\n", ":2: timing_only: must be true or false");
    expect_error("", "supplies: is missing");
    expect_error("suplies = [\"none\"]\n", ":1: suplies: there is no such key; allowed are: supplies, ");
    expect_error("supplies = \"none\"\n", ":3: onx: there is no such key; allowed are: onnx, ", "onx = \"a.onnx\"\n");
    expect_error("supplies = \n", "grid.toml:1: no TOML");
}

TEST_F(ReadGridTest, NamesOfFilesMayHoldCommasAndOptions) {
    write("t,1.csv", "time_s,power_mW\n0,4\n1,4\n");
    write("c,2.csv", "1,2\n");
    const Grid grid = read("supplies = [\"trace:t,1.csv,scale=2\", \"once:9+trace:t,1.csv\"]\n",
                           "image = \"tiny.dynbal\"\ninput = \"c,2.csv@0,columns=first\"\n");
    EXPECT_EQ(grid.supplies,
              (std::vector<std::string>{"trace:" + path("t,1.csv") + ",scale=2", "once:9+trace:" + path("t,1.csv")}));
    EXPECT_EQ(grid.models[0].input, path("c,2.csv@0,columns=first"));
    const std::string identity = identity_of(grid);
    write("t,1.csv", "time_s,power_mW\n0,4\n1,5\n");
    EXPECT_NE(identity_of(grid), identity);
}

TEST_F(ReadGridTest, AGridThatIsTooLargeIsRefusedWithItsSize) {
    std::string seeds = "0";
    for (int seed = 1; seed < 60'000; ++seed) seeds += "," + std::to_string(seed);
    const std::string lines = "seeds = [" + seeds + "]\npolicies = [\"fixed\", \"best\"]\n";
    expect_error(lines + "supplies = [\"none\", \"random:{seed},5,9\", \"random:{seed},6,9\"]\n",
                 ":3: supplies: the grid has 240002 cells: 1 models x 1 devices x 120001 supplies");
}

TEST_F(ReadGridTest, EachThingIsNamedOnce) {
    expect_error("supplies = [\"none\", \"none\"]\n", ":1: supplies: names 'none' twice");
    expect_error("supplies = \"none\"\npolicies = [\"best\", \"best\"]\n", ":2: policies: names 'best' twice");
    expect_error("supplies = \"none\"\ndevices = [\"apollo4\", \"apollo4\"]\n", ":2: devices: names 'apollo4' twice");
}

TEST(SupplyFiles, AreAllFound) {
    const auto marked = [](const std::string& supply) {
        return with_files(supply, [](const std::string& name) { return "<" + name + ">"; });
    };
    EXPECT_EQ(marked("trace:a.csv,scale=2,curve=b.json,curve_lux=9"),
              "trace:<a.csv>,scale=2,curve=<b.json>,curve_lux=9");
    EXPECT_EQ(marked("once:100+trace:p.csv,skip=1s"), "once:100+trace:<p.csv>,skip=1s");
    for (const std::string none : {"none", "budget:9", "random:1,2,3", "once:4", "power:4mW,capacitance=1mF", ""}) {
        EXPECT_EQ(marked(none), none);
    }
}

TEST_F(ReadGridTest, EveryFileOfASupplyIsPartOfTheIdentity) {
    write("t.csv", "irradiance_w_m2\n10\n20\n");
    write("c.json", R"({"0": {"0.0": -0.002, "1.0": -0.002, "2.0": -0.001, "3.0": 0.0005}})");
    write("p.csv", "power_w\n1\n");
    const Grid grid =
        read("supplies = [\"trace:t.csv,step=1s,curve=c.json,curve_lux=1200lux\", \"once:9+trace:p.csv,step=1s\"]\n");
    const std::string before = identity_of(grid);
    write("c.json", R"({"0": {"0.0": -0.004, "1.0": -0.002, "2.0": -0.001, "3.0": 0.0005}})");
    const std::string with_curve = identity_of(grid);
    EXPECT_NE(with_curve, before);
    write("p.csv", "power_w\n2\n");
    EXPECT_NE(identity_of(grid), with_curve);
}

TEST_F(ReadGridTest, ChecksModels) {
    const std::string none = "supplies = \"none\"\n";
    expect_error(none, ":2: model: needs either onnx or image", "name = \"x\"\n");
    expect_error(none, ":3: image: there is no file", "image = \"missing.dynbal\"\n");
    expect_error(none, ":4: weights: allowed are: int8, int16", "onnx = \"tiny.dynbal\"\nweights = \"int4\"\n");
    expect_error(none, ":4: scale: must be finite", "onnx = \"tiny.dynbal\"\nscale = 0\n");
    expect_error(none, ":4: scale: an image is compiled already", "image = \"tiny.dynbal\"\nscale = 2\n");
    expect_error(none, ":4: preservation: ", "onnx = \"tiny.dynbal\"\npreservation = \"luck\"\n");
    expect_error(none, ":4: preservation: an image is compiled already",
                 "image = \"tiny.dynbal\"\npreservation = \"hawaii\"\n");
    expect_error(none, ":4: colour: there is no such key", "image = \"tiny.dynbal\"\ncolour = \"red\"\n");
    expect_error(none, "name: there are two models 'tiny'",
                 "image = \"tiny.dynbal\"\n[[model]]\nimage = \"tiny.dynbal\"\n");
    expect_error("timing_only = false\n" + none, "model: needs an input");
}

TEST_F(ReadGridTest, AGridWithoutModelsIsNone) {
    write("grid.toml", "supplies = \"none\"\n");
    const std::string message = io::message_of<InputError>([&] { read_grid(path("grid.toml")); });
    EXPECT_NE(message.find("model: is missing"), std::string::npos) << message;
    EXPECT_NE(io::message_of<InputError>([&] { read_grid(path("absent.toml")); }), "");
}

TEST_F(ReadGridTest, TheIdentityFollowsContentNotNames) {
    const Grid grid = tiny_grid();
    Grid other = grid;
    const std::string identity = identity_of(grid);
    EXPECT_EQ(identity_of(other), identity);
    other.repetitions = 4;
    EXPECT_NE(identity_of(other), identity);
    other = grid;
    other.supplies.back() = "none";
    EXPECT_NE(identity_of(other), identity);
    write("copy.dynbal", text_of("tiny.dynbal"));
    other = grid;
    other.models[0].image = path("copy.dynbal");
    EXPECT_EQ(identity_of(other), identity);
    write("copy.dynbal", text_of("tiny.dynbal") + "x");
    EXPECT_NE(identity_of(other), identity);
}

}  // namespace
}  // namespace dynbal::experiment
