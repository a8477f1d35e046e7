// Recorders that do not do what they should: exit code 1 and a clear sentence.
#include "app/siprec_call/scene.hpp"
#include "support/files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace srs::test {
namespace {

using ::testing::HasSubstr;

TEST(Refusal, IsReportedWithItsCodeAndWarning) {
  Recorder recorder({.status = 503, .header = "Warning: 399 srs \"no port is left\""});
  CallerProcess caller({recorder.target(), "--duration", "1"});
  EXPECT_EQ(caller.wait(), 1);
  EXPECT_THAT(caller.out(), HasSubstr("503: 1"));
  EXPECT_THAT(caller.out(), HasSubstr("no port is left"));
  EXPECT_THAT(caller.out(), HasSubstr("FAILED: 1 of 1 calls"));
}

TEST(Refusal, OfSomeCallsFailsTheRun) {
  Recorder recorder({.statuses = {200, 486, 200}});
  CallerProcess caller(plain_call(recorder, {"--calls", "3", "--no-media"}));
  EXPECT_EQ(caller.wait(), 1);
  EXPECT_EQ(caller.json()["answers"]["200"], 2);
  EXPECT_EQ(caller.json()["answers"]["486"], 1);
  EXPECT_EQ(caller.json()["calls"]["failed"], 1);
  EXPECT_THAT(caller.err(), HasSubstr("FAILED: 1 of 3 calls"));
}

TEST(Refusal, OfOneStreamLeavesTheOther) {
  Recorder recorder({.refuse = {false, true}});
  const TwoLegs legs(0.2);
  CallerProcess caller(legs.call(recorder));
  EXPECT_EQ(caller.wait(), 0) << caller.err();
  EXPECT_EQ(recorder.calls().at(0).streams.at(0).packets.size(), 10U);
  EXPECT_THAT(caller.out(), HasSubstr("refuses the stream with label 2"));
}

TEST(Refusal, OfEveryStreamIsAFailureThoughTheCallWasAnswered) {
  Recorder recorder({.refuse = {true, true}});
  CallerProcess caller(plain_call(recorder, {"--duration", "0.2"}));
  EXPECT_EQ(caller.wait(), 1);
  EXPECT_THAT(caller.out(), HasSubstr("no media was sent"));
  EXPECT_TRUE(recorder.calls().at(0).over);
}

TEST(Refusal, AnAnswerWithoutSdpEndsTheCallAtOnce) {
  Recorder recorder({.content_type = ""});
  CallerProcess caller(plain_call(recorder, {"--duration", "30"}));
  EXPECT_EQ(caller.wait(), 1);
  EXPECT_THAT(caller.out(), HasSubstr("no SDP answer"));
  EXPECT_EQ(recorder.calls().at(0).of("BYE").size(), 1U);
}

TEST(Refusal, SilenceIsGivenUpAfterTheTimeout) {
  const auto dead = Socket::udp(kLoopback);  // takes the INVITE and never answers
  CallerProcess caller(
      {"sip:127.0.0.1:" + std::to_string(dead.port()), "--timeout", "0.5", "--json"});
  EXPECT_EQ(caller.wait(), 1);
  EXPECT_EQ(caller.json()["answers"]["0"], 1);
  EXPECT_THAT(caller.err(), HasSubstr("FAILED: 1 of 1 calls: nobody answers at sip:127.0.0.1:"));
}

TEST(Refusal, AClosedPortIsToldFromARefusal) {
  const auto port = Socket::udp(kLoopback).port();  // closed again
  CallerProcess caller({"sip:127.0.0.1:" + std::to_string(port) + ";transport=tcp"});
  EXPECT_EQ(caller.wait(), 1);
  EXPECT_THAT(caller.out(), HasSubstr("nobody answers at"));
}

TEST(Refusal, AnInviteThatFitsIntoNoDatagramIsNamedAsSuch) {
  Recorder recorder;
  const TempDir directory;
  write_file(directory / "long.xml", std::string(70000, 'x'));
  CallerProcess caller({recorder.target(), "--metadata", (directory / "long.xml").string()});
  EXPECT_EQ(caller.wait(), 1);
  EXPECT_THAT(caller.out(), HasSubstr("longer than a UDP datagram can be; use --tcp"));
  EXPECT_THAT(caller.out(), testing::Not(HasSubstr("can't be reached")));
}

TEST(Refusal, ARecorderThatOnlyTriesIsCancelled) {
  Recorder recorder({.status = 0});
  CallerProcess caller(plain_call(recorder, {"--timeout", "3"}));
  EXPECT_EQ(caller.wait(), 1);
  EXPECT_EQ(recorder.calls().at(0).of("CANCEL").size(), 1U);
  EXPECT_EQ(caller.json()["answers"]["487"], 1);
}

TEST(Refusal, AnUnansweredByeIsAFailure) {
  Recorder recorder({.bye_status = 0});
  const TwoLegs legs(0.1);
  CallerProcess caller(legs.call(recorder, {"--timeout", "3"}));
  EXPECT_EQ(caller.wait(), 1);
  EXPECT_THAT(caller.out(), HasSubstr("BYE was not answered"));
}

TEST(Refusal, ARecorderThatHangsUpFirstIsAFailure) {
  Recorder recorder({.hang_up = true});
  CallerProcess caller(plain_call(recorder, {"--duration", "30"}));
  EXPECT_EQ(caller.wait(), 1);
  EXPECT_THAT(caller.out(), HasSubstr("hung up before we did"));
}

TEST(Refusal, WhatAGoodRecorderOwesIsNotedAndNoFailure) {
  Recorder recorder({.contact_params = "", .echo_labels = false, .direction = "sendrecv"});
  const TwoLegs legs(0.1);
  CallerProcess caller(legs.call(recorder));
  EXPECT_EQ(caller.wait(), 0) << caller.err();
  EXPECT_THAT(caller.out(), HasSubstr("+sip.srs"));
  EXPECT_THAT(caller.out(), HasSubstr("a=label:2 is not echoed"));
  EXPECT_THAT(caller.out(), HasSubstr("sendrecv"));
}

TEST(Usage, ErrorsHaveAnExitCodeOfTheirOwn) {
  EXPECT_EQ(CallerProcess({}).wait(), 2);
  EXPECT_EQ(CallerProcess({"sip:host:x"}).wait(), 2);
  CallerProcess absent({"sip:127.0.0.1:5060", "--audio", "/no/such/file.wav"});
  EXPECT_EQ(absent.wait(), 2);
  EXPECT_THAT(absent.err(), HasSubstr("/no/such/file.wav"));
  CallerProcess help({"--help"});
  EXPECT_EQ(help.wait(), 0);
  EXPECT_THAT(help.out(), HasSubstr("--concurrent"));
}

}  // namespace
}  // namespace srs::test
