// Who sends on a stream by SDP, where the SRC names its sources (a=ssrc, RFC 5576 §6.1).
#pragma once

#include <srs/recording/document.hpp>
#include <srs/sdp/session.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace srs::recording {

// CNAMEs of the sources of each channel, as the offers named them.
using Cnames = std::vector<std::vector<std::string>>;

// Adds those of one m-line to `known`, but for what other lines of the offer have too: an SRC that
// names all its sources alike names itself, and not who speaks (RFC 7866 §8.1.5.1). Bounded.
void add_cnames(std::vector<std::string>& known, const sdp::Session& offer, std::size_t line);

// At the end of a session, for SDP and metadata may come in either order: adds a warning for each
// stream whose CNAME is the address of another participant than those who speak there by the
// metadata. Most CNAMEs are random (RFC 7022) or of an endpoint that the metadata does not name:
// they contradict nothing. Hosts are not compared, for a CNAME has the endpoint's.
void warn_of_contradicting_cnames(Document& document, const Cnames& cnames);

}  // namespace srs::recording
