//! A folder with a compiled tiny network, and grids that run it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "experiment/grid.hpp"
#include "experiment/row.hpp"
#include "image_file/image_file.hpp"
#include "io/file.hpp"
#include "temporary_folder.hpp"
#include "tiny_model.hpp"

namespace dynbal::experiment {

class ExperimentTest : public ::testing::Test {
protected:
    ExperimentTest() { write_image_file(path("tiny.dynbal"), sim::tiny_image()); }

    std::string path(const std::string& name) const { return folder_.path(name); }
    std::string text_of(const std::string& name) const { return io::read_text(path(name)); }
    void write(const std::string& name, const std::string& text) const { io::write_file(path(name), text); }

    /// Twelve cells; one supply is too weak for any policy.
    Grid tiny_grid() const {
        Grid grid;
        Model model;
        model.name = "tiny";
        model.image = path("tiny.dynbal");
        grid.models = {model};
        grid.policies = {Strategy::fixed, Strategy::paper, Strategy::best};
        grid.devices = {"cortex-m4"};
        grid.supplies = {"budget:20000", "random:{seed},300,900", "budget:50"};
        grid.seeds = {1, 2};
        grid.repetitions = 3;
        return grid;
    }

private:
    io::TemporaryFolder folder_;
};

}  // namespace dynbal::experiment
