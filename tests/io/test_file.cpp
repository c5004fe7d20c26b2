#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "base/error.hpp"
#include "io/file.hpp"
#include "temporary_folder.hpp"

namespace dynbal::io {
namespace {

namespace fs = std::filesystem;

TEST(File, ReadsBackWhatWasWritten) {
    const TemporaryFolder folder;
    for (const size_t size : {0U, 1U, 4095U, 4096U, 4097U, 1000000U}) {
        std::vector<uint8_t> bytes(size);
        for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(i * 7 + i / 256);
        write_file(folder.path("a"), bytes);
        EXPECT_EQ(read_file(folder.path("a")), bytes);
        EXPECT_EQ(folder.entries(), 1);
    }
}

TEST(File, ReplacesAndKeepsTheLink) {
    const TemporaryFolder folder;
    write_file(folder.path("a"), "one");
    fs::create_symlink("a", folder.path("link"));
    write_file(folder.path("link"), "two");
    EXPECT_TRUE(fs::is_symlink(folder.path("link")));
    EXPECT_EQ(read_text(folder.path("a")), "two");
}

TEST(File, LinksToNothingYetAreFollowed) {
    const TemporaryFolder folder;
    fs::create_directory(folder.path("there"));
    fs::create_symlink("there/a", folder.path("one"));
    fs::create_symlink("one", folder.path("two"));
    write_file(folder.path("two"), "x");
    EXPECT_TRUE(fs::is_symlink(folder.path("two")) && fs::is_symlink(folder.path("one")));
    EXPECT_EQ(read_text(folder.path("there/a")), "x");
    fs::create_symlink("absent/a", folder.path("lost"));
    EXPECT_THROW(write_file(folder.path("lost"), "x"), InputError);
    fs::create_symlink("round", folder.path("round"));
    EXPECT_THROW(write_file(folder.path("round"), "x"), InputError);
    EXPECT_TRUE(fs::is_symlink(folder.path("round")));
}

TEST(File, WhatMayNotBecomeSoLargeIsAnErrorAndLeavesNothing) {
    const TemporaryFolder folder;
    write_file(folder.path("a"), "before");
    const pid_t child = ::fork();
    if (child == 0) {
        const rlimit limit{1000, 1000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        std::signal(SIGXFSZ, SIG_IGN);
        const std::string text(2000, 'x');
        const std::string message = message_of<InputError>([&] { write_file(folder.path("a"), text); });
        ::_exit(message == folder.path("a") + ": cannot write: File too large" ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(read_text(folder.path("a")), "before");
    EXPECT_EQ(folder.entries(), 1);
}

TEST(File, FailuresNameTheFileAndLeaveNothing) {
    const TemporaryFolder folder;
    const std::string absent = folder.path("absent/a");
    EXPECT_EQ(message_of<InputError>([&] { read_file(absent); }), absent + ": cannot open: No such file or directory");
    EXPECT_EQ(message_of<InputError>([&] { write_file(absent, "x"); }),
              absent + ": there is no folder " + folder.path("absent") + "; make it first");
    const std::string behind_a_file = "/dev/null/a";
    EXPECT_EQ(message_of<InputError>([&] { write_file(behind_a_file, "x"); }),
              behind_a_file + ": cannot create: /dev/null is no folder; choose another place");
    EXPECT_EQ(message_of<InputError>([&] { read_file(folder.path()); }),
              folder.path() + ": cannot read: it is a folder; give a file");
    EXPECT_EQ(message_of<InputError>([&] { write_file(folder.path(), "x"); }),
              folder.path() + ": cannot write: it is a folder; give the name of a file");
    for (const std::string& bad : {absent, behind_a_file, folder.path(), std::string()}) {
        EXPECT_EQ(message_of<InputError>([&] { check_target(bad); }),
                  message_of<InputError>([&] { write_file(bad, "x"); }));
    }
    for (const std::string& good : {folder.path("new"), std::string("new"), std::string("/dev/null")})
        check_target(good);
    const std::string empty = "the name of a file is empty; give one";
    EXPECT_EQ(message_of<InputError>([&] { read_file(""); }), empty);
    EXPECT_EQ(message_of<InputError>([&] { write_file("", "x"); }), empty);
    EXPECT_EQ(folder.entries(), 0);
}

TEST(File, DoesNotReplaceDevices) {
    write_file("/dev/null", "x");
    EXPECT_TRUE(fs::is_character_file("/dev/null"));
    EXPECT_THROW(write_file("/dev/full", "x"), InputError);
    EXPECT_EQ(read_file("/dev/null").size(), 0U);
}

/// It has no end: all memory up to the limit of files would be filled before it was refused.
TEST(File, ADeviceThatGivesBytesIsRefusedAtOnce) {
    const std::string message = message_of<InputError>([] { read_file("/dev/zero"); });
    EXPECT_EQ(message, "/dev/zero: cannot read: it is a device, which has no end; give a file");
    EXPECT_EQ(message_of<InputError>([] { read_text("/dev/urandom"); }).find("/dev/urandom: cannot read: it is a"), 0U);
}

TEST(File, APipeIsReadToItsEnd) {
    const TemporaryFolder folder;
    const std::string pipe = folder.path("pipe");
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    const std::string text(300'000, 'x');  // more than a pipe holds
    std::jthread writer([&] { write_file(pipe, text); });
    EXPECT_EQ(read_text(pipe), text);
}

TEST(File, ReadersSeeOldOrNewContentOnly) {
    const TemporaryFolder folder;
    const std::string path = folder.path("a");
    const std::string old_text(100000, 'o');
    const std::string new_text(200000, 'n');
    write_file(path, old_text);
    std::jthread writer([&] {
        for (int i = 0; i < 20; ++i) write_file(path, i % 2 == 0 ? new_text : old_text);
    });
    for (int i = 0; i < 200; ++i) {
        const std::string text = read_text(path);
        ASSERT_TRUE(text == old_text || text == new_text) << text.size();
    }
}

}  // namespace
}  // namespace dynbal::io
