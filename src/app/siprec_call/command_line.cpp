#include "app/siprec_call/command_line.hpp"

#include "app/siprec_call/option_values.hpp"

#include <srs/util/result.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace srs::call {
namespace {

constexpr const char* kDescription =
    "Calls a session recording server as an SBC does (SIPREC, RFC 7866): offers one sendonly\n"
    "stream for each leg with recording metadata, sends the audio as RTP, hangs up and says how\n"
    "the server did. Exit code 0: every call was answered, got its media and ended by our BYE;\n"
    "1: not so; 2: wrong arguments.";

constexpr const char* kExamples =
    "Examples:\n"
    "  siprec-call sip:192.0.2.1:5060 --audio caller.wav callee.wav\n"
    "  siprec-call sip:192.0.2.1 --tcp --codec pcma --duration 20 --hold 5:4 --dtmf 12#@2\n"
    "  siprec-call sip:192.0.2.1 --calls 500 --rate 50 --duration 30 --json\n"
    "  siprec-call sip:192.0.2.1 --calls 10000 --concurrent 100 --rate 200 --no-media";

// Hands a text value to `parse` and its result to `store`; a failure is CLI11's to report.
template <class Parse, class Store>
CLI::Option* add_value(CLI::App& app, const std::string& name, Parse parse, Store store,
                       const std::string& help, const std::string& type) {
  auto take = [parse, store, name](const std::vector<std::string>& texts) {
    for (const auto& text : texts) {
      auto value = parse(text);
      if (!value) throw CLI::ValidationError(name, value.error().text);
      store(std::move(*value));
    }
  };
  return app.add_option_function<std::vector<std::string>>(name, take, help)->type_name(type);
}

void add_media(CLI::App& app, Options& options) {
  app.add_option("--audio", options.audio,
                 "One file per leg, caller first; resampled to 8 kHz. The channels of a single "
                 "file become the legs. Without it each leg is a tone of its own pitch")
      ->type_name("FILE...")
      ->expected(1, 16);
  app.add_option("--legs", options.legs, "Streams offered where there is no --audio")
      ->type_name("N")
      ->check(CLI::Range(1, 16))
      ->capture_default_str();
  add_value(
      app, "--codec", parse_codec, [&](auto v) { options.codec = v; }, "pcmu (default) or pcma",
      "CODEC")
      ->expected(1);
  add_value(
      app, "--sender", parse_sender, [&](auto v) { options.sender = v; },
      "auto, ortp (real time, up to a few calls) or bulk (sendmmsg, thousands of streams)", "KIND")
      ->expected(1);
  app.add_option_function<double>(
         "--step",
         [&](double ms) { options.step = std::chrono::microseconds(std::lround(ms * 1000)); },
         "bulk: packets leave in steps this far apart, the streams spread evenly over them [0.1]")
      ->type_name("MS")
      ->check(CLI::Range(0.05, 20.0));
  app.add_flag("!--no-media", options.media, "Signalling alone: no RTP is sent");
  add_value(
      app, "--duration", parse_seconds, [&](auto v) { options.duration = v; },
      "Length of each call; the audio is repeated or cut. Default: as long as the audio", "S")
      ->expected(1);
}

void add_load(CLI::App& app, Options& options) {
  app.add_option("--calls", options.calls, "Calls to place")
      ->type_name("N")
      ->check(CLI::Range(1, 10000000))
      ->capture_default_str();
  app.add_option("--concurrent", options.concurrent, "Calls at once. Default: all of them")
      ->type_name("N")
      ->check(CLI::Range(1, 100000));
  app.add_option("--rate", options.rate, "New calls per second; 0: as fast as --concurrent allows")
      ->type_name("CPS")
      ->check(CLI::Range(0.0, 100000.0))
      ->capture_default_str();
}

void add_story(CLI::App& app, Options& options) {
  add_value(
      app, "--hold", parse_hold, [&](auto v) { options.holds.push_back(v); },
      "Hold the call AT seconds after its answer for LEN seconds; may be repeated", "AT:LEN");
  add_value(
      app, "--dtmf", parse_press, [&](auto v) { options.presses.push_back(std::move(v)); },
      "Press keys on the first leg T seconds after the answer; may be repeated", "DIGITS@T");
  app.add_option("--metadata", options.metadata,
                 "Send this document instead of our own; the labels of its streams are offered")
      ->type_name("FILE");
  app.add_flag("--final-metadata", options.final_metadata,
               "Send the end of the communication session with the BYE");
  add_value(
      app, "--from", parse_person, [&](auto v) { options.from = std::move(v); },
      "Who calls, for the metadata: AOR or 'NAME <AOR>'", "AOR")
      ->expected(1);
  add_value(
      app, "--to", parse_person, [&](auto v) { options.to = std::move(v); },
      "Who is called, for the metadata", "AOR")
      ->expected(1);
}

void add_signalling(CLI::App& app, Options& options) {
  app.add_option("target", options.target, "The recorder: sip:HOST[:PORT][;transport=tcp]")
      ->type_name("TARGET")
      ->required();
  app.add_flag("--tcp", options.tcp, "SIP over TCP");
  app.add_option("--local", options.local, "Our own address for SIP and RTP")->type_name("ADDR");
  add_value(
      app, "--header", parse_header, [&](auto v) { options.headers.push_back(std::move(v)); },
      "One more header for the INVITE; may be repeated", "'NAME: VALUE'");
  add_value(
      app, "--timeout", parse_seconds, [&](auto v) { options.timeout = v; },
      "Wait so long for an answer [32]", "S")
      ->expected(1);
}

void add_output(CLI::App& app, Options& options) {
  app.add_flag("--json", options.json, "Print the summary as JSON");
  app.add_flag("-q,--quiet", options.quiet, "No progress bar");
  app.add_flag_callback(
      "-v,--verbose", [&] { options.log_level = log::Level::Debug; },
      "Log what is sent and received to stderr");
  app.set_version_flag("--version", "siprec-call " SRS_VERSION);
}

// What no single option can know. Empty where all is well.
std::string contradiction(Options& options) {
  std::sort(options.holds.begin(), options.holds.end(),
            [](const Hold& a, const Hold& b) { return a.at < b.at; });
  for (std::size_t i = 1; i < options.holds.size(); ++i) {
    if (options.holds[i - 1].at + options.holds[i - 1].length > options.holds[i].at) {
      return "--hold: two holds overlap; let one end before the next begins";
    }
  }
  const bool acts = !options.holds.empty() || !options.presses.empty();
  if (acts && options.sender == SenderKind::Bulk) {
    return "--sender bulk can neither hold a call nor press keys; leave it out or say --sender "
           "ortp";
  }
  if (!options.presses.empty() && !options.media) return "--dtmf needs media; leave out --no-media";
  if (options.timeout < std::chrono::milliseconds(100)) return "--timeout must be at least 0.1";
  return {};
}

}  // namespace

CommandLine parse_command_line(std::vector<std::string> arguments) {
  Options options;
  CLI::App app(kDescription, "siprec-call");
  app.footer(kExamples);
  add_signalling(app, options);
  add_media(app, options);
  add_load(app, options);
  add_story(app, options);
  add_output(app, options);
  try {
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants it
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    const bool asked = app.exit(error, out, out) == 0;
    return {std::nullopt, out.str(), asked ? kSuccess : kUsageError};
  }
  if (auto text = contradiction(options); !text.empty()) {
    return {std::nullopt, text + "\n", kUsageError};
  }
  return {std::move(options), {}, kSuccess};
}

}  // namespace srs::call
