// What captures gather before they write.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace srs::recording {

// Whole pcapng blocks of one file, one behind the other.
class CaptureBlock {
 public:
  explicit CaptureBlock(std::size_t capacity)
      : data_(std::make_unique_for_overwrite<std::uint8_t[]>(capacity)), capacity_(capacity) {}

  std::size_t capacity() const { return capacity_; }
  std::size_t room() const { return capacity_ - used_; }
  std::size_t packets() const { return packets_; }
  bool empty() const { return used_ == 0; }
  std::span<const std::uint8_t> bytes() const { return {data_.get(), used_}; }

  // Space for one more packet of `size` bytes; the caller has checked room().
  std::span<std::uint8_t> add(std::size_t size) {
    const std::span<std::uint8_t> space(data_.get() + used_, size);
    used_ += size;
    ++packets_;
    return space;
  }
  void clear() { used_ = packets_ = 0; }

 private:
  std::unique_ptr<std::uint8_t[]> data_;
  std::size_t capacity_;
  std::size_t used_ = 0;
  std::size_t packets_ = 0;
};

}  // namespace srs::recording
