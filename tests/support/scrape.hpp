// The server's HTTP side, as operators see it.
#pragma once

#include "support/http_get.hpp"
#include "support/server_process.hpp"

#include <string>
#include <vector>

namespace srs::test {

std::string url(const ServerProcess& server, const std::string& path);

// A request with this bearer token, or with none.
HttpReply http_send(const ServerProcess& server, const std::string& method, const std::string& path,
                    const std::string& token, const std::string& body = {});

// The sum of all series of that name which carry every label given, as `method="INVITE"`.
double metric(const ServerProcess& server, const std::string& name,
              const std::vector<std::string>& labels = {});

}  // namespace srs::test
