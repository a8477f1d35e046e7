// A stack whose log lines a test reads.
#pragma once

#include "stack_fixture.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace srs::test {

// Each line as `level event key=value ...`, as the call's own fields and then the line's.
class NotingSink : public log::Sink {
 public:
  bool enabled(log::Level level) const override { return level >= minimum; }
  void write(log::Level level, std::string_view, std::string_view event, const log::Fields& bound,
             std::initializer_list<log::Field> fields) override {
    std::string line = std::string(log::to_string(level)) + " " + std::string(event);
    for (const auto& field : bound) add(line, field);
    for (const auto& field : fields) add(line, field);
    lines.push_back(line);
  }
  log::Level minimum = log::Level::Trace;
  std::vector<std::string> lines;

 private:
  static void add(std::string& line, const log::Field& field) {
    line += " " + field.key + "=";
    std::visit(
        [&line](const auto& value) {
          if constexpr (std::is_arithmetic_v<std::decay_t<decltype(value)>>)
            line += std::to_string(value);
          else
            line += value;
        },
        field.value.data());
  }
};

class LoggedStackTest : public StackTest {
 protected:
  LoggedStackTest() { log = log::Logger(sink, "sip"); }
  std::vector<std::string> lines() {
    return call([this] { return sink->lines; });
  }
  std::shared_ptr<NotingSink> sink = std::make_shared<NotingSink>();
};

}  // namespace srs::test
