#include <srs/http/server.hpp>
#include <srs/util/text.hpp>

#include <cctype>
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

Result<std::string> token_of(const std::string& token, const std::string& path) {
  if (path.empty()) return token;
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line))
    return Error{path + " can't be read, or is empty: it should hold the token"};
  std::string found(trim(line));
  if (!is_usable(found)) {
    return Error{path +
                 " should begin with a line of 1 to 4096 printable characters without spaces"};
  }
  return found;
}

// `HTTP_ADMIN_TOKEN` for `http.admin_token`.
std::string environment_name(std::string_view key) {
  std::string name(key);
  for (char& c : name) c = c == '.' ? '_' : static_cast<char>(std::toupper(c));
  return name;
}

}  // namespace

Result<std::string> admin_token(const Options& options) {
  return token_of(options.admin_token, options.admin_token_file);
}

Result<std::string> transcript_token(const Options& options) {
  return token_of(options.transcript_token, options.transcript_token_file);
}

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
