// All providers that are spoken to over HTTP, as one server of the loopback.
#pragma once

#include "util/http_client/http_peer.hpp"

#include <srs/stt/options.hpp>

#include <filesystem>
#include <string>

namespace srs::stt::test {

using srs::test::HttpPeer;
using srs::test::PeerRequest;

// What the provider says to a request, complete by its reference: `hello there`, two words.
// `scheme`: of the addresses in it.
std::string cloud_answer(const PeerRequest& request, const std::string& scheme);

// Points all providers to `peer`; Google's takes its key from `account`.
void use_clouds(Options& options, const HttpPeer& peer, const std::filesystem::path& account);
// The key of a service account, whose token server is at `token_url`.
void write_account(const std::filesystem::path& file, const std::string& token_url);

}  // namespace srs::stt::test
