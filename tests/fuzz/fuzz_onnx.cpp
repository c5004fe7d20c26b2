// The ONNX front-end: any file ends in a graph or an InputError.
#include "base/error.hpp"
#include "entry.hpp"
#include "from_onnx/lower.hpp"
#include "from_onnx/read_onnx.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    onnx::ModelProto model;
    if (!model.ParseFromArray(data, static_cast<int>(size))) return 0;
    try {
        dynbal::compiler::prepare_model(model, "fuzz");
        (void)dynbal::compiler::lower(model);
    } catch (const dynbal::InputError&) {
    }
    return 0;
}
