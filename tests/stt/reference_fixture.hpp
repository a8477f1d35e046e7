// Requests of ours and answers of a fake server, kept for judges of tests/stt/reference. All of it
// goes over TLS, as it does to the providers.
#pragma once

#include "stt/cloud_answers.hpp"
#include "stt/fixture.hpp"
#include "util/http_client/certificate.hpp"

#include <support/tools.hpp>

namespace srs::stt::test {

class ReferenceTest : public PoolTest {
 protected:
  static inline const std::string kHere = std::string(SRS_SOURCE_DIR) + "/tests/stt/reference";
  static inline const std::string kPackages = std::string(SRS_BINARY_DIR) + "/tests/stt/reference";

  ReferenceTest() { use_clouds(options, peer_, directory / "account.json"); }

  void SetUp() override {
    SRS_REQUIRE_TOOL("node", "nodejs");
    write_account(options.google.credentials, peer_.url("/token"));
    SRS_REQUIRE_PACKAGES(kHere, kPackages);
  }

  // Everything that a provider may be told is told. `language` empty: it detects it.
  void ask_all(const std::string& language) {
    options.language = language;
    options.profanity_filter = true;
    options.vocabulary = {"SIPREC", "M\xc3\xbcller & Sons"};
    options.aws.vocabulary_name = "our-names";
    options.aws.vocabulary_filter_name = "our-oaths";
    ask("openai", {});
    ask("deepgram", {"pci", "numbers"});
    ask("deepgram", {"ssn"});
    options.deepgram.model = "nova-3";
    options.deepgram.multichannel = true;
    ask("deepgram", {});
    options.deepgram.multichannel = false;
    ask("elevenlabs", {"pii", "pci"});
    ask("azure", {});
    options.assemblyai.model = "universal-2";
    ask("assemblyai", {"credit_card_number", "us_social_security_number"});
    ask("speechmatics", {});
    ask("aws", {"CREDIT_DEBIT_NUMBER", "SSN"});
    for (const auto* bucket : {"", "calls"}) {
      options.google.bucket = bucket;
      options.google.version = "v2";
      ask("google", {});
      options.google.version = "v1";
      if (!language.empty()) ask("google", {});  // v1 detects none
    }
  }
  // Nothing is configured but the provider.
  void ask_plainly() {
    for (const auto* provider :
         {"openai", "deepgram", "elevenlabs", "azure", "assemblyai", "speechmatics", "aws"})
      ask(provider, {});
    options.google.version = "v2";
    ask("google", {});
  }

  // What the judge has to say; empty: all is well.
  std::string judge(const std::string& script) const {
    const auto file = (directory / "requests.json").string();
    srs::test::write_file(file, requests.dump());
    const auto run = srs::test::run_tool("node --no-warnings '" + kHere + "/" + script + "' '" +
                                         kPackages + "' '" + file + "' 2>&1");
    EXPECT_EQ(run.exit_code == 0, run.output.empty()) << run.output;
    return run.output;
  }

  // As the judges read it. The answer is that of `cloud_answer`.
  nlohmann::json described(const std::string& provider, const PeerRequest& request) const {
    const auto text = [](const std::string& content) {
      return content.starts_with("RIFF") ? "(audio)" : content;
    };
    const auto between = [](const std::string& headers, const std::string& from, char to) {
      const auto at = headers.find(from);
      if (at == std::string::npos) return std::string();
      const auto begin = at + from.size();
      return headers.substr(begin, headers.find(to, begin) - begin);
    };
    nlohmann::json out{{"provider", provider},
                       {"method", request.method},
                       {"target", request.target},
                       {"headers", request.headers},
                       {"answer", cloud_answer(request, "https")}};
    const auto form = form_of(request);
    if (form.empty()) out["body"] = text(request.body);
    for (const auto& part : form)
      out["form"].push_back({{"name", part.name},
                             {"filename", between(part.headers, "filename=\"", '"')},
                             {"type", between(part.headers, "Content-Type: ", '\r')},
                             {"value", text(part.content)}});
    return out;
  }

  // As tests/stt/reference/clients.js reads them.
  nlohmann::json requests = nlohmann::json::array();

 private:
  // A certificate of the server that the pool believes.
  std::filesystem::path vouched_for() {
    http_options.ca_file = directory / "server.pem";
    srs::test::write_certificate(http_options.ca_file, "IP:127.0.0.1");
    return http_options.ca_file;
  }

  void ask(const std::string& provider, std::vector<std::string> pii) {
    options.providers = {provider};
    options.pii = std::move(pii);
    start();
    std::vector<Samples> channels{tone(2)};
    if (provider == "deepgram" && options.deepgram.multichannel) channels.push_back(tone(2));
    const auto job = recording(provider + std::to_string(requests.size()), channels);
    const auto before = finished.size();
    pool->submit(job);
    ASSERT_TRUE(run_until_ended(before + 1));
    ASSERT_EQ(finished.size(), before + 1) << unfinished.back().text;
    EXPECT_EQ(transcript(job)["segments"][0]["words"].size(), 2U) << transcript(job);
    for (; taken_ < asked_.count(); ++taken_)
      requests.push_back(described(provider, asked_.at(taken_)));
  }

  Asked asked_;
  std::size_t taken_ = 0;
  HttpPeer peer_{srs::test::answering([this](const PeerRequest& request) {
                   asked_.add(request);
                   return cloud_answer(request, "https");
                 }),
                 HttpPeer::Tls{vouched_for(), {}}};
};

}  // namespace srs::stt::test
