// Servers of one's own over TLS; those of the clouds are in reference_test.cpp.
#include "stt/scripted_provider.hpp"
#include "util/http_client/certificate.hpp"
#include "util/http_client/websocket_peer.hpp"

namespace srs::stt::test {
namespace {

using namespace std::chrono_literals;
using srs::test::Frames;

class OverTls : public PoolTest {
 protected:
  OverTls() { srs::test::write_certificate(certificate_, "IP:127.0.0.1"); }

  // A peer whose certificate `certificate_` is.
  std::unique_ptr<HttpPeer> peer(HttpPeer::Script script) {
    return std::make_unique<HttpPeer>(std::move(script), HttpPeer::Tls{certificate_, {}});
  }
  std::unique_ptr<HttpPeer> answering(const std::string& body) {
    return peer([this, body](PeerConnection& connection) {
      while (auto request = connection.read_request()) {
        asked_.add(std::move(*request));
        if (!connection.answer(200, body)) return;
      }
    });
  }

  const std::filesystem::path certificate_ = directory / "server.pem";
  Asked asked_;
};

TEST_F(OverTls, AWebhookHearsAndIsAnswered) {
  const auto webhook = answering(R"({"segments":[{"start":0.1,"end":0.5,"text":"bonjour"}]})");
  options.providers = {"webhook"};
  options.webhook.url = webhook->url("/speech");
  http_options.ca_file = certificate_;
  start();
  const auto job = spoken("rec-1");
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_EQ(finished.size(), 1U);
  EXPECT_EQ(transcript(job)["segments"][0]["text"], "bonjour");
  EXPECT_EQ(asked_.at(0).body, wav({tone(1)}));
}

TEST_F(OverTls, ATranscriptIsDelivered) {
  Provider provider(kWorking);
  const auto receiver = answering("");
  options.openai.url = provider.url();
  options.delivery.url = receiver->url("/transcripts");
  http_options.ca_file = certificate_;
  start();
  const auto job = spoken("rec-1");
  pool->submit(job);
  ASSERT_TRUE(run_until([&] { return delivered.size() == 1; }));
  EXPECT_EQ(asked_.at(0).body, srs::test::read_file(job.directory / kTranscriptFile));
}

TEST_F(OverTls, ServersOfOnesOwnAreTrustedByTheConfiguredAuthorities) {
  const auto webhook = answering(R"({"text":"bonjour"})");
  const auto receiver = answering("");
  options.providers = {"webhook"};
  options.webhook.url = webhook->url("/speech");
  options.delivery.url = receiver->url("/transcripts");
  options.ca_file = certificate_;
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until([&] { return delivered.size() == 1; }));
  EXPECT_EQ(asked_.at(0).target, "/speech");
  EXPECT_EQ(asked_.at(1).target, "/transcripts");
}

TEST_F(OverTls, NothingIsDeliveredToWhoeverNobodyVouchesFor) {
  Provider provider(kWorking);
  const auto receiver = answering("");
  options.openai.url = provider.url();
  options.delivery.url = receiver->url("/transcripts");
  start();
  pool->submit(spoken("rec-1"));
  ASSERT_TRUE(run_until([&] { return metric("stt_deliveries_total{result=\"failed\"}") >= 2; }));
  EXPECT_EQ(asked_.count(), 0U);
  EXPECT_TRUE(delivered.empty());
}

TEST_F(OverTls, AVoskServerHearsAndAnswers) {
  const auto vosk = peer([](PeerConnection& connection) {
    Frames frames(connection);
    if (!frames.accept()) return;
    while (const auto frame = frames.read()) {
      if (frame->opcode == 8) return;
      if (frame->opcode == 1 && frame->data.find("eof") != std::string::npos)
        frames.send(R"({"result":[{"conf":0.9,"end":0.6,"start":0.2,"word":"hi"}],"text":"hi"})");
      if (frame->opcode == 2) frames.send(R"({"partial":""})");
    }
  });
  options.providers = {"vosk"};
  options.vosk.url = "wss://127.0.0.1:" + std::to_string(vosk->port());
  options.ca_file = directory / "elsewhere.pem";  // of the others
  options.vosk.ca_file = certificate_;
  start();
  const auto job = spoken("rec-1");
  pool->submit(job);
  ASSERT_TRUE(run_until_ended(1));
  ASSERT_EQ(finished.size(), 1U);
  EXPECT_EQ(transcript(job)["segments"][0]["text"], "hi");
}

}  // namespace
}  // namespace srs::stt::test
