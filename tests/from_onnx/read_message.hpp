//! One of the messages of ONNX's own cases: a model or a tensor.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace dynbal::compiler {

template <typename Message>
Message read_message(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    Message message;
    EXPECT_TRUE(message.ParseFromIstream(&file)) << path;
    return message;
}

}  // namespace dynbal::compiler
