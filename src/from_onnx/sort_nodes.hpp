//! The nodes that an output depends on, in an order in which they can be computed.
#pragma once

#include <onnx/onnx_pb.h>

#include <string>

namespace dynbal::compiler {

/// Drops the nodes that the graph's outputs do not depend on and sorts the rest, which files need not be; nodes that are
/// in order keep it. `name` opens error messages. Throws InputError for a name that nothing defines or two nodes do, and
/// for cycles.
void sort_nodes(onnx::GraphProto& graph, const std::string& name);

}  // namespace dynbal::compiler
