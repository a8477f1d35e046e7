// The Fourier transform that comparing sounds takes.
#pragma once

#include <complex>
#include <span>
#include <vector>

namespace srs::test {

using Bins = std::vector<std::complex<double>>;

// For each lag the sum of a[i + lag] * b[i]; negative lags stand at the end. The size is a power of
// two that holds both.
template <class Sample>
Bins cross_correlation(std::span<const Sample> a, std::span<const Sample> b);

}  // namespace srs::test
