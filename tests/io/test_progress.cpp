#include <gtest/gtest.h>

#include <chrono>
#include <sstream>
#include <thread>
#include <vector>

#include "io/progress.hpp"

namespace dynbal::io {
namespace {

TEST(Progress, Line) {
    EXPECT_EQ(progress_line("a", 0, 10, 5), "a  [------------------------]    0 %");
    EXPECT_EQ(progress_line("a", 5, 10, 70), "a  [############------------]   50 %  left 1:10");
    EXPECT_EQ(progress_line("a", 1, 100, 100), "a  [------------------------]    1 %  left 2:45:00");
    EXPECT_EQ(progress_line("a", 10, 10, 5), "a  [########################]  100 %  left 0:00");
    EXPECT_EQ(progress_line("a", 99, 10, 5), "a  [########################]  100 %  left 0:00");
    EXPECT_EQ(progress_line("a", 0, 0, 5), "a  [########################]  100 %  left 0:00");
}

TEST(Progress, CountsFromManyThreads) {
    std::ostringstream target;
    Progress progress("work", 4000, &target);
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&] {
                for (int i = 0; i < 1000; ++i) progress.advance();
            });
        }
    }
    EXPECT_EQ(progress.done(), 4000);
}

TEST(Progress, DrawsLateAndWipesItself) {
    std::ostringstream target;
    {
        Progress progress("work", 2, &target);
        progress.advance();
        EXPECT_EQ(target.str(), "");  // too early to bother anybody
        std::this_thread::sleep_for(std::chrono::milliseconds(350));
        progress.advance();
        EXPECT_NE(target.str().find("\rwork  [####"), std::string::npos);
    }
    EXPECT_EQ(target.str().back(), '\r');
}

TEST(Progress, SilentWithoutTerminal) {
    testing::internal::CaptureStderr();
    {
        Progress progress("work", 2);  // stderr is a file now
        std::this_thread::sleep_for(std::chrono::milliseconds(350));
        progress.advance(2);
        EXPECT_EQ(progress.done(), 2);
    }
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace dynbal::io
