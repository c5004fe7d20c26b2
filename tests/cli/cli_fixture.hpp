//! A folder with a compiled tiny network and inputs for it, and calls of the program in it.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "cli/program.hpp"
#include "io/npy.hpp"
#include "temporary_folder.hpp"
#include "tiny_model.hpp"

namespace dynbal::cli {

struct Called {
    int code = 0;
    std::string out, err;

    nlohmann::json json() const { return nlohmann::json::parse(out); }
};

inline Called call(const std::vector<std::string>& arguments) {
    std::ostringstream out;
    std::ostringstream err;
    Called called;
    called.code = run_program(arguments, out, err);
    called.out = out.str();
    called.err = err.str();
    return called;
}

class CliTest : public ::testing::Test {
protected:
    static constexpr int64_t samples = 6;
    static constexpr int64_t values = 72;

    CliTest() {
        write_image_file(image(), sim::tiny_image());
        write("x.npy", {samples, 6, 6, 2}, samples * values);
        io::write_npy(path("y.npy"), {{samples}, {0, 1, 2, 3, 4, 0}});
    }

    std::string path(const std::string& name) const { return folder_.path(name); }
    std::string image() const { return path("tiny.dynbal"); }
    std::string x(const std::string& suffix = "@0") const { return path("x.npy") + suffix; }
    long files() const { return folder_.entries(); }

    void write(const std::string& name, const std::vector<int64_t>& shape, int64_t count) const {
        io::Array array{shape, {}};
        for (int64_t i = 0; i < count; ++i) {
            array.values.push_back(static_cast<float>(i * 37 % 101) / 52.0F - 0.96F);
        }
        io::write_npy(path(name), array);
    }

private:
    io::TemporaryFolder folder_;
};

}  // namespace dynbal::cli
