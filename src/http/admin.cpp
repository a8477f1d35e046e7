#include <srs/http/server.hpp>
#include <srs/util/text.hpp>

#include <fstream>

namespace srs::http {
namespace {

constexpr std::size_t kMaxToken = 4096;

// Compares every byte of `given`, whatever it finds on the way: the time tells nothing of `token`
// but its length.
bool same(std::string_view given, std::string_view token) {
  unsigned difference = given.size() == token.size() ? 0 : 1;
  for (std::size_t i = 0; i < given.size(); ++i) {
    difference |=
        static_cast<unsigned char>(given[i]) ^ static_cast<unsigned char>(token[i % token.size()]);
  }
  return difference == 0;
}

bool is_usable(std::string_view token) {
  return !token.empty() && token.size() <= kMaxToken &&
         token.find_first_not_of(
             "!#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_"
             "`abcdefghijklmnopqrstuvwxyz{|}~") == std::string_view::npos;
}

}  // namespace

Result<std::string> admin_token(const Options& options) {
  if (options.admin_token_file.empty()) return options.admin_token;
  std::ifstream file(options.admin_token_file);
  std::string line;
  if (!std::getline(file, line)) {
    return Error{options.admin_token_file +
                 " can't be read, or is empty: it should hold the token"};
  }
  const std::string token(trim(line));
  if (!is_usable(token)) {
    return Error{options.admin_token_file +
                 " should begin with a line of 1 to 4096 printable characters without spaces"};
  }
  return token;
}

std::optional<Response> unauthorized(const Request& request, std::string_view token) {
  if (token.empty()) {
    return error_response(403,
                          "this is off: set http.admin_token or http.admin_token_file (environment "
                          "HTTP_ADMIN_TOKEN, HTTP_ADMIN_TOKEN_FILE) and restart");
  }
  const auto header = request.header("authorization");
  const auto space = header.find(' ');
  const bool bearer = space != std::string_view::npos && iequals(header.substr(0, space), "bearer");
  if (bearer && same(trim(header.substr(space)), token)) return std::nullopt;
  auto response = error_response(401, "send Authorization: Bearer and the admin token");
  response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"siprec-server\"");
  return response;
}

}  // namespace srs::http
