#include "image_file/epilogue.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.hpp"

namespace dynbal {
namespace {

constexpr std::array<const char*, 3> epilogue_names{"none", "log_softmax", "arg_max"};

/// Calls visit(the values along the axis) for each position of the other axes, and puts back what it changes.
template <typename Visit>
void for_each_row(std::vector<float>& values, const std::vector<int64_t>& dims, uint32_t axis, const Visit& visit) {
    size_t inner = 1;
    for (size_t i = axis + 1; i < dims.size(); ++i) inner *= static_cast<size_t>(dims[i]);
    const auto length = static_cast<size_t>(dims[axis]);
    std::vector<float> row(length);
    for (size_t first = 0; first + inner * length <= values.size(); first += inner * length) {
        for (size_t at = 0; at < inner; ++at) {
            for (size_t i = 0; i < length; ++i) row[i] = values[first + at + i * inner];
            visit(row);
            for (size_t i = 0; i < length; ++i) values[first + at + i * inner] = row[i];
        }
    }
}

void log_softmax(std::vector<float>& row) {
    const double most = static_cast<double>(*std::max_element(row.begin(), row.end()));
    double sum = 0;
    for (const float value : row) sum += std::exp(static_cast<double>(value) - most);
    for (float& value : row) value = static_cast<float>(static_cast<double>(value) - most - std::log(sum));
}

}  // namespace

std::string Epilogue::name() const { return epilogue_names[static_cast<size_t>(kind)]; }

Epilogue Epilogue::from(const std::string& name, uint32_t axis) {
    const auto found = std::find(epilogue_names.begin(), epilogue_names.end(), name);
    if (found == epilogue_names.end()) throw InputError("'" + name + "' is nothing that can be done with an output");
    return {static_cast<Kind>(found - epilogue_names.begin()), axis, {}, {}};
}

std::vector<float> Epilogue::scores(std::vector<float> values, const std::vector<int64_t>& dims) const {
    if (kind == Kind::log_softmax) for_each_row(values, dims, axis, log_softmax);
    return values;
}

int64_t Epilogue::answer_values(const std::vector<int64_t>& before) const {
    int64_t count = 1;
    for (size_t i = 0; i < before.size(); ++i) count *= kind == Kind::arg_max && i == axis ? 1 : before[i];
    return count;
}

std::vector<float> Epilogue::apply(std::vector<float> values, const std::vector<int64_t>& dims) const {
    if (kind != Kind::arg_max) return scores(std::move(values), dims);
    std::vector<float> indices;
    for_each_row(values, dims, axis, [&](std::vector<float>& row) {
        const auto index = static_cast<size_t>(std::max_element(row.begin(), row.end()) - row.begin());
        indices.push_back(index < labels.size() ? labels[index] : static_cast<float>(index));
    });
    return indices;
}

}  // namespace dynbal
