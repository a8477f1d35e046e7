#include "recording/files/wav_writer.hpp"

#include <srs/storage/files.hpp>

#include <fcntl.h>
#include <sndfile.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

namespace srs::recording {
namespace {

constexpr std::uint64_t kLargestRiff = 0xFFFFFFFFu - 4096;  // room for headers

}  // namespace

WavWriter::WavWriter(std::filesystem::path path) : path_(std::move(path)), temporary_(path_) {
  temporary_ += ".tmp";
}

WavWriter::~WavWriter() {
  if (file_ != nullptr) sf_close(file_);
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(temporary_.c_str());
}

Result<std::unique_ptr<WavWriter>> WavWriter::create(const std::filesystem::path& path,
                                                     std::uint32_t sample_rate, unsigned channels,
                                                     std::uint64_t frames) {
  std::unique_ptr<WavWriter> writer(new WavWriter(path));
  writer->fd_ = ::open(writer->temporary_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  if (writer->fd_ < 0) return storage::file_error("create", writer->temporary_, errno);
  SF_INFO info{};
  info.samplerate = static_cast<int>(sample_rate);
  info.channels = static_cast<int>(channels);
  const bool large = frames > kLargestRiff / (2 * channels);
  info.format = (large ? SF_FORMAT_RF64 : SF_FORMAT_WAV) | SF_FORMAT_PCM_16;
  writer->file_ = sf_open_fd(writer->fd_, SFM_WRITE, &info, SF_FALSE);
  if (writer->file_ == nullptr) return writer->failed("begin");
  return writer;
}

Result<void> WavWriter::write(std::span<const std::int16_t> samples) {
  const auto count = static_cast<sf_count_t>(samples.size());
  errno = 0;
  if (sf_write_short(file_, samples.data(), count) != count) return failed("write");
  return {};
}

Result<void> WavWriter::commit() {
  errno = 0;
  if (sf_close(std::exchange(file_, nullptr)) != 0) return failed("finish");
  if (::fsync(fd_) != 0) return failed("flush");
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) return failed("rename");
  ::close(std::exchange(fd_, -1));
  return storage::sync(path_.parent_path().empty() ? "." : path_.parent_path());
}

// libsndfile tells little; the system's error, where there is one, tells more.
Error WavWriter::failed(const char* doing) const {
  if (errno != 0) return storage::file_error(doing, temporary_, errno);
  return Error{std::string("can't ") + doing + " " + temporary_.string() + ": " +
               sf_strerror(file_)};
}

}  // namespace srs::recording
