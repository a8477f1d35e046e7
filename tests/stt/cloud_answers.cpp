#include "stt/cloud_answers.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <support/files.hpp>
#include <support/tools.hpp>

#include <string_view>

namespace srs::stt::test {

namespace {

constexpr const char* kHeardV1 =
    R"({"results":[{"alternatives":[{"transcript":"hello there","confidence":0.9,"words":[
      {"word":"hello","startTime":"0.100s","endTime":"0.400s"},
      {"word":"there","startTime":"0.500s","endTime":"0.900s"}]}]}]})";
constexpr const char* kHeardV2 =
    R"({"results":[{"alternatives":[{"transcript":"hello there","confidence":0.9,"words":[
      {"word":"hello","startOffset":"0.100s","endOffset":"0.400s"},
      {"word":"there","startOffset":"0.500s","endOffset":"0.900s"}]}]}]})";

// Empty: it is not for Google.
std::string google_answer(const PeerRequest& request) {
  const auto& target = request.target;
  const bool is_v2 = target.starts_with("/v2/projects/");
  const std::string operation = is_v2 ? "projects/my-project/locations/global/operations/1" : "1";
  if (target.ends_with(":recognize")) return is_v2 ? kHeardV2 : kHeardV1;
  if (target.ends_with("ecognize")) return R"({"name":")" + operation + R"("})";
  if (!target.ends_with("operations/1")) return {};
  const std::string type = "type.googleapis.com/google.cloud.speech.";
  const auto response = is_v2 ? R"({"@type":")" + type +
                                    R"(v2.BatchRecognizeResponse","results":{"gs://calls/a.wav":
                {"inlineResult":{"transcript":)" +
                                    kHeardV2 + "}}}}"
                              : R"({"@type":")" + type + R"(v1.LongRunningRecognizeResponse",)" +
                                    std::string(kHeardV1).substr(1);
  return R"({"name":")" + operation + R"(","done":true,"response":)" + response + "}";
}

}  // namespace

std::string cloud_answer(const PeerRequest& request, const std::string& scheme) {
  const auto asked = [&](std::string_view method, std::string_view path) {
    return request.method == method &&
           std::string_view(request.target).substr(0, request.target.find('?')) == path;
  };
  if (asked("POST", "/v1/audio/transcriptions"))
    return R"({"text":"hello there","language":"english","duration":2.0,
      "segments":[{"id":0,"seek":0,"start":0.1,"end":0.9,"text":" hello there","tokens":[50364],
        "temperature":0.0,"avg_logprob":-0.1,"compression_ratio":0.8,"no_speech_prob":0.01}],
      "words":[{"word":"hello","start":0.1,"end":0.4},{"word":"there","start":0.5,"end":0.9}]})";
  if (asked("POST", "/v1/listen"))
    return R"({"metadata":{"request_id":"8c8ebea9-dbec-45fa-a035-e4632cb05b5f","sha256":"b","created":"2026-11-22T10:00:00.000Z",
      "duration":2.0,"channels":1,"models":["m"],"model_info":{"m":{"name":"2-general-nova"}}},
      "results":{"channels":[{"alternatives":[{"transcript":"hello there","confidence":0.99,
        "words":[{"word":"hello","start":0.1,"end":0.4,"confidence":0.99},
                 {"word":"there","start":0.5,"end":0.9,"confidence":0.98}]}]}]}})";
  if (asked("POST", "/v1/speech-to-text"))
    return R"({"language_code":"eng","language_probability":0.98,"text":"hello there","words":[
      {"text":"hello","start":0.1,"end":0.4,"type":"word","logprob":-0.1},
      {"text":" ","start":0.4,"end":0.5,"type":"spacing","logprob":0},
      {"text":"there","start":0.5,"end":0.9,"type":"word","logprob":-0.1}]})";
  if (asked("POST", "/speechtotext/transcriptions:transcribe"))
    return R"({"durationMilliseconds":2000,"combinedPhrases":[{"text":"hello there"}],"phrases":[
      {"offsetMilliseconds":100,"durationMilliseconds":800,"text":"hello there","words":[
        {"text":"hello","offsetMilliseconds":100,"durationMilliseconds":300},
        {"text":"there","offsetMilliseconds":500,"durationMilliseconds":400}],
        "locale":"en-US","confidence":0.93}]})";
  if (asked("POST", "/v2/upload"))
    return R"({"upload_url":"https://cdn.assemblyai.com/upload/f756988d"})";
  const std::string transcript =
      R"({"id":"9ea68fd3","acoustic_model":"assemblyai_default","audio_url":"x",
      "auto_highlights":false,"language_confidence":null,"language_confidence_threshold":null,
      "language_codes":null,"language_model":"assemblyai_default","redact_pii":false,
      "speech_model":null,"summarization":false,"webhook_auth":false,)";
  if (asked("POST", "/v2/transcript")) return transcript + R"("status":"queued"})";
  if (asked("DELETE", "/v2/transcript/9ea68fd3"))
    return transcript + R"("status":"completed","text":"Deleted by user."})";
  if (asked("GET", "/v2/transcript/9ea68fd3"))
    return transcript + R"("status":"completed","language_code":"en_us","words":[
      {"text":"hello","start":100,"end":400,"confidence":0.97,"speaker":null},
      {"text":"there","start":500,"end":900,"confidence":0.98,"speaker":null}]})";
  if (asked("POST", "/token")) return R"({"access_token":"a-key","expires_in":3599})";
  if (const auto answer = google_answer(request); !answer.empty()) return answer;
  const auto target = request.headers.find("x-amz-target");
  if (target != request.headers.end() && target->second == "Transcribe.GetTranscriptionJob")
    return R"({"TranscriptionJob":{"TranscriptionJobStatus":"COMPLETED","Transcript":
      {"TranscriptFileUri":")" +
           scheme + "://" + request.headers.at("host") + R"(/heard"}}})";
  if (asked("GET", "/heard"))
    return R"({"results":{"items":[
      {"start_time":"0.1","end_time":"0.4","alternatives":[{"confidence":"0.9","content":"hello"}],"type":"pronunciation"},
      {"start_time":"0.5","end_time":"0.9","alternatives":[{"confidence":"0.9","content":"there"}],"type":"pronunciation"}]}})";
  if (asked("POST", "/v2/jobs")) return R"({"id":"a1b2c3d4e5"})";
  const std::string job =
      R"("job":{"id":"a1b2c3d4e5","created_at":"2026-11-22T10:00:00.000Z","data_name":"audio.wav","duration":2)";
  if (asked("GET", "/v2/jobs/a1b2c3d4e5")) return "{" + job + R"(,"status":"done"}})";
  if (asked("DELETE", "/v2/jobs/a1b2c3d4e5")) return "{" + job + R"(,"status":"deleted"}})";
  if (asked("GET", "/v2/jobs/a1b2c3d4e5/transcript"))
    return R"({"format":"2.9",)" + job + R"(},"metadata":{"created_at":"2026-11-22T10:00:00.000Z",
      "type":"transcription"},"results":[
      {"type":"word","start_time":0.1,"end_time":0.4,"alternatives":[{"content":"hello","confidence":0.9,"language":"en"}]},
      {"type":"word","start_time":0.5,"end_time":0.9,"alternatives":[{"content":"there","confidence":0.9,"language":"en"}]}]})";
  if (asked("POST", "/hook"))
    return R"({"segments":[{"start":0.1,"end":0.9,"text":"hello there","words":[
      {"word":"hello","start":0.1,"end":0.4},{"word":"there","start":0.5,"end":0.9}]}]})";
  return "{}";
}

void use_clouds(Options& options, const HttpPeer& peer, const std::filesystem::path& account) {
  const auto* key = "a-key";
  options.openai.api_key = options.deepgram.api_key = options.elevenlabs.api_key = key;
  options.azure.key = options.assemblyai.api_key = options.speechmatics.api_key = key;
  options.openai.url = options.whisper.url = peer.url("/v1");
  options.speechmatics.url = peer.url("/v2");
  options.deepgram.url = options.elevenlabs.url = peer.url("");
  options.azure.url = options.assemblyai.url = peer.url("");
  options.google.url = options.google.storage_url = peer.url("");
  options.google.credentials = account;
  options.aws.url = options.aws.storage_url = peer.url("");
  options.aws.region = "eu-west-1";
  options.aws.bucket = "calls";
  options.aws.access_key_id = key;
  options.aws.secret_access_key = "a-secret";
  options.webhook.url = peer.url("/hook");
}

void write_account(const std::filesystem::path& file, const std::string& token_url) {
  const auto key = file.string() + ".key";
  const auto made =
      srs::test::run_tool("openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out '" +
                          key + "' 2>/dev/null");
  ASSERT_EQ(made.exit_code, 0);
  srs::test::write_file(file,
                        nlohmann::json{{"project_id", "my-project"},
                                       {"private_key_id", "kid1"},
                                       {"private_key", srs::test::read_file(key)},
                                       {"client_email", "srs@my-project.iam.gserviceaccount.com"},
                                       {"token_uri", token_url}}
                            .dump());
}

}  // namespace srs::stt::test
