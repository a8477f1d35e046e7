#include "support/scrape.hpp"

#include <sstream>

namespace srs::test {

std::string url(const ServerProcess& server, const std::string& path) {
  return "http://127.0.0.1:" + std::to_string(server.http_port()) + path;
}

HttpReply http_send(const ServerProcess& server, const std::string& method, const std::string& path,
                    const std::string& token, const std::string& body) {
  HttpConnection connection("127.0.0.1", server.http_port());
  const auto authorization = token.empty() ? "" : "Authorization: Bearer " + token + "\r\n";
  connection.send(method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" +
                  authorization + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                  body);
  return connection.reply();
}

double metric(const ServerProcess& server, const std::string& name,
              const std::vector<std::string>& labels) {
  std::istringstream in(http_get(url(server, "/metrics")).body);
  double sum = 0;
  for (std::string line; std::getline(in, line);) {
    const auto end = line.find_first_of("{ ");
    if (line.starts_with('#') || line.substr(0, end) != name) continue;
    bool all = true;
    for (const auto& label : labels) all = all && line.find(label) != std::string::npos;
    if (all) sum += std::stod(line.substr(line.rfind(' ') + 1));
  }
  return sum;
}

}  // namespace srs::test
