#include "graph/graph.hpp"

namespace dynbal::compiler {

RootPlace place_in_root(const Graph& graph, TensorId id) {
    const Tensor& tensor = graph.tensors[static_cast<size_t>(id)];
    if (tensor.parent == no_tensor) return {id, 0, static_cast<uint32_t>(tensor.c)};
    const Tensor& parent = graph.tensors[static_cast<size_t>(tensor.parent)];
    RootPlace place = place_in_root(graph, tensor.parent);
    place.offset += static_cast<uint32_t>(tensor.parent_channel);
    if (parent.h != tensor.h || parent.w != tensor.w) place.stride = static_cast<uint32_t>(tensor.c);
    return place;
}

bool is_packed(const Graph& graph, TensorId id) {
    return place_in_root(graph, id).stride == static_cast<uint32_t>(graph.tensors[static_cast<size_t>(id)].c);
}

}  // namespace dynbal::compiler
