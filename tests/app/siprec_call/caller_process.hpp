// The real siprec-call as a child process.
#pragma once

#include "support/temp_dir.hpp"

#include <nlohmann/json.hpp>
#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace srs::test {

// Started by the constructor, killed by the destructor at the latest. Its output is no terminal.
class CallerProcess {
 public:
  explicit CallerProcess(std::vector<std::string> arguments);
  ~CallerProcess();
  CallerProcess(const CallerProcess&) = delete;
  CallerProcess& operator=(const CallerProcess&) = delete;

  // The exit code, 128 + number for a signal; -1 where it does not end in time.
  int wait();
  void signal(int number) const;

  std::string out() const;
  std::string err() const;
  nlohmann::json json() const;  // of out(); discarded where it is none

 private:
  bool ended();

  TempDir directory_;
  pid_t pid_ = -1;
  std::optional<int> exit_;
};

}  // namespace srs::test
