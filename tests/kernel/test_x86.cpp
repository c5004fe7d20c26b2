// The kernels for x86 against the portable ones, for any vectors, also such whose sums wrap.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "kernel/portable/portable.hpp"
#include "kernel/x86/x86.hpp"

namespace dynbal::test {
namespace {

template <typename Weight>
struct Product {
    std::vector<int16_t> x;
    std::vector<Weight> weights;
    std::vector<int32_t> sums;
    uint32_t rows = 0, length = 0, stride = 0;
};

template <typename T>
std::vector<T> any_vector(uint32_t length) {
    // Extremes often: only they wrap.
    const auto value = rc::gen::oneOf(
        rc::gen::arbitrary<T>(), rc::gen::element<T>(std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
    return *rc::gen::container<std::vector<T>>(length, value);
}

template <typename Weight>
Product<Weight> any_product() {
    Product<Weight> product;
    product.rows = *rc::gen::inRange<uint32_t>(0, 9);
    product.length = *rc::gen::inRange<uint32_t>(0, 70);
    product.stride = product.length + *rc::gen::inRange<uint32_t>(0, 5);
    product.x = any_vector<int16_t>(product.length);
    product.weights = any_vector<Weight>(product.rows * product.stride);
    product.sums = any_vector<int32_t>(product.rows);
    return product;
}

template <typename Weight, typename Function>
std::vector<int32_t> sums_of(const Product<Weight>& product, Function mac_rows) {
    std::vector<int32_t> sums = product.sums;
    mac_rows(product.x.data(), product.weights.data(), product.stride, product.rows, product.length, sums.data());
    return sums;
}

template <typename Weight>
void check_all() {
    const auto product = any_product<Weight>();
    const auto expected = sums_of(product, [](auto... arguments) { kernel::portable::mac_rows(arguments...); });
    RC_ASSERT(sums_of(product, [](auto... arguments) { kernel::sse2::mac_rows(arguments...); }) == expected);
    if (kernel::avx2::is_supported()) {
        RC_ASSERT(sums_of(product, [](auto... arguments) { kernel::avx2::mac_rows(arguments...); }) == expected);
    }
}

RC_GTEST_PROP(KernelX86, Int16AsPortable, ()) { check_all<int16_t>(); }
RC_GTEST_PROP(KernelX86, Int8AsPortable, ()) { check_all<int8_t>(); }

}  // namespace
}  // namespace dynbal::test
