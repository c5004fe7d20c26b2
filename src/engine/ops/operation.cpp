#include "engine/ops/operation.hpp"

namespace dynbal {

const Operation* operation_of(StageOp op) {
    switch (op) {
        case StageOp::matrix: return &matrix_operation;
        case StageOp::pool_max:
        case StageOp::pool_average: return &pool_operation;
        case StageOp::add: return &add_operation;
        case StageOp::softmax: return &softmax_operation;
        case StageOp::multiply: return &multiply_operation;
        case StageOp::curve: return &curve_operation;
    }
    return nullptr;
}

}  // namespace dynbal
