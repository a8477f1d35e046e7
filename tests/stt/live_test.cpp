// Live transcription against servers that speak RFC 6455 by hand, as Vosk's and Deepgram's do.
#include "stt/fixture.hpp"
#include "stt/live/held_back.hpp"
#include "stt/live/protocol.hpp"
#include "tracing/spans.hpp"
#include "util/http_client/certificate.hpp"
#include "util/http_client/websocket_peer.hpp"

#include <srs/stt/live.hpp>

#include <atomic>
#include <functional>
#include <mutex>

namespace srs::stt::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using srs::test::Frames;

class LiveTest : public PoolTest {
 protected:
  LiveTest() {
    options.live.provider = "vosk";
    options.live.first_pause = 10ms;
    options.live.longest_pause = 50ms;
  }
  using Script = std::function<void(Frames&, const PeerRequest&)>;
  void serve(Script script, std::optional<HttpPeer::Tls> tls = {}) {
    peer = std::make_unique<HttpPeer>(
        [script = std::move(script)](PeerConnection& connection) {
          Frames frames(connection);
          if (const auto request = frames.accept()) script(frames, *request);
        },
        tls);
    const auto scheme = tls ? "wss" : "ws";
    options.vosk.url = scheme + std::string("://127.0.0.1:") + std::to_string(peer->port());
    options.deepgram.url = "http" + options.vosk.url.substr(2);
  }
  void begin() {
    registry = std::make_unique<metrics::Registry>();
    reader = std::make_unique<WorkerPool>(1, 100);
    live = std::make_unique<Live>(tasks, options, *reader, tracer, *registry, log::Logger());
    stream = live->open(
        {"rec-1", 1, 8000, "", kTraceparent, "call-1", "congo=t61"},
        [this](const LiveEvent& event) { (event.held ? set_aside : heard).push_back(event); });
  }
  // Sound of that length, in packets of 20 ms.
  void say(Millis from, Millis length) {
    const auto packet = tone(0.02);
    for (Millis at = from; at < from + length; at += 20ms) stream->feed(at, packet);
  }
  double failures(const std::string& reason) {
    return metric("stt_transcription_errors_total{provider=\"" + options.live.provider +
                  "/live\",reason=\"" + reason + "\"}");
  }
  void TearDown() override {
    stream.reset();
    live.reset();
    EXPECT_TRUE(run_until([&] { return tasks.running() == 0; }));
    reader.reset();
    peer.reset();
  }

  std::unique_ptr<HttpPeer> peer;
  std::unique_ptr<WorkerPool> reader;
  std::unique_ptr<Live> live;
  std::shared_ptr<Live::Stream> stream;
  std::vector<LiveEvent> heard;
  std::vector<LiveEvent> set_aside;  // of what is held back
};

// As Vosk's server: partials while audio comes, a result at its end.
void vosk(Frames& frames, std::atomic<std::size_t>& bytes, std::string& config) {
  while (const auto frame = frames.read()) {
    if (frame->opcode == 8) return;
    if (frame->opcode == 1 && frame->data.find("eof") != std::string::npos) {
      frames.send(
          R"({"result":[{"conf":0.9,"end":0.6,"start":0.2,"word":"good"},{"conf":1.0,"end":1.5,"start":1.2,"word":"day"}],"text":"good day"})");
      return;
    }
    if (frame->opcode == 1) config = frame->data;
    if (frame->opcode == 2 && (bytes += frame->data.size()) % 3200 == 0)
      frames.send(R"({"partial":"good"})");
  }
}

TEST_F(LiveTest, VoskHearsInterimAndFinalTextAtItsPlaceInTheRecording) {
  std::atomic<std::size_t> bytes{0};
  std::string config;
  serve([&](Frames& frames, const PeerRequest&) { vosk(frames, bytes, config); });
  begin();
  ASSERT_TRUE(stream);
  say(10s, 1s);
  say(20s, 1s);  // after a pause of the sender
  bool done = false;
  stream->finish([&](const LiveEnd&) { done = true; });
  ASSERT_TRUE(run_until([&] { return done; }));
  peer.reset();  // its threads have ended
  EXPECT_EQ(json::parse(config), json::parse(R"({"config":{"sample_rate":8000,"words":true}})"));
  EXPECT_EQ(bytes, 32'000U);
  ASSERT_GE(heard.size(), 2U);
  EXPECT_FALSE(heard.front().final);
  const auto& last = heard.back();
  EXPECT_TRUE(last.final);
  EXPECT_EQ(last.segment.text, "good day");
  EXPECT_EQ(last.segment.channel, 1U);
  EXPECT_EQ(last.segment.words[0].start, 10200ms);
  EXPECT_EQ(last.segment.words[1].start, 20200ms);
}

TEST_F(LiveTest, CountsHowLateFinalTextIsApartFromWhatIsTranscribedAfterCalls) {
  options.prices = {"vosk/live 0.6 USD"};
  serve([](Frames& frames, const PeerRequest&) {
    std::size_t bytes = 0;
    while (const auto frame = frames.read()) {
      if (frame->data.find("eof") != std::string::npos) return;
      if (frame->opcode != 2 || (bytes += frame->data.size()) < 32'000) continue;
      frames.send(R"({"partial":"good d"})");
      frames.send(R"({"text":"good","result":[{"end":0.5,"start":0.2,"word":"good","conf":1}]})");
    }
  });
  begin();
  const auto begun = std::chrono::steady_clock::now();
  say(10s, 2s);
  ASSERT_TRUE(run_until([&] { return heard.size() >= 2; }));
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begun;
  // 1.5 s of sound followed the word: so late is its text, however fast the sound was fed.
  EXPECT_EQ(metric("stt_transcription_duration_seconds_count{provider=\"vosk/live\"}"), 1);
  const auto late = metric("stt_transcription_duration_seconds_sum{provider=\"vosk/live\"}");
  EXPECT_GE(late, 1.5);
  EXPECT_LE(late, 1.5 + taken.count() + 0.001);
  bool done = false;
  stream->finish([&](const LiveEnd&) { done = true; });
  ASSERT_TRUE(run_until([&] { return done; }));
  EXPECT_EQ(metric("stt_audio_processed_seconds_total{provider=\"vosk/live\"}"), 2);
  EXPECT_NEAR(metric("stt_transcription_cost_total{currency=\"USD\",provider=\"vosk/live\"}"), 0.02,
              0.001);
}

TEST_F(LiveTest, TellsTheProviderTheSpanOfItsConnection) {
  tracing::test::KeptSpans kept;
  tracer = tracing::Tracer({}, kept);
  std::atomic<std::size_t> bytes{0};
  std::string config;
  std::string told;
  serve([&](Frames& frames, const PeerRequest& request) {
    told = request.headers.at("traceparent");
    vosk(frames, bytes, config);
  });
  begin();
  say(0s, 1s);
  bool done = false;
  stream->finish([&](const LiveEnd&) { done = true; });
  ASSERT_TRUE(run_until([&] { return done; }));
  ASSERT_EQ(kept.all.size(), 1U);
  EXPECT_EQ(kept.all[0].context.trace_id_hex(), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(told, tracing::traceparent(kept.all[0].context));
  EXPECT_EQ(kept.all[0].context.trace_state, "congo=t61");
  tracer = {};
}

TEST_F(LiveTest, DeepgramIsAskedAsItsReferenceSays) {
  options.live.provider = "deepgram";
  options.deepgram.api_key = "dg-key";
  options.language = "en";
  options.vocabulary = {"SIPREC"};
  options.pii = {"SSN"};  // another provider's word
  options.deepgram.pii = {"pci"};
  PeerRequest seen;
  std::atomic<bool> closed{false};
  serve([&](Frames& frames, const PeerRequest& request) {
    seen = request;
    while (const auto frame = frames.read()) {
      if (frame->opcode == 2) {
        frames.send(
            R"({"type":"Results","channel_index":[0,1],"duration":1.0,"start":0.0,"is_final":false,"speech_final":false,"channel":{"alternatives":[{"transcript":"hel","confidence":0.5,"words":[]}]}})");
      } else if (frame->data == R"({"type":"CloseStream"})") {
        frames.send(
            R"({"type":"Results","channel_index":[0,1],"duration":1.0,"start":0.0,"is_final":true,"speech_final":true,"channel":{"alternatives":[{"transcript":"Hello.","confidence":0.98,"words":[{"word":"hello","start":0.1,"end":0.5,"confidence":0.98,"punctuated_word":"Hello."}]}]}})");
        frames.send(R"({"type":"Metadata","request_id":"x","duration":1.0,"channels":1})");
        closed = true;
      }
    }
  });
  begin();
  say(0s, 1s);
  bool done = false;
  stream->finish([&](const LiveEnd&) { done = true; });
  ASSERT_TRUE(run_until([&] { return done; }));
  peer.reset();  // its threads have ended
  EXPECT_TRUE(closed);
  EXPECT_EQ(
      seen.target,
      "/v1/listen?model=nova-2&encoding=linear16&sample_rate=8000&channels=1&interim_results=true"
      "&punctuate=true&redact=pci&language=en&keywords=SIPREC");
  EXPECT_EQ(seen.headers.at("authorization"), "Token dg-key");
  EXPECT_EQ(seen.headers.at("traceparent"), kTraceparent) << "tracing is off: as it came";
  EXPECT_EQ(heard.back().segment.text, "Hello.");
  EXPECT_EQ(heard.back().segment.words[0].end, 500ms);
  EXPECT_EQ(nlohmann::json::parse(to_json_line(heard.back()))["model"], "nova-2");
}

TEST_F(LiveTest, ConnectsAgainAfterTheProviderBrokeOff) {
  std::atomic<int> connections{0};
  std::atomic<std::size_t> bytes{0};
  std::string config;
  serve([&](Frames& frames, const PeerRequest&) {
    if (++connections == 1) {
      frames.read();
      return;  // the connection is closed in mid-sentence
    }
    vosk(frames, bytes, config);
  });
  begin();
  say(0s, 1s);
  ASSERT_TRUE(run_until([&] {
    say(5s, 20ms);
    return connections >= 2;
  }));
  say(30s, 1s);
  bool done = false;
  stream->finish([&](const LiveEnd&) { done = true; });
  ASSERT_TRUE(run_until([&] { return done; }));
  EXPECT_TRUE(heard.back().final);
}

TEST_F(LiveTest, NeitherWaitsNorGrowsWhereNobodyListens) {
  options.vosk.url = "ws://127.0.0.1:1";
  begin();
  say(0s, 60s);
  ASSERT_TRUE(run_until([&] { return failures("connect") >= 2; }));
  EXPECT_GE(metric("stt_live_audio_dropped_seconds_total"), 54);
  bool done = false;
  stream->finish([&](const LiveEnd&) { done = true; });
  EXPECT_TRUE(run_until([&] { return done; }));
}

TEST_F(LiveTest, TellsWhyAProviderRefused) {
  peer = std::make_unique<HttpPeer>([](PeerConnection& connection) {
    while (connection.read_request()) connection.answer(401, R"({"error": "no such key"})");
  });
  options.vosk.url = "ws://127.0.0.1:" + std::to_string(peer->port());
  begin();
  say(0s, 1s);
  EXPECT_TRUE(run_until([&] { return failures("auth") >= 2; }));  // tried again: keys rotate
}

TEST_F(LiveTest, TellsInTheProvidersWordsWhyItRefused) {
  peer = std::make_unique<HttpPeer>([](PeerConnection& connection) {
    while (connection.read_request())
      connection.answer(400, R"({"err_code":"Bad Request","err_msg":"no such model or language"})");
  });
  options.live.provider = "deepgram";
  options.deepgram.url = "http://127.0.0.1:" + std::to_string(peer->port());
  options.deepgram.api_key = "key";
  begin();
  say(0s, 1s);
  ASSERT_TRUE(run_until([&] { return failures("refused") >= 1; }));
  std::optional<LiveEnd> end;
  stream->finish([&](const LiveEnd& its_end) { end = its_end; });
  ASSERT_TRUE(run_until([&] { return end.has_value(); }));
  EXPECT_EQ(end->reason, "refused");
  EXPECT_EQ(end->text, "HTTP 400: no such model or language");
}

TEST_F(LiveTest, TellsInTheProvidersWordsWhyItClosed) {
  std::atomic<bool> told{false};
  serve([&](Frames& frames, const PeerRequest&) {
    frames.read();
    if (!told.exchange(true)) frames.close(1008, "DATA-0000: the payload is no audio");
    while (const auto frame = frames.read())
      if (frame->opcode == 8) return;
  });
  begin();
  say(0s, 1s);
  ASSERT_TRUE(run_until([&] { return failures("reset") >= 1; }));
  std::optional<LiveEnd> end;
  stream->finish([&](const LiveEnd& its_end) { end = its_end; });
  ASSERT_TRUE(run_until([&] { return end.has_value(); }));
  EXPECT_EQ(end->text,
            "the provider closed the connection: 1008 DATA-0000: the payload is no audio");
}

TEST_F(LiveTest, LeavesAProviderAloneAsLongAsItAsksAndHearsWhatIsSaidThen) {
  std::vector<std::chrono::steady_clock::time_point> asked;
  std::mutex mutex;
  std::atomic<std::size_t> count{0}, bytes{0};
  std::string config;
  peer = std::make_unique<HttpPeer>([&](PeerConnection& connection) {
    {
      const std::lock_guard lock(mutex);
      asked.push_back(std::chrono::steady_clock::now());
    }
    if (++count == 1) {
      connection.read_request();
      connection.answer(429, "slow down", "Retry-After: 1\r\n");
      return;
    }
    Frames frames(connection);
    if (frames.accept()) vosk(frames, bytes, config);
  });
  options.vosk.url = "ws://127.0.0.1:" + std::to_string(peer->port());
  begin();
  say(0s, 1s);
  ASSERT_TRUE(run_until([&] { return count == 2; }));
  EXPECT_EQ(failures("rate_limited"), 1);
  bool done = false;
  stream->finish([&](const LiveEnd& end) {
    done = true;
    EXPECT_EQ(end.use.requests, 1U);
  });
  ASSERT_TRUE(run_until([&] { return done; }));
  EXPECT_GE(asked[1] - asked[0], 990ms);
  ASSERT_FALSE(heard.empty());
  EXPECT_EQ(heard.back().segment.text, "good day");
}

TEST_F(LiveTest, RefusesMoreChannelsThanItMayAndCountsThem) {
  options.live.max_streams = 1;
  options.vosk.url = "ws://127.0.0.1:1";
  begin();
  ASSERT_TRUE(stream);
  EXPECT_FALSE(live->open({"rec-1", 2, 8000, "", ""}, [](const LiveEvent&) {}));
  EXPECT_EQ(metric("stt_live_streams_refused_total"), 1);
}

TEST_F(LiveTest, TakesOutOfEachResultWhatMustNotBeKept) {
  options.redaction.rules = {"card"};
  serve([](Frames& frames, const PeerRequest&) {
    while (const auto frame = frames.read())
      if (frame->opcode == 2)
        frames.send(
            R"({"text":"is 4111 1111 1111 1111","result":[{"word":"is","start":0.1,"end":0.2},{"word":"4111 1111 1111 1111","start":0.3,"end":0.9}]})");
  });
  begin();
  say(10s, 1s);
  ASSERT_TRUE(run_until([&] { return !heard.empty(); }));
  EXPECT_EQ(heard[0].segment.text, "is [card]");
  ASSERT_EQ(heard[0].redactions.size(), 1U);
  EXPECT_EQ(heard[0].redactions[0].start, 10300ms);
  EXPECT_EQ(heard[0].redactions[0].end, 10900ms);
  const auto line = to_json_line(heard[0]);
  EXPECT_EQ(line.find("4111"), std::string::npos);
  EXPECT_EQ(json::parse(line)["redactions"],
            json::parse(R"([{"rule":"card","start_ms":10300,"end_ms":10900}])"));
  EXPECT_EQ(metric("stt_answers_mended_total{provider=\"vosk/live\"}"), 0);
}

TEST_F(LiveTest, ShowsNoDigitOfANumberThatIsStillBeingSaid) {
  options.redaction.rules = {"card"};
  serve([](Frames& frames, const PeerRequest&) {
    while (const auto frame = frames.read())
      if (frame->opcode == 2) frames.send(R"({"partial":"my card is 4111 1111 four one"})");
  });
  begin();
  say(0s, 1s);
  ASSERT_TRUE(run_until([&] { return !heard.empty(); }));
  EXPECT_FALSE(heard[0].final);
  EXPECT_EQ(heard[0].segment.text, "my card is [...]");
}

// Final results, once there is audio.
void say_finals(Frames& frames, const std::vector<std::string>& results) {
  bool said = false;
  while (const auto frame = frames.read()) {
    if (frame->data.find("eof") != std::string::npos) return;
    if (frame->opcode != 2 || std::exchange(said, true)) continue;
    for (const auto& result : results) frames.send(result);
  }
}

TEST_F(LiveTest, FindsANumberThatIsSaidInGroups) {
  options.redaction.rules = {"card"};
  serve([](Frames& frames, const PeerRequest&) {
    say_finals(
        frames,
        {R"({"text":"it is 4111","result":[{"word":"it is","start":0.0,"end":0.1},{"word":"4111","start":0.1,"end":0.2}]})",
         R"({"text":"1111","result":[{"word":"1111","start":0.2,"end":0.3}]})",
         R"({"text":"1111","result":[{"word":"1111","start":0.3,"end":0.4}]})",
         R"({"text":"1111 thanks","result":[{"word":"1111","start":0.4,"end":0.5},{"word":"thanks","start":0.5,"end":0.6}]})"});
  });
  begin();
  say(10s, 1s);
  ASSERT_TRUE(run_until([&] { return heard.size() == 2; }));
  EXPECT_EQ(heard[0].segment.text, "it is [card]");
  EXPECT_EQ(heard[1].segment.text, "thanks");
  ASSERT_EQ(heard[0].redactions.size(), 1U);
  EXPECT_EQ(heard[0].redactions[0].start, 10100ms);
  EXPECT_EQ(heard[0].redactions[0].end, 10500ms);
  EXPECT_THAT(heard[1].redactions, testing::IsEmpty());
  EXPECT_EQ(metric("stt_live_results_total{kind=\"final\"}"), 2);
}

TEST_F(LiveTest, HoldsBackWhatEndsInDigitsForALittleWhileOnly) {
  options.redaction.rules = {"card"};
  options.live.last_words = 20ms;
  serve(
      [](Frames& frames, const PeerRequest&) { say_finals(frames, {R"({"text":"room 4111"})"}); });
  begin();
  say(0s, 1s);
  ASSERT_TRUE(run_until([&] { return !heard.empty(); })) << "though nothing follows";
  EXPECT_EQ(heard[0].segment.text, "room 4111");
  EXPECT_TRUE(heard[0].final);
}

TEST_F(LiveTest, TellsWhatItHeldBackBeforeTheEnd) {
  options.redaction.rules = {"card"};
  options.live.last_words = 60s;
  serve(
      [](Frames& frames, const PeerRequest&) { say_finals(frames, {R"({"text":"room 4111"})"}); });
  begin();
  say(0s, 1s);
  std::size_t told = 0;
  bool done = false;
  stream->finish([&](const LiveEnd&) {
    done = true;
    told = heard.size();
  });
  ASSERT_TRUE(run_until([&] { return done; }));
  EXPECT_EQ(told, 1U);
}

TEST_F(LiveTest, GivesAwayWhatItHoldsBackWithoutItsNumbersForACrash) {
  options.redaction.rules = {"card", "name=Smith"};
  options.live.last_words = 60s;
  serve([](Frames& frames, const PeerRequest&) {
    say_finals(frames, {R"({"text":"Smith in room 4111"})", R"({"text":"four one"})"});
  });
  begin();
  say(0s, 1s);
  ASSERT_TRUE(run_until([&] { return set_aside.size() == 2; }));
  EXPECT_TRUE(heard.empty());
  EXPECT_EQ(set_aside[0].segment.text, "[name] in room [...]");
  EXPECT_EQ(set_aside[1].segment.text, "[...]");
  for (const auto& event : set_aside) {
    EXPECT_TRUE(event.final);
    EXPECT_THAT(to_json_line(event), testing::Not(testing::ContainsRegex("4111|four")));
  }
}

TEST(WhatIsHeldBack, IsAFewResultsAtMostTheOldestGoFirst) {
  const Redactor redactor({"card"});
  HeldBack held(redactor);
  Segment digits;
  digits.text = "room 4111";
  for (std::size_t i = 1; i < HeldBack::kMost; ++i) EXPECT_TRUE(held.add(digits).events.empty());
  EXPECT_EQ(held.add(digits).events.size(), 1U);
  EXPECT_FALSE(held.empty());
  EXPECT_EQ(held.release().events.size(), HeldBack::kMost - 1);
}

// What listeners get of results that come one after the other.
class ToldByHeldBack : public testing::Test {
 protected:
  void say(const std::string& text) {
    Segment result;
    result.text = text;
    result.start = at_;
    result.end = at_ + Millis(400);
    result.words = {{text, result.start, result.end, std::nullopt}};
    at_ += Millis(400);
    for (const auto& event : held_.add(std::move(result)).events) {
      told_ += event.segment.text + " ";
      for (const auto& place : event.redactions) places_.push_back(place);
    }
  }
  void say_card(std::size_t digits = 16) {
    for (std::size_t i = 0; i < digits; ++i) say(i < 12 ? "five" : "four");
  }
  bool is_silenced(Millis start, Millis end) const {
    return std::any_of(places_.begin(), places_.end(), [&](const Redaction& place) {
      return place.start <= start && place.end >= end;
    });
  }

  const Redactor redactor_{{"card"}};
  HeldBack held_{redactor_};
  Millis at_{0};
  std::string told_;
  std::vector<Redaction> places_;
};

TEST_F(ToldByHeldBack, HidesANumberSaidDigitByDigitAfterOthers) {
  for (int i = 0; i < 20; ++i) say("seven");  // no card among these
  say_card();
  say("thanks");
  EXPECT_THAT(told_, testing::HasSubstr("[card]"));
  EXPECT_THAT(told_, testing::Not(testing::HasSubstr("five five five five five")));
}

TEST_F(ToldByHeldBack, ShowsNothingOfACardThatBeginsBehindAnotherOneWhenNoMoreCanBeHeld) {
  say_card();
  for (int i = 0; i < 10; ++i) say("seven");
  ASSERT_EQ(told_, "");
  const auto begin = at_;
  say_card();  // the bound is reached within it
  EXPECT_NE(told_, "");
  say("thanks");
  EXPECT_THAT(told_, testing::Not(testing::HasSubstr("five"))) << "nor any digit of it";
  EXPECT_THAT(told_, testing::HasSubstr("[card]"));
  for (int i = 0; i < 16; ++i)
    EXPECT_TRUE(is_silenced(begin + i * Millis(400), begin + (i + 1) * Millis(400))) << i;
  say("room");
  say("seven");
  say("please");
  EXPECT_THAT(told_, testing::EndsWith("thanks room seven please ")) << "what follows is told";
}

TEST_F(ToldByHeldBack, ShowsNothingOfACardAtTheEndOfAHundredDigits) {
  for (int i = 0; i < 100; ++i) say("seven");
  say_card();
  say("thanks");
  EXPECT_THAT(told_, testing::Not(testing::HasSubstr("five five five five")));
}

TEST(WhatIsHeldBack, IsNothingWhereNothingIsTakenOut) {
  const Redactor redactor({});
  HeldBack held(redactor);
  Segment digits;
  digits.text = "room 4111";
  EXPECT_EQ(held.add(digits).events.size(), 1U);
}

TEST_F(LiveTest, ShowsInterimTextAsItIsWhereNothingIsTakenOut) {
  serve([](Frames& frames, const PeerRequest&) {
    while (const auto frame = frames.read())
      if (frame->opcode == 2) frames.send(R"({"partial":"room 4111"})");
  });
  begin();
  say(0s, 1s);
  ASSERT_TRUE(run_until([&] { return !heard.empty(); }));
  EXPECT_EQ(heard[0].segment.text, "room 4111");
}

TEST_F(LiveTest, TellsOfPlacesWhoseWordsHaveNoTimes) {
  options.redaction.rules = {"card"};
  serve([](Frames& frames, const PeerRequest&) {
    while (const auto frame = frames.read()) {
      if (frame->opcode != 1 || frame->data.find("eof") == std::string::npos) continue;
      frames.send(R"({"text":"my card is 4111 1111 1111 1111"})");
      return;
    }
  });
  begin();
  say(10s, 1s);
  std::optional<LiveEnd> end;
  stream->finish([&](const LiveEnd& told) { end = told; });
  ASSERT_TRUE(run_until([&] { return end.has_value(); }));
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].segment.text, "my card is [card]");
  ASSERT_EQ(heard[0].redactions.size(), 1U);
  EXPECT_EQ(heard[0].redactions[0].start, heard[0].segment.start) << "all of the result";
  EXPECT_EQ(heard[0].redactions[0].end, 11s);
  EXPECT_THAT(end->warnings,
              testing::ElementsAre(testing::HasSubstr("channel 1: 1 places of live text")));
  EXPECT_EQ(metric("stt_answers_mended_total{provider=\"vosk/live\"}"), 1);
}

TEST_F(LiveTest, EndsThoughTheProviderNeverAnswers) {
  options.live.last_words = 50ms;
  serve([](Frames& frames, const PeerRequest&) {
    while (frames.read()) {
    }
  });
  begin();
  say(0s, 1s);
  std::optional<LiveEnd> end;
  stream->finish([&](const LiveEnd& told) { end = told; });
  ASSERT_TRUE(run_until([&] { return end.has_value(); }));
  EXPECT_EQ(end->reason, "timeout");
  EXPECT_THAT(end->text, testing::HasSubstr("answered nothing"));
  EXPECT_EQ(end->use.audio, 1s);
  EXPECT_EQ(failures("timeout"), 1);
}

TEST_F(LiveTest, CountsAndMendsWhatAProviderMayNotSay) {
  serve([](Frames& frames, const PeerRequest&) {
    while (const auto frame = frames.read()) {
      if (frame->opcode != 1 || frame->data.find("eof") == std::string::npos) continue;
      frames.send("<html>busy</html>");
      frames.send(
          R"({"result":[{"end":0.2,"start":0.5,"word":"good"},{"end":90,"start":80,"word":"day"}],"text":"good day"})");
      return;
    }
  });
  begin();
  say(10s, 1s);
  std::optional<LiveEnd> end;
  stream->finish([&](const LiveEnd& told) { end = told; });
  ASSERT_TRUE(run_until([&] { return end.has_value(); }));
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].segment.text, "good day");
  for (const auto& word : heard[0].segment.words) {
    EXPECT_GE(word.start, 10s);
    EXPECT_LE(word.end, 11s);
  }
  EXPECT_EQ(end->reason, "");
  EXPECT_THAT(end->warnings, testing::ElementsAre(testing::HasSubstr("channel 1: 1 messages"),
                                                  testing::HasSubstr("mended")));
  EXPECT_EQ(failures("not_json"), 1);
  EXPECT_EQ(metric("stt_answers_mended_total{provider=\"vosk/live\"}"), 1);
}

TEST_F(LiveTest, IsCutWithTheCallThatNobodyHoldsAnyMore) {
  std::atomic<bool> connected{false}, gone{false};
  serve([&](Frames& frames, const PeerRequest&) {
    connected = true;
    while (frames.read()) {
    }
    gone = true;
  });
  begin();
  say(0s, 1s);
  ASSERT_TRUE(run_until([&] { return connected.load(); }));
  stream.reset();
  EXPECT_TRUE(run_until([&] { return gone.load() && live->streams() == 0; }));
}

TEST_F(LiveTest, SendsNothingToAServerThatNobodyVouchesFor) {
  const auto certificate = directory / "server.pem";
  srs::test::write_certificate(certificate, "IP:127.0.0.1");
  std::atomic<std::size_t> bytes{0};
  std::string config;
  serve([&](Frames& frames, const PeerRequest&) { vosk(frames, bytes, config); },
        HttpPeer::Tls{certificate, {}});
  begin();
  say(0s, 1s);
  ASSERT_TRUE(run_until([&] { return failures("tls") >= 1; }));
  EXPECT_EQ(bytes, 0U);
  stream.reset();
  options.vosk.ca_file = certificate;
  begin();
  say(0s, 1s);
  bool done = false;
  stream->finish([&](const LiveEnd&) { done = true; });
  ASSERT_TRUE(run_until([&] { return done; }));
  EXPECT_EQ(bytes, 16'000U);
}

TEST_F(LiveTest, SaysWhichHostItMeans) {
  std::mutex mutex;
  std::string host;
  serve([&](Frames&, const PeerRequest& request) {
    const std::lock_guard lock(mutex);
    host = request.headers.at("host");
  });
  begin();
  say(0s, 1s);
  const auto said = [&] {
    const std::lock_guard lock(mutex);
    return host;
  };
  ASSERT_TRUE(run_until([&] { return !said().empty(); }));
  EXPECT_EQ(said(), "127.0.0.1:" + std::to_string(peer->port()));
}

TEST_F(LiveTest, StandsMessagesThatAreNone) {
  const auto protocol = make_live_protocol(options);
  for (const auto* message :
       {"[]", "7", "null", R"("x")", R"({"partial":7})", R"({"text":""})",
        R"({"text":"x","result":{"a":1}})", R"({"text":"x","result":[1,{"start":"y"}]})"})
    protocol->read(json::parse(message));
  EXPECT_FALSE(protocol->read(json::parse("[\"<html>\"]")));
}

TEST_F(LiveTest, DeepgramHearsSeveralLanguagesWhereNoneIsNamedAndItsModelCan) {
  options.live.provider = "deepgram";
  const auto is_several = [&](const std::string& model, const std::string& language = "") {
    options.deepgram.model = model;
    const auto url = make_live_protocol(options)->url(8000, language);
    return url.find("language=multi") != std::string::npos;
  };
  EXPECT_TRUE(is_several("nova-2"));
  EXPECT_TRUE(is_several("nova-3"));
  EXPECT_FALSE(is_several("nova-3", "de-DE"));
  EXPECT_FALSE(is_several("nova-2-phonecall")) << "which knows English alone";
  options.deepgram.pii = {"pci"};
  EXPECT_FALSE(is_several("nova-3")) << "masked is what is said in English";
}

TEST(WebSocketUrls, AreTakenApart) {
  const auto url = parse_websocket_url("wss://[2001:db8::1]:8443/a?b=c");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->secure);
  EXPECT_EQ(url->host, "2001:db8::1");
  EXPECT_EQ(url->port, "8443");
  EXPECT_EQ(url->target, "/a?b=c");
  EXPECT_EQ(url->authority(), "[2001:db8::1]:8443") << "the Host header's (RFC 3986, 3.2.2)";
  EXPECT_EQ(parse_websocket_url("ws://host:2700")->authority(), "host:2700");
  EXPECT_EQ(parse_websocket_url("ws://host")->port, "80");
  for (const auto* text : {"http://host", "ws://", "ws://host:port", "host"})
    EXPECT_FALSE(parse_websocket_url(text)) << text;
}

}  // namespace
}  // namespace srs::stt::test
