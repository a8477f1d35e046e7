// What our BYE tells the SRC's engineer.
#pragma once

#include <srs/recording/document.hpp>
#include <srs/recording/options.hpp>

#include <string>

namespace srs::recording {

// The text of its Reason header: the end_reason of metadata.json, and what would have kept the
// call. `hold`: the session was on hold.
std::string parting_words(EndReason reason, bool hold, const Options& options);

}  // namespace srs::recording
