// From options to what a run needs.
#pragma once

#include "app/siprec_call/audio.hpp"
#include "app/siprec_call/call.hpp"
#include "app/siprec_call/lateness.hpp"
#include "app/siprec_call/media.hpp"

#include <srs/log/logger.hpp>
#include <srs/rtp/bulk_sender.hpp>
#include <srs/sip/caller.hpp>
#include <srs/util/result.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <memory>
#include <vector>

namespace srs::call {

struct Prepared {
  Plan plan;
  std::vector<Voice> voices;
};

// Reads the files and finds the target. An error is the user's to mend.
Result<Prepared> prepare(const Options& options);

Result<std::unique_ptr<sip::Caller>> open_caller(boost::asio::any_io_executor executor,
                                                 const Plan& plan, log::Logger log);

struct OpenMedia {
  std::unique_ptr<rtp::BulkSender> bulk;  // where it is used; outlives the factory
  std::unique_ptr<MediaFactory> factory;
};
Result<OpenMedia> open_media(boost::asio::any_io_executor executor, const Plan& plan,
                             const std::vector<Voice>& voices, Lateness& lateness);

// How long the run takes if nothing delays it; 0 where that is not known.
std::chrono::milliseconds expected_length(const Plan& plan, const std::vector<Voice>& voices);

}  // namespace srs::call
