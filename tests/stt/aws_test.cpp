// Amazon Transcribe and S3 as their API references describe them.
#include "stt/providers/aws.hpp"

#include "stt/fixture.hpp"
#include "stt/providers/aws_signature.hpp"

#include <set>

namespace srs::stt::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

std::chrono::system_clock::time_point at(const char* text) {
  return std::chrono::time_point_cast<std::chrono::system_clock::duration>(*from_rfc3339(text));
}

const std::string kEmpty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(AwsSignature, IsThatOfThePublishedTestSuite) {
  HttpHeaders headers;
  aws::sign(headers, "GET", "https://example.amazonaws.com/", kEmpty,
            {"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""}, "us-east-1", "service",
            at("2015-08-30T12:36:00Z"));
  EXPECT_EQ(headers.back().second,
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
            "SignedHeaders=host;x-amz-date, "
            "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

TEST(AwsSignature, IsThatOfTheExampleInTheS3Reference) {
  HttpHeaders headers = {{"Range", "bytes=0-9"}, {"x-amz-content-sha256", kEmpty}};
  aws::sign(headers, "GET", "https://examplebucket.s3.amazonaws.com/test.txt", kEmpty,
            {"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""}, "us-east-1",
            "s3", at("2013-05-24T00:00:00Z"));
  EXPECT_THAT(
      headers.back().second,
      HasSubstr("Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"));
}

class AwsTest : public PoolTest {
 protected:
  AwsTest() {
    options.providers = {"aws"};
    options.aws.region = "eu-west-1";
    options.aws.bucket = "calls";
    options.aws.access_key_id = "AKIDEXAMPLE";
    options.aws.secret_access_key = "secret";
    options.aws.session_token = "session";
    options.aws.url = peer.url("/transcribe");
    options.aws.storage_url = peer.url("/bucket");
  }

  void TearDown() override { expect_traced(asked); }

  std::size_t count(const std::string& action) const {
    std::size_t times = 0;
    for (std::size_t i = 0; i < asked.count(); ++i)
      times += action_of(asked.at(i)) == action ? 1U : 0U;
    return times;
  }
  static std::string action_of(const PeerRequest& request) {
    const auto target = request.headers.find("x-amz-target");
    return target == request.headers.end() ? request.method : target->second.substr(11);
  }
  // The names of jobs that were asked for with that action.
  std::set<std::string> names(const std::string& action) const {
    std::set<std::string> all;
    for (std::size_t i = 0; i < asked.count(); ++i)
      if (action_of(asked.at(i)) == action)
        all.insert(json::parse(asked.at(i).body)["TranscriptionJobName"].get<std::string>());
    return all;
  }

  void serve(PeerConnection& connection) {
    while (auto request = connection.read_request()) {
      asked.add(*request);
      if (starting_hangs && action_of(*request) == "StartTranscriptionJob")
        return connection.wait_closed();
      const auto reply = answer_to(*request);
      connection.answer(reply.first, reply.second);
    }
  }
  std::pair<int, std::string> answer_to(const PeerRequest& request) {
    const auto target = request.headers.find("x-amz-target");
    if (request.target == "/transcript?signed=1")
      return {
          200,
          R"({"jobName":"j","accountId":"1","status":"COMPLETED","results":{"language_code":"en-US","transcripts":[{"transcript":"Hi there."}],"items":[)"
          R"({"start_time":"0.04","end_time":"0.3","alternatives":[{"confidence":"0.998","content":"Hi"}],"type":"pronunciation"},)"
          R"({"start_time":"0.3","end_time":"0.75","alternatives":[{"confidence":"0.9","content":"there"}],"type":"pronunciation"},)"
          R"({"alternatives":[{"confidence":"0.0","content":"."}],"type":"punctuation"}]}})"};
    if (target == request.headers.end()) return storage_reply;
    if (target->second == "Transcribe.StartTranscriptionJob") return start_reply;
    if (target->second == "Transcribe.GetTranscriptionJob" && knows_no_job.exchange(false))
      return {
          400,
          R"({"__type":"BadRequestException","Message":"The requested job couldn't be found."})"};
    if (target->second == "Transcribe.GetTranscriptionJob" && ++polls < 3)
      return {
          200,
          R"({"TranscriptionJob":{"TranscriptionJobName":"j","TranscriptionJobStatus":"IN_PROGRESS"}})"};
    if (target->second == "Transcribe.GetTranscriptionJob")
      return {200,
              json{{"TranscriptionJob",
                    {{"TranscriptionJobStatus", "COMPLETED"},
                     {"Transcript", {{"TranscriptFileUri", peer.url("/transcript?signed=1")}}}}}}
                  .dump()};
    return {200, "{}"};
  }

  std::atomic<int> polls{0};
  std::atomic<bool> starting_hangs{false};
  std::atomic<bool> knows_no_job{false};  // the first time that it is asked about one
  std::pair<int, std::string> start_reply{
      200, R"({"TranscriptionJob":{"TranscriptionJobStatus":"IN_PROGRESS"}})"};
  std::pair<int, std::string> storage_reply{200, ""};  // of S3
  Asked asked;
  HttpPeer peer{[this](PeerConnection& connection) { serve(connection); }};
};

TEST_F(AwsTest, GoesThroughS3AndLeavesNothingThere) {
  start();
  auto job = spoken("rec-1");
  job.language = "en-US";
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_EQ(finished.size(), 1U);
  ASSERT_EQ(asked.count(), 8U);
  const auto upload = asked.at(0), begin = asked.at(1), fetch = asked.at(5);
  EXPECT_THAT(upload.method + " " + upload.target, StartsWith("PUT /bucket/siprec-server/"));
  EXPECT_EQ(upload.body, wav({tone(1)}));
  EXPECT_EQ(upload.headers.at("x-amz-security-token"), "session");
  EXPECT_THAT(
      upload.headers.at("authorization"),
      HasSubstr("/eu-west-1/s3/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;"
                "x-amz-date;x-amz-security-token, Signature="));
  EXPECT_EQ(begin.headers.at("content-type"), "application/x-amz-json-1.1");
  EXPECT_EQ(begin.headers.at("x-amz-target"), "Transcribe.StartTranscriptionJob");
  const auto body = json::parse(begin.body);
  EXPECT_EQ(body["LanguageCode"], "en-US");
  EXPECT_EQ(body["MediaFormat"], "wav");
  EXPECT_EQ(body["MediaSampleRateHertz"], 8000);
  EXPECT_EQ(body["Media"]["MediaFileUri"].get<std::string>(),
            "s3://calls/" + upload.target.substr(8));
  EXPECT_FALSE(fetch.headers.contains("authorization")) << "the URL itself is signed";
  EXPECT_EQ(asked.at(6).headers.at("x-amz-target"), "Transcribe.DeleteTranscriptionJob");
  EXPECT_EQ(asked.at(7).method + " " + asked.at(7).target, "DELETE " + upload.target);
  const auto said = transcript(job)["segments"][0];
  EXPECT_EQ(said["text"], "Hi there.");
  EXPECT_EQ(said["words"][0]["confidence"], 0.998);
  EXPECT_EQ(said["words"][1]["end_ms"], 750);
}

TEST_F(AwsTest, NamesTheObjectAndTheJobOfEachPieceApart) {
  options.piece = {.length = std::chrono::seconds(2), .overlap = std::chrono::milliseconds(0)};
  options.language = "en-US";
  start();
  const auto said = tone(1.6) + silence(0.3) + tone(1.5);
  for (const auto* name : {"rec-1", "rec-2"}) pool->submit(recording(name, {said, said}));
  ASSERT_TRUE(run_until_ended(2));
  std::set<std::string> objects, media, jobs;
  for (std::size_t i = 0; i < asked.count(); ++i) {
    auto request = asked.at(i);
    if (request.method == "PUT") objects.insert(request.target);
    if (request.headers["x-amz-target"] != "Transcribe.StartTranscriptionJob") continue;
    media.insert(json::parse(request.body)["Media"]["MediaFileUri"].get<std::string>());
    jobs.insert(json::parse(request.body)["TranscriptionJobName"].get<std::string>());
  }
  EXPECT_EQ(objects.size(), 8U);
  EXPECT_EQ(media.size(), 8U);
  EXPECT_EQ(jobs.size(), 8U);
}

// The process dies while it waits for the answer to the start.
class AwsCrash : public AwsTest {
 protected:
  void begin_and_die() {
    starting_hangs = true;
    start();
    pool->submit(spoken("rec-1"));
    ASSERT_TRUE(run_until([&] { return count("StartTranscriptionJob") == 1; }));
    stop();
    starting_hangs = false;
  }
  void recover() {
    start();
    pool->recover(directory.path());
    ASSERT_TRUE(run_until_ended(1));
    EXPECT_EQ(finished.size(), 1U);
  }
};

TEST_F(AwsCrash, BeginsNoSecondJobWhereTheFirstWasBegun) {
  begin_and_die();
  recover();
  EXPECT_EQ(count("StartTranscriptionJob"), 1U) << "each is paid for";
  EXPECT_EQ(count("PUT"), 1U);
  EXPECT_EQ(names("GetTranscriptionJob"), names("StartTranscriptionJob"));
}

TEST_F(AwsCrash, BeginsTheJobOfThatNameWhereItWasNot) {
  begin_and_die();
  knows_no_job = true;
  recover();
  EXPECT_EQ(count("StartTranscriptionJob"), 2U);
  EXPECT_EQ(count("PUT"), 1U);
  EXPECT_EQ(names("StartTranscriptionJob").size(), 1U);
}

TEST_F(AwsTest, TakesAJobOfItsNameForBegun) {
  start_reply = {
      400, R"({"__type":"ConflictException","Message":"The requested job name already exists."})"};
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until_ended(1));
  EXPECT_EQ(finished.size(), 1U);
}

TEST_F(AwsTest, ReadsItsCredentialsForEveryRequest) {
  const auto keep = [&](const std::string& name, const std::string& text) {
    srs::test::write_file(directory / name, text + "\n");
    return directory / name;
  };
  options.aws.access_key_id_file = keep("id", "AKIDFILE");
  options.aws.secret_access_key_file = keep("key", "kept");
  options.aws.session_token_file = keep("token", "first");
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until_ended(1));
  keep("token", "second");
  pool->submit(spoken("rec-2"));
  ASSERT_TRUE(run_until_ended(2));
  ASSERT_EQ(finished.size(), 2U);
  EXPECT_THAT(asked.at(0).headers.at("authorization"), HasSubstr("Credential=AKIDFILE/"));
  EXPECT_EQ(asked.at(0).headers.at("x-amz-security-token"), "first");
  EXPECT_EQ(asked.at(asked.count() - 1).headers.at("x-amz-security-token"), "second");
}

TEST_F(AwsTest, KnowsItsErrorsBehindStatus400) {
  const auto reason = [](const char* type) {
    HttpResponse response;
    response.status = 400;
    response.body = std::string(R"({"__type":")") + type + R"(","Message":"why"})";
    return judge(response, {}, aws::complaint)->reason;
  };
  EXPECT_EQ(reason("LimitExceededException"), Reason::RateLimited);
  EXPECT_EQ(reason("ThrottlingException"), Reason::RateLimited);
  EXPECT_EQ(reason("UnrecognizedClientException"), Reason::Auth);
  EXPECT_EQ(reason("com.amazon.coral.service#InvalidSignatureException"), Reason::Auth);
  EXPECT_EQ(reason("BadRequestException"), Reason::Refused);
}

// S3 answers XML, and 400 where temporary credentials are over.
std::string s3_error(const std::string& code, const std::string& message) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code + "</Code><Message>" +
         message + "</Message><RequestId>4442587FB7D0A2F9</RequestId></Error>";
}

TEST_F(AwsTest, TellsWhatS3SaysAndWhoseFaultThatIs) {
  const auto told = [](unsigned status, const std::string& body) {
    HttpResponse response;
    response.status = status;
    response.body = body;
    return *judge(response, {}, aws::complaint);
  };
  const auto malformed =
      s3_error("AuthorizationHeaderMalformed", "the region 'us-east-1' is wrong; expecting 'eu-1'");
  EXPECT_EQ(told(400, malformed).reason, Reason::Auth);
  EXPECT_EQ(told(400, malformed).text,
            "HTTP 400: AuthorizationHeaderMalformed: the region 'us-east-1' is wrong; expecting "
            "'eu-1'");
  EXPECT_EQ(told(400, s3_error("InvalidToken", "why")).reason, Reason::Auth);
  EXPECT_EQ(told(400, s3_error("RequestTimeout", "why")).reason, Reason::Timeout);
  EXPECT_EQ(told(400, s3_error("EntityTooLarge", "why")).reason, Reason::Refused);
  const auto gone = told(404, s3_error("NoSuchBucket", "The specified bucket does not exist"));
  EXPECT_EQ(gone.reason, Reason::Refused);
  EXPECT_EQ(gone.text, "HTTP 404: NoSuchBucket: The specified bucket does not exist");
  EXPECT_EQ(told(400, "<Error>no code").text, "HTTP 400: a page of markup instead of JSON");
}

TEST_F(AwsTest, IsLeftAloneWhereItsTemporaryCredentialsAreOver) {
  storage_reply = {400, s3_error("ExpiredToken", "The provided token has expired.")};
  options.breaker.pause = options.breaker.longest_pause = std::chrono::hours(1);
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_EQ(unfinished.size(), 1U);
  EXPECT_EQ(unfinished[0].reason, "auth");
  EXPECT_EQ(unfinished[0].text, "HTTP 400: ExpiredToken: The provided token has expired.");
  EXPECT_EQ(metric("stt_breaker_state{provider=\"aws\"}"), 2) << "other recordings wait";
}

// Of a job that is there already: so may the words be of another error.
TEST_F(AwsTest, TellsItsErrorsApartByTheirCodes) {
  const auto code = [](const char* body) {
    HttpResponse response;
    response.status = 400;
    response.body = body;
    return judge(response, {}, aws::complaint)->code;
  };
  EXPECT_EQ(code(R"({"__type":"com.amazonaws.transcribe#ConflictException","Message":"there"})"),
            "ConflictException");
  EXPECT_EQ(code(R"({"__type":"BadRequestException","Message":"no ConflictException"})"),
            "BadRequestException");
  EXPECT_EQ(code("<html>"), "");
}

TEST_F(AwsTest, IsParkedWhereTheKeyIsWrong) {
  start_reply = {
      400,
      R"({"__type":"UnrecognizedClientException","message":"The security token included in the request is invalid."})"};
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_EQ(unfinished.size(), 1U);
  EXPECT_EQ(unfinished[0].reason, "auth");
  EXPECT_THAT(unfinished[0].text, HasSubstr("security token"));
  const auto last = asked.at(asked.count() - 1);
  EXPECT_EQ(last.method + " " + last.target, "DELETE " + asked.at(0).target)
      << "the audio must not stay there";
}

// It lists no bare `en`, which is all that many a Content-Language says.
TEST_F(AwsTest, IsToldTheRegionThatIsConfigured) {
  options.language = "en-US";
  start();
  auto job = spoken("rec-1");
  job.language = "en";
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  EXPECT_EQ(json::parse(asked.at(1).body)["LanguageCode"], "en-US");
}

TEST_F(AwsTest, IsToldTheNamesOfWhatWasMadeThereWhereTheLanguageIsKnown) {
  options.aws.vocabulary_name = "our-names";
  options.aws.vocabulary_filter_name = "our-oaths";
  options.pii = {"pci"};  // another provider's word
  options.aws.pii = {"SSN"};
  start();
  auto job = spoken("rec-1");
  job.language = "en-US";
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  auto body = json::parse(asked.at(1).body);
  EXPECT_EQ(
      body["Settings"],
      json::parse(
          R"({"VocabularyName":"our-names","VocabularyFilterName":"our-oaths","VocabularyFilterMethod":"mask"})"));
  EXPECT_EQ(body["ContentRedaction"]["PiiEntityTypes"], json::parse(R"(["SSN"])"));
  const auto before = asked.count();
  pool->submit(spoken("rec-2"));
  ASSERT_TRUE(run_until_ended(2));
  EXPECT_FALSE(json::parse(asked.at(before + 1).body).contains("Settings"));
}

TEST_F(AwsTest, IsToldWhatToTakeOut) {
  options.pii = {"CREDIT_DEBIT_NUMBER", "SSN"};
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until_ended(1));
  const auto body = json::parse(asked.at(1).body);
  EXPECT_EQ(body["IdentifyLanguage"], true);
  EXPECT_EQ(
      body["ContentRedaction"],
      json::parse(
          R"({"RedactionType":"PII","RedactionOutput":"redacted","PiiEntityTypes":["CREDIT_DEBIT_NUMBER","SSN"]})"));
}

}  // namespace
}  // namespace srs::stt::test
