#include "support/tools.hpp"

#include "support/files.hpp"
#include "support/temp_dir.hpp"

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace srs::test {

bool has_tool(const std::string& name) {
  return std::system(("command -v " + name + " >/dev/null 2>&1").c_str()) == 0;
}

ToolRun run_tool(const std::string& command) {
  ToolRun run;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return run;
  std::array<char, 4096> buffer{};
  while (const auto count = std::fread(buffer.data(), 1, buffer.size(), pipe))
    run.output.append(buffer.data(), count);
  const int status = ::pclose(pipe);
  run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return run;
}

std::string output_of(const std::string& command) {
  return run_tool(command + " 2>/dev/null").output;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string gunzipped(const std::string& compressed) {
  const TempDir directory;
  write_file(directory / "file.gz", compressed);
  const auto plain = directory / "plain";
  const auto run =
      run_tool("gzip -dc '" + (directory / "file.gz").string() + "' > '" + plain.string() + "'");
  EXPECT_EQ(run.exit_code, 0) << "gzip can't read it";
  return read_file(plain);
}

}  // namespace srs::test
