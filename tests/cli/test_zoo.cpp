// The networks that come with the program: listed, written into a folder, and running there.
#include "zoo/zoo_network.hpp"

#include <filesystem>
#include <sstream>

#include "cli_fixture.hpp"
#include "io/file.hpp"

namespace dynbal::cli {
namespace {

class Zoo : public CliTest {
protected:
    /// In the files' folder: what is written there is what the commands find there.
    Called in_folder(const std::string& command) const {
        std::istringstream words(command);
        std::vector<std::string> arguments;
        for (std::string word; words >> word;) {
            const bool file = word.find(".npy") != std::string::npos || word.find(".onnx") != std::string::npos ||
                              word.ends_with(".dynbal");
            arguments.push_back(file ? path("zoo/" + word) : word);
        }
        return call({arguments.begin() + 1, arguments.end()});  // without "dynbal"
    }
};

TEST_F(Zoo, ListsEveryNetworkWithItsFigures) {
    const Called called = call({"zoo"});
    ASSERT_EQ(called.code, 0) << called.err;
    const nlohmann::json all = call({"zoo", "--json"}).json();
    ASSERT_EQ(all.size(), zoo::networks().size());
    for (const auto& network : all) {
        EXPECT_NE(called.out.find(network["name"].get<std::string>()), std::string::npos) << called.out;
        EXPECT_GT(network["ideal_macs"], 100000) << "the name of this count in all commands";
        EXPECT_FALSE(network.contains("macs")) << "what a run has done";
        for (const char* weights : {"int16", "int8"}) {
            EXPECT_GT(network[weights]["accuracy"], 70) << network;
            EXPECT_GT(network[weights]["nvm_bytes"], network[weights]["image_bytes"]) << network;
        }
    }
}

TEST_F(Zoo, RefusesANameThatIsNone) {
    const Called called = call({"zoo", "unicorn", "-o", path("zoo")});
    EXPECT_EQ(called.code, 2);
    EXPECT_NE(called.err.find("'unicorn' in the zoo; there are "), std::string::npos) << called.err;
    EXPECT_NE(called.err.find("fashion_mnist"), std::string::npos) << called.err;
}

TEST_F(Zoo, SaysWhatIsMissing) {
    EXPECT_NE(call({"zoo", "fashion_mnist"}).err.find("needs -o FOLDER"), std::string::npos);
    EXPECT_NE(call({"zoo", "-o", path("zoo")}).err.find("needs the name of a network"), std::string::npos);
}

TEST_F(Zoo, RefusesAFolderThatIsAFile) {
    io::write_file(path("zoo"), "");
    const Called called = call({"zoo", "fashion_mnist", "-o", path("zoo")});
    EXPECT_EQ(called.code, 2);
    EXPECT_NE(called.err.find("zoo: cannot create this folder"), std::string::npos) << called.err;
}

TEST_F(Zoo, LeavesFilesOfTheUserAlone) {
    std::filesystem::create_directories(path("mine"));
    io::write_file(path("mine/README.txt"), "my notes");
    const Called called = call({"zoo", "har", "-o", path("mine")});
    EXPECT_EQ(called.code, 2);
    EXPECT_NE(called.err.find("README.txt: a file of this name is there"), std::string::npos) << called.err;
    EXPECT_EQ(io::read_text(path("mine/README.txt")), "my notes");
    EXPECT_FALSE(std::filesystem::exists(path("mine/har.onnx"))) << "half written";
    std::filesystem::remove(path("mine/README.txt"));
    EXPECT_EQ(call({"zoo", "har", "-o", path("mine")}).code, 0);
    EXPECT_EQ(call({"zoo", "har", "-o", path("mine")}).code, 0) << "the same files";
}

TEST_F(Zoo, AFolderInTheWayIsNamedBeforeAnythingIsWritten) {
    for (const char* name : {"har.onnx", "labels.npy", "README.txt"}) {
        std::filesystem::remove_all(path("mine"));
        const std::string in_the_way = path("mine/") + name;
        std::filesystem::create_directories(in_the_way);
        const Called called = call({"zoo", "har", "-o", path("mine")});
        EXPECT_EQ(called.code, 2);
        EXPECT_NE(called.err.find(in_the_way + ": is a folder, and a file of this name is to be written; move it away"),
                  std::string::npos)
            << called.err;
        const std::filesystem::directory_iterator entries(path("mine"));
        EXPECT_EQ(std::distance(begin(entries), end(entries)), 1) << "half written";
    }
}

/// Every network, as a user would try it; and it names its inputs as often as in the software that trained it.
TEST_F(Zoo, TheCommandsOfAFolderRun) {
    for (const zoo::Network& network : zoo::networks()) {
        SCOPED_TRACE(network.name);
        std::filesystem::remove_all(path("zoo"));
        const Called written = call({"zoo", network.name, "-o", path("zoo")});
        ASSERT_EQ(written.code, 0) << written.err;
        const std::string readme = io::read_text(path("zoo/README.txt"));
        std::istringstream commands(readme.substr(readme.find("dynbal compile")));
        for (std::string line; std::getline(commands, line);) {
            EXPECT_NE(written.out.find(line), std::string::npos) << line;
            const Called called = in_folder(line);
            ASSERT_EQ(called.code, 0) << line << "\n" << called.err;
        }
        const nlohmann::json score =
            in_folder("dynbal evaluate " + network.name + ".dynbal --inputs inputs.npy --labels labels.npy --json")
                .json();
        EXPECT_EQ(score["samples"], io::read_npy(path("zoo/labels.npy")).size());
        EXPECT_NEAR(score["right"].get<int>(), network.inputs_right, 1);
    }
}

}  // namespace
}  // namespace dynbal::cli
