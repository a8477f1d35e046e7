#include "stt/providers/provider.hpp"

#include <srs/util/text.hpp>

namespace srs::stt {

std::string with_path(std::string_view url, std::string_view path) {
  const auto mark = url.find('?');
  auto base = url.substr(0, mark);
  while (base.ends_with('/')) base.remove_suffix(1);
  std::string out(base);
  out += path;
  if (mark != std::string_view::npos)
    out.append(out.find('?') == std::string::npos ? "?" : "&").append(url.substr(mark + 1));
  return out;
}

std::string percent_encoded(std::string_view text, std::string_view also_plain) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~' ||
                       also_plain.find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

std::string query(const std::vector<std::pair<std::string, std::string>>& values) {
  std::string out;
  for (const auto& [name, value] : values)
    out += (out.empty() ? "" : "&") + percent_encoded(name) + "=" + percent_encoded(value);
  return out;
}

Outcome<std::string> secret_of(const std::string& value, const std::filesystem::path& file,
                               std::string_view setting) {
  auto secret = Secret{value, file}.read();
  if (!secret) return Failure{Reason::Auth, std::string(setting) + ": " + secret.error().text};
  return Outcome<std::string>(boost::system::in_place_value, std::move(*secret));
}

Failure not_json(std::string_view body) {
  const auto text = trim(body.substr(0, 512));
  if (text.empty()) return {Reason::NotJson, "the answer is empty"};
  if (text.front() == '<') return {Reason::NotJson, "the answer is a page of markup, not JSON"};
  return {Reason::NotJson, "the answer is no JSON (" + std::to_string(body.size()) + " bytes)"};
}

std::vector<std::unique_ptr<Provider>> make_providers(const Options& options) {
  static const std::vector<
      std::pair<std::string_view, std::unique_ptr<Provider> (*)(const Options&)>>
      kMakers = {{"openai", make_openai},         {"whisper", make_whisper},
                 {"deepgram", make_deepgram},     {"google", make_google},
                 {"azure", make_azure},           {"aws", make_aws},
                 {"assemblyai", make_assemblyai}, {"speechmatics", make_speechmatics},
                 {"elevenlabs", make_elevenlabs}, {"vosk", make_vosk},
                 {"webhook", make_webhook},       {"command", make_command}};
  std::vector<std::unique_ptr<Provider>> providers;
  for (const auto& name : options.providers)
    for (const auto& [known, make] : kMakers)
      if (known == name) providers.push_back(make(options));
  return providers;
}

}  // namespace srs::stt
