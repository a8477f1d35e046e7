#include <srs/http/server.hpp>
#include <srs/util/text.hpp>

#include <cctype>

namespace srs::http {
namespace {

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

// `HTTP_ADMIN_TOKEN` for `http.admin_token`.
std::string environment_name(std::string_view key) {
  std::string name(key);
  for (char& c : name) c = c == '.' ? '_' : static_cast<char>(std::toupper(c));
  return name;
}

}  // namespace

std::optional<Response> unauthorized(const Request& request, std::string_view token,
                                     std::string_view key) {
  if (token.empty()) {
    const std::string name(key);
    const auto variable = environment_name(key);
    return error_response(403, "this is off: set " + name + " or " + name + "_file (environment " +
                                   variable + ", " + variable + "_FILE) and restart");
  }
  const auto header = request.header("authorization");
  const auto space = header.find(' ');
  const bool bearer = space != std::string_view::npos && iequals(header.substr(0, space), "bearer");
  if (bearer && same(trim(header.substr(space)), token)) return std::nullopt;
  auto response =
      error_response(401, "send Authorization: Bearer and the token of " + std::string(key));
  response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"siprec-server\"");
  return response;
}

}  // namespace srs::http
