#include "stt/providers/aws_signature.hpp"

#include "stt/crypto.hpp"

#include <srs/util/text.hpp>

#include <time.h>

#include <algorithm>
#include <map>

namespace srs::stt::aws {
namespace {

// 20150830T123600Z
std::string stamp_of(std::chrono::system_clock::time_point now) {
  const auto seconds = std::chrono::system_clock::to_time_t(now);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &parts)};
}

struct Url {
  std::string host;
  std::string path;
  std::string query;
};

Url parts_of(std::string_view url) {
  Url parts;
  url.remove_prefix(std::min(url.size(), url.find("://") + 3));
  const auto path = url.find_first_of("/?");
  parts.host = url.substr(0, path);
  if (path == std::string_view::npos) return {parts.host, "/", ""};
  const auto rest = url.substr(path);
  const auto mark = rest.find('?');
  parts.path = rest.substr(0, mark);
  if (parts.path.empty()) parts.path = "/";
  if (mark != std::string_view::npos) parts.query = rest.substr(mark + 1);
  return parts;
}

}  // namespace

void sign(HttpHeaders& headers, std::string_view method, std::string_view url,
          std::string_view payload_sha256, const Credentials& credentials, std::string_view region,
          std::string_view service, std::chrono::system_clock::time_point now) {
  const auto stamp = stamp_of(now);
  const auto date = stamp.substr(0, 8);
  const auto parts = parts_of(url);
  headers.emplace_back("X-Amz-Date", stamp);
  if (!credentials.session_token.empty())
    headers.emplace_back("X-Amz-Security-Token", credentials.session_token);
  std::map<std::string, std::string> sorted{{"host", parts.host}};
  for (const auto& [name, value] : headers) sorted[to_lower(name)] = std::string(trim(value));

  std::string names, lines;
  for (const auto& [name, value] : sorted) {
    names += (names.empty() ? "" : ";") + name;
    lines += name + ":" + value + "\n";
  }
  const auto canonical = std::string(method) + "\n" + parts.path + "\n" + parts.query + "\n" +
                         lines + "\n" + names + "\n" + std::string(payload_sha256);
  const auto scope =
      date + "/" + std::string(region) + "/" + std::string(service) + "/aws4_request";
  const auto to_sign = "AWS4-HMAC-SHA256\n" + stamp + "\n" + scope + "\n" + hex(sha256(canonical));
  auto key = hmac_sha256("AWS4" + credentials.secret_access_key, date);
  key = hmac_sha256(key, region);
  key = hmac_sha256(key, service);
  key = hmac_sha256(key, "aws4_request");
  headers.emplace_back("Authorization", "AWS4-HMAC-SHA256 Credential=" + credentials.access_key_id +
                                            "/" + scope + ", SignedHeaders=" + names +
                                            ", Signature=" + hex(hmac_sha256(key, to_sign)));
}

}  // namespace srs::stt::aws
