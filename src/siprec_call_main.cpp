#include "app/siprec_call/command_line.hpp"
#include "app/siprec_call/program.hpp"

#include <unistd.h>

#include <iostream>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  using namespace srs::call;
  const auto parsed = parse_command_line(std::vector<std::string>(argv + 1, argv + argc));
  if (!parsed.options) {
    (parsed.exit_code == kSuccess ? std::cout : std::cerr) << parsed.output << std::flush;
    return parsed.exit_code;
  }
  return run_program(*parsed.options, std::cout, std::cerr, isatty(STDERR_FILENO) == 1);
}
