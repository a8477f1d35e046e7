// Running a local program under limits, without blocking the io_context.
#pragma once

#include "stt/exchange.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace srs::stt {

struct Program {
  std::vector<std::string> arguments;  // the program's path first
  std::filesystem::path directory;     // where it runs
  std::uint64_t max_memory = 0;        // bytes of address space; 0: no limit
  std::chrono::seconds max_cpu{0};     // 0: no limit
  std::uint64_t max_file_size = 0;     // bytes of each file that it writes; 0: no limit
  std::chrono::milliseconds timeout{0};
  std::size_t max_output = 0;  // bytes of its standard output
};

struct Ended {
  int code = 0;        // exit code, or
  int signal = 0;      // the signal that ended it
  std::string output;  // standard output
  std::string errors;  // the last kilobyte of standard error
};

// Starts it in a process group of its own with nothing of ours: no descriptors but the three
// standard ones, and of the environment PATH, HOME, TMPDIR, LD_LIBRARY_PATH alone, so that no key
// of a provider gets there. It dumps no core, and others come before it at the processor. When the
// program ends, or its time or our patience does, the whole group is killed; at a time-out whoever
// left it as well. Should our process be killed, the program is too. Failures: Timeout, TooLarge,
// Cancelled, Command where it can't be started.
boost::asio::awaitable<Outcome<Ended>> run_program(Program program, Exchange& exchange);

}  // namespace srs::stt
