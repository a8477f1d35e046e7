#include "support/fourier.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>

namespace srs::test {
namespace {

// Without the care for infinities that operator* takes.
std::complex<double> times(const std::complex<double>& a, const std::complex<double>& b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

// In place, radix 2; `bins.size()` is a power of two.
void fourier(Bins& bins, bool inverse) {
  const auto n = bins.size();
  for (std::size_t i = 1, j = 0; i < n; ++i) {
    auto bit = n >> 1;
    for (; (j & bit) != 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(bins[i], bins[j]);
  }
  for (std::size_t length = 2; length <= n; length <<= 1) {
    const auto angle = (inverse ? 2 : -2) * std::numbers::pi / static_cast<double>(length);
    Bins turn(length / 2);
    for (std::size_t k = 0; k < turn.size(); ++k)
      turn[k] = std::polar(1.0, angle * static_cast<double>(k));
    for (std::size_t i = 0; i < n; i += length)
      for (std::size_t k = 0; k < length / 2; ++k) {
        const auto even = bins[i + k];
        const auto odd = times(bins[i + k + length / 2], turn[k]);
        bins[i + k] = even + odd;
        bins[i + k + length / 2] = even - odd;
      }
  }
}

template <class Sample>
Bins transformed(std::span<const Sample> sound, std::size_t size) {
  Bins bins(size);
  std::copy(sound.begin(), sound.end(), bins.begin());
  fourier(bins, false);
  return bins;
}

}  // namespace

template <class Sample>
Bins cross_correlation(std::span<const Sample> a, std::span<const Sample> b) {
  const auto size = std::bit_ceil(a.size() + b.size());
  auto product = transformed(a, size);
  const auto other = transformed(b, size);
  for (std::size_t i = 0; i < size; ++i) product[i] = times(product[i], std::conj(other[i]));
  fourier(product, true);
  return product;
}

template Bins cross_correlation(std::span<const float> a, std::span<const float> b);
template Bins cross_correlation(std::span<const std::int16_t> a, std::span<const std::int16_t> b);

}  // namespace srs::test
