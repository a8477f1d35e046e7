// A log that keeps its records.
#pragma once

#include "log/render.hpp"

#include <srs/log/logger.hpp>

#include <string>
#include <vector>

namespace srs::log::test {

class RecordingSink : public Sink {
 public:
  bool enabled(Level level) const override { return level >= lowest; }
  void write(Level level, std::string_view logger, std::string_view event, const Fields& bound,
             std::initializer_list<Field> fields) override {
    // Without the time, which is 24 characters and a space.
    lines.push_back(render_text({}, level, logger, event, bound, fields).substr(25));
  }

  Level lowest = Level::Trace;
  std::vector<std::string> lines;  // `info [sip] event key=value`
};

}  // namespace srs::log::test
