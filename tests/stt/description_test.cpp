// What we send, and what the fake servers answer, judged by the descriptions of their APIs that the
// providers publish.
#include "stt/reference_fixture.hpp"
#include "util/http_client/websocket_peer.hpp"

#include <srs/stt/live.hpp>

#include <functional>
#include <mutex>
#include <sstream>

namespace srs::stt::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;

class DescriptionTest : public ReferenceTest {
 protected:
  // The first request of the provider that has this in its target or body.
  json request_of(const std::string& provider, const std::string& text) const {
    for (const auto& request : requests) {
      const auto all = request["target"].get<std::string>() + " " + request.value("body", "");
      if (request["provider"] == provider && all.find(text) != std::string::npos) return request;
    }
    ADD_FAILURE() << provider << " was not asked for " << text;
    return {};
  }
  // What is said of a request, taken alone.
  std::string said_of(json request) {
    requests = json::array({std::move(request)});
    return judge("descriptions.js");
  }
  // What Deepgram was told live, with its answers.
  json heard_live();
};

TEST_F(DescriptionTest, OurRequestsAndTheFakeAnswersAreAsTheProvidersDescribeThem) {
  ask_all("en-US");
  ask_all("");
  ask_plainly();
  EXPECT_EQ(judge("descriptions.js"), "");
}

TEST_F(DescriptionTest, RefusalsAreAsTheProvidersDescribeThem) {
  ask_plainly();
  const std::vector<std::array<std::string, 3>> refusals = {
      {"deepgram", "/v1/listen",
       R"({"err_code":"INVALID_AUTH","err_msg":"Invalid credentials.","request_id":"x"})"},
      {"deepgram", "/v1/listen",
       R"({"category":"INVALID_JSON","message":"No.","details":"None.","request_id":"x"})"},
      {"assemblyai", "/v2/upload",
       R"({"error":"Authentication error, API token missing/invalid"})"},
      {"speechmatics", "/v2/jobs", R"({"code":401,"error":"Permission Denied"})"},
      {"speechmatics", "/v2/jobs",
       R"({"code":400,"error":"Job rejected","detail":"lang not supported"})"},
      {"elevenlabs", "/v1/speech-to-text",
       R"({"detail":[{"loc":["body","model_id"],"msg":"Field required","type":"missing"}]})"}};
  auto judged = json::array();
  for (const auto& [provider, target, body] : refusals) {
    auto request = request_of(provider, target);
    request["answer"] = body;
    request["status"] = 422;
    judged.push_back(std::move(request));
  }
  requests = judged;
  EXPECT_EQ(judge("descriptions.js"), "");
  for (auto& request : requests) request["answer"] = R"({"sorry":"no","detail":7})";
  const auto said = judge("descriptions.js");
  for (const auto* provider : {"deepgram", "assemblyai", "speechmatics", "elevenlabs"})
    EXPECT_THAT(said, HasSubstr(std::string(provider) + " POST"));
}

// A judge that lets all pass proves nothing: each of these is wrong in one place.
struct Wrong {
  const char* provider;
  const char* text;  // in its target or body
  const char* fault;
  std::function<void(json&)> spoil;
};

void replace(json& request, const char* place, const std::string& from, const std::string& to) {
  auto text = request[place].get<std::string>();
  ASSERT_NE(text.find(from), std::string::npos) << text;
  request[place] = text.replace(text.find(from), from.size(), to);
}
auto swaps(const char* place, const char* from, const char* to) {
  return [=](json& request) { replace(request, place, from, to); };
}
// In the value of a form's part, or of all parts.
auto swaps_in_form(const char* from, const char* to) {
  return [=](json& request) {
    bool found = false;
    for (auto& part : request["form"])
      for (const auto* place : {"name", "value"})
        if (part[place].get<std::string>().find(from) != std::string::npos) {
          replace(part, place, from, to);
          found = true;
        }
    ASSERT_TRUE(found) << from;
  };
}
auto lacks(const char* header) {
  return [=](json& request) { ASSERT_EQ(request["headers"].erase(header), 1U); };
}

std::vector<Wrong> wrong_requests() {
  const auto* listen = "/v1/listen";
  const auto* scribe = "/v1/speech-to-text";
  const auto* fast = "transcriptions:transcribe";
  return {
      {"deepgram", listen, "no query punctuation", swaps("target", "punctuate", "punctuation")},
      {"deepgram", listen, "query smart_format: yes", swaps("target", "format=true", "format=yes")},
      {"deepgram", listen, "query redact: pci,name", swaps("target", "=numbers", "=name")},
      {"deepgram", listen, "header has no authorization", lacks("authorization")},
      {"deepgram", listen, "header authorization: Bearer",
       [](json& request) { request["headers"]["authorization"] = "Bearer a-key"; }},
      {"deepgram", listen, "no operation PUT", [](json& request) { request["method"] = "PUT"; }},
      {"deepgram", listen, "answer /results must have",
       swaps("answer", "\"channels\":[", "\"c\":[")},
      {"elevenlabs", scribe, "no form keyterm", swaps_in_form("keyterms", "keyterm")},
      {"elevenlabs", scribe, "form timestamps_granularity: words", swaps_in_form("word", "words")},
      {"elevenlabs", scribe, "form diarize: no", swaps_in_form("false", "no")},
      {"elevenlabs", scribe, "form has no model_id", swaps_in_form("model_id", "model")},
      {"elevenlabs", scribe, "form file: no file", swaps_in_form("(audio)", "sound")},
      {"azure", fast, "query api-version", swaps("target", "2025-10-15", "2024-11-15")},
      {"azure", fast, "form definition /profanityFilterMode", swaps_in_form("Masked", "Mask")},
      {"azure", fast, "form definition must NOT have additional",
       swaps_in_form("phraseList", "phraselist")},
      {"azure", fast, "form definition /locales must be array",
       swaps_in_form("[\"en-US\"]", "\"en-US\"")},
      {"azure", fast, "form has no audio", swaps_in_form("audio", "sound")},
      {"assemblyai", "/v2/transcript", "word_boosts",
       swaps("body", "keyterms_prompt", "word_boosts")},
      {"assemblyai", "/v2/transcript", "body /language_code", swaps("body", "en_us", "en-US")},
      {"assemblyai", "/v2/transcript", "body /punctuate must be boolean",
       swaps("body", "\"punctuate\":true", "\"punctuate\":\"yes\"")},
      {"assemblyai", "/v2/transcript", "body /redact_pii_policies/0",
       swaps("body", "credit_card_number", "card")},
      {"assemblyai", "/v2/transcript", "required property 'audio_url'",
       swaps("body", "audio_url", "url")},
      {"assemblyai", "/v2/upload", "no body of audio/wav",
       [](json& request) { request["headers"]["content-type"] = "audio/wav"; }},
      {"speechmatics", "/v2/jobs", "form config /type",
       swaps_in_form("\"transcription\"", "\"asr\"")},
      {"speechmatics", "/v2/jobs", "required property 'language'",
       swaps_in_form("\"language\"", "\"lang\"")},
      {"speechmatics", "/v2/jobs", "form config /transcription_config/operating_point",
       swaps_in_form("standard", "best")},
      {"speechmatics", "/transcript", "query format: json", swaps("target", "json-v2", "json")},
      {"google", "/v2/projects", "body has no /config/features/words",
       swaps("body", "enableWordTimeOffsets", "words")},
      {"google", "/v2/projects", "field profanityFilter",
       swaps("body", "\"profanityFilter\":true", "\"profanityFilter\":\"x\"")},
      {"google", "/v1/speech:", "body has no /config/encoding", swaps("body", "LINEAR16", "WAV")},
      {"google", "/v2/projects", "header has no bearer",
       [](json& request) { request["headers"]["authorization"] = "a-key"; }},
      {"openai", "/v1/audio", "no lang", swaps_in_form("language", "lang")},
      {"aws", "MediaFormat", "/MediaFormat must be equal to one of",
       swaps("body", "\"wav\"", "\"wave\"")},
  };
}

TEST_F(DescriptionTest, NoticesEachOfTheseFaults) {
  ask_all("en-US");
  const auto all = wrong_requests();
  auto spoiled = json::array();
  for (const auto& wrong : all) {
    SCOPED_TRACE(std::string(wrong.provider) + ": " + wrong.fault);
    auto request = request_of(wrong.provider, wrong.text);
    wrong.spoil(request);
    request["name"] = "[" + std::to_string(spoiled.size()) + "]";
    spoiled.push_back(std::move(request));
  }
  requests = spoiled;
  std::istringstream said(judge("descriptions.js"));
  std::vector<std::string> faults(all.size());
  for (std::string line; std::getline(said, line);)
    if (line.starts_with('[')) faults.at(std::stoul(line.substr(1))) += line + "\n";
  for (std::size_t i = 0; i < all.size(); ++i)
    EXPECT_THAT(faults[i], HasSubstr(all[i].fault)) << all[i].provider;
}

json DescriptionTest::heard_live() {
  std::mutex mutex;
  json heard;
  HttpPeer peer([&](PeerConnection& connection) {
    srs::test::Frames frames(connection);
    const auto request = frames.accept();
    if (!request) return;
    auto out = described("deepgram", *request);
    out.erase("answer");
    out["messages"] = json::array();
    while (const auto frame = frames.read()) {
      if (frame->opcode == 8) break;
      if (frame->opcode != 1) continue;
      out["messages"].push_back(frame->data);
      if (frame->data.find("CloseStream") != std::string::npos)
        frames.send(R"({"type":"Metadata","duration":1.0,"channels":1})");
    }
    const std::lock_guard lock(mutex);
    heard = std::move(out);
  });
  options.live.provider = "deepgram";
  options.deepgram.url = peer.url("");
  registry = std::make_unique<metrics::Registry>();
  WorkerPool reader(1, 100);
  {
    Live live(tasks, options, reader, tracer, *registry, log::Logger());
    const auto stream =
        live.open({"rec-1", 0, 8000, "", kTraceparent, "call-1", ""}, [](const LiveEvent&) {});
    const auto packet = tone(0.02);
    for (Millis at = 0ms; at < 1s; at += 20ms) stream->feed(at, packet);
    bool done = false;
    stream->finish([&](const LiveEnd&) { done = true; });
    EXPECT_TRUE(run_until([&] { return done; }));
  }
  EXPECT_TRUE(run_until([&] { return tasks.running() == 0; }));
  EXPECT_TRUE(run_until([&] {
    const std::lock_guard lock(mutex);
    return !heard.is_null();
  }));
  const std::lock_guard lock(mutex);
  return heard;
}

TEST_F(DescriptionTest, WhatDeepgramIsToldLiveIsAsItsDescriptionHasIt) {
  requests.push_back(heard_live());  // no language, nothing configured
  options.vocabulary = {"SIPREC", "Contoso"};
  options.profanity_filter = true;
  options.language = "de-DE";
  options.pii = {"pci", "ssn"};
  requests.push_back(heard_live());
  options.deepgram.model = "nova-3";
  options.pii = {};
  options.language.clear();
  requests.push_back(heard_live());
  EXPECT_EQ(judge("descriptions.js"), "");
  const auto ours = requests;
  EXPECT_THAT(ours[1]["messages"].dump(), HasSubstr("CloseStream"));
  for (const auto& [from, to, fault] : std::vector<std::array<const char*, 3>>{
           {"sample_rate=8000", "sample_rate=8k", "query sample_rate: 8k"},
           {"interim_results", "interim", "no query interim"},
           {"language=de", "language=de-DE", "query language: de-DE"},
           {"redact=ssn", "redact=pii", "query redact: pci,pii"}}) {
    auto request = ours[1];
    replace(request, "target", from, to);
    EXPECT_THAT(said_of(std::move(request)), HasSubstr(fault));
  }
  auto request = ours[1];
  request["messages"] = {R"({"type":"Close"})"};
  EXPECT_THAT(said_of(std::move(request)), HasSubstr("message /type must be equal to one of"));
}

}  // namespace
}  // namespace srs::stt::test
