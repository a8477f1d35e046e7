// Metrics of what can't be made to happen to a process from outside: who drives them instead.
#pragma once

#include <map>
#include <string>

namespace srs::test {

inline const std::map<std::string, std::string> kDrivenElsewhere = {
    // An exception that a receiver of packets throws: a mistake of ours, which nobody can order.
    {"rtp_sink_failures_total", "tests/rtp/sweep_test.cpp"},
};

}  // namespace srs::test
