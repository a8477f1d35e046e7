#include "config/checks.hpp"

#include "config/collisions.hpp"
#include "config/values.hpp"

#include <srs/util/endpoint.hpp>

#include <algorithm>
#include <initializer_list>

namespace srs::config {
namespace {

// An IPv4 address in IPv6's clothes is one of IPv4.
bool is_ipv6(const boost::asio::ip::address& address) {
  return address.is_v6() && !address.to_v6().is_v4_mapped();
}

class Checker {
 public:
  Checker(Loaded& loaded, const Origins& origins)
      : loaded_(loaded), settings_(loaded.settings), origins_(origins) {}

  void run() {
    if (sound({"sip.listen"})) listeners();
    if (sound({"sip.listen", "sip.tls_directory"})) tls();
    if (sound({"rtp.port_min", "rtp.port_max"})) port_range();
    if (sound({"sip.listen", "rtp.port_min", "rtp.port_max"})) sip_outside_rtp();
    if (sound({"sip.listen", "sip.external_address", "rtp.bind_address"})) media_family();
    if (sound({"recording.capture.block_size", "recording.capture.max_pending"})) capture();
    if (sound({"rtp.sweep_interval", "rtp.quarantine"})) quarantine();
    if (sound({"tracing.enabled", "tracing.queue_size", "tracing.batch_size"})) collectors();
    speech_to_text();
  }

 private:
  bool sound(std::initializer_list<const char*> keys) const {
    return std::none_of(keys.begin(), keys.end(),
                        [&](const char* key) { return origins_.wrong.contains(key); });
  }

  void listeners() {
    if (settings_.sip.listen.empty())
      fault("sip.listen", "is empty: at least one listener is needed");
    for (auto& found : collisions(settings_))
      if (sound({found.key.c_str(), "sip.listen"})) fault(found.key, std::move(found.text));
  }

  void tls() {
    const bool wanted = any_listener("tls:");
    const bool certified = !settings_.sip.tls_directory.empty();
    if (wanted && !certified) {
      fault("sip.tls_directory",
            "is needed for the tls: listener: the directory with agent.pem "
            "and cafile.pem");
    }
    if (certified && !wanted)
      warn("sip.tls_directory", "has no effect: sip.listen has no tls: listener");
  }

  void port_range() {
    // Pairs begin at even ports: the first is rounded up.
    const unsigned first = (settings_.rtp.port_min + 1U) & ~1U;
    if (first + 1 > settings_.rtp.port_max) {
      fault("rtp.port_max", "leaves no pair of an even and an odd port from rtp.port_min " +
                                std::to_string(settings_.rtp.port_min) + " to " +
                                std::to_string(settings_.rtp.port_max));
    } else if (settings_.rtp.port_min < 1024) {
      warn("rtp.port_min", "is below 1024: such ports may need a privilege (CAP_NET_BIND_SERVICE)");
    }
  }

  // UDP only: TCP has ports of its own.
  void sip_outside_rtp() {
    for (const auto& listener : settings_.sip.listen) {
      const auto port = port_of(listener);
      if (listener.starts_with("udp:") && port >= settings_.rtp.port_min &&
          port <= settings_.rtp.port_max) {
        fault("sip.listen", in_quotes(listener) + " lies within the RTP ports " +
                                std::to_string(settings_.rtp.port_min) + " to " +
                                std::to_string(settings_.rtp.port_max));
      }
    }
  }

  // An answer names an address of the family in which the call came: with no socket of that family
  // every such call would be taken and none recorded.
  void media_family() {
    boost::system::error_code error;
    const auto media = boost::asio::ip::make_address(settings_.rtp.bind_address, error);
    const bool both = !error && media.is_v6() && media.is_unspecified();
    if (error || both || !settings_.sip.external_address.empty()) return;
    for (const auto& listener : settings_.sip.listen) {
      const auto endpoint = parse_endpoint(listener.substr(listener.find(':') + 1));
      if (!endpoint || is_ipv6(endpoint->address) == is_ipv6(media)) continue;
      fault("rtp.bind_address",
            in_quotes(settings_.rtp.bind_address) + " takes no media of calls that come to " +
                in_quotes(listener) +
                ", for it is of the other family: write `::`, which takes both");
    }
  }

  void capture() {
    const auto& capture = settings_.recording.capture;
    if (capture.max_pending < capture.block_size) {
      fault("recording.capture.max_pending", "is smaller than recording.capture.block_size");
    }
  }

  void quarantine() {
    const auto& rtp = settings_.rtp;
    if (rtp.quarantine < rtp.sweep_interval) {
      warn("rtp.quarantine",
           "is shorter than rtp.sweep_interval: packets of an ended call may "
           "reach the next one on its port");
    }
  }

  void speech_to_text() {
    for (const auto& found : stt::faults(settings_.stt))
      if (sound({found.key.c_str()})) fault(found.key, found.text);
    if (sound({"stt.limits", "stt.providers"})) idle_limits();
    if (sound({"stt.providers", "stt.google.version"})) language_for_google();
    if (sound({"stt.providers", "stt.openai.url"})) base_url("openai", settings_.stt.openai.url);
    if (sound({"stt.providers", "stt.whisper.url"})) base_url("whisper", settings_.stt.whisper.url);
    const auto& redaction = settings_.stt.redaction;
    if (sound({"stt.redaction.audio", "stt.redaction.rules"}) && redaction.audio != "off" &&
        redaction.rules.empty()) {
      warn("stt.redaction.audio",
           "has no effect: nothing is taken out of the sound without stt.redaction.rules "
           "(STT_REDACTION_RULES), for example card");
    }
    if (sound({"stt.redaction.audio", "recording.keep_capture"})) captured_speech();
  }

  void captured_speech() {
    const auto& redaction = settings_.stt.redaction;
    const bool takes_out = redaction.audio != "off" && !redaction.rules.empty();
    if (takes_out && settings_.recording.keep_capture == recording::KeepCapture::Always)
      warn("recording.keep_capture",
           "always keeps capture.pcapng, with the speech that stt.redaction.audio takes out of "
           "audio.redacted.wav; write when_needed, or delete it together with audio.wav");
  }

  bool is_asked(const char* provider) const {
    const auto& names = settings_.stt.providers;
    return std::find(names.begin(), names.end(), provider) != names.end();
  }

  // A call may name its language, so it is no fault. Of Google's models those named chirp detect
  // one: https://cloud.google.com/speech-to-text/v2/docs/chirp_2-model.
  void language_for_google() {
    const auto& own = settings_.stt.google;
    if (!is_asked("google") || !settings_.stt.language.empty()) return;
    const bool first = own.version == "v1";
    if (!first && own.model.starts_with("chirp")) return;
    const auto who =
        first ? std::string("v1") : "model " + (own.model.empty() ? "long" : own.model);
    warn("stt.language",
         "is empty, and Google's " + who +
             " detects none: it refuses recordings of calls that name no language themselves. Set "
             "it (STT_LANGUAGE), or stt.google.version to v2 with stt.google.model chirp_2, and "
             "stt.google.location to where that is");
  }

  // There are servers that take requests there, so it is no fault. It may hold a password and is
  // not repeated.
  void base_url(const std::string& provider, std::string url) {
    const auto host = url.find("://");
    if (!is_asked(provider.c_str()) || host == std::string::npos) return;
    while (url.ends_with('/')) url.pop_back();
    if (url.find_first_of("/?", host + 3) != std::string::npos) return;
    warn("stt." + provider + ".url",
         "has no path: /audio/transcriptions is added to it, and most servers want /v1 before "
         "that: write http://127.0.0.1:8000/v1 for those");
  }

  void idle_limits() {
    const auto& names = settings_.stt.providers;
    for (const auto& text : settings_.stt.limits) {
      const auto limit = stt::parse_limit(text);
      if (limit && std::find(names.begin(), names.end(), limit->provider) == names.end())
        warn("stt.limits", in_quotes(text) + " has no effect: stt.providers does not name it");
    }
  }

  void collectors() {
    const auto& given = settings_.tracing;
    const auto unnamed = [&](const std::string& name, const std::string& key) {
      const auto& named = given.exporters;
      if (std::find(named.begin(), named.end(), name) != named.end() && !exports_to(given, name))
        warn("tracing.exporters", name + " has no effect: set " + key);
    };
    const bool none =
        std::find(given.exporters.begin(), given.exporters.end(), "none") != given.exporters.end();
    if (!none) {
      unnamed("jaeger", "tracing.jaeger.endpoint (JAEGER_ENDPOINT)");
      unnamed("newrelic", "tracing.new_relic.license_key (NEW_RELIC_LICENSE_KEY)");
    }
    if (given.enabled == tracing::Enabled::Yes && !none && !tracing::has_exporter(given)) {
      warn("tracing.enabled",
           "has no effect: no collector is named; set tracing.otlp.endpoint "
           "(OTEL_EXPORTER_OTLP_ENDPOINT), tracing.jaeger.endpoint (JAEGER_ENDPOINT) or "
           "tracing.new_relic.license_key (NEW_RELIC_LICENSE_KEY)");
    }
    if (given.queue_size < given.batch_size) {
      fault("tracing.queue_size", "is smaller than tracing.batch_size");
    }
  }

  bool any_listener(const char* transport) const {
    const auto& listen = settings_.sip.listen;
    return std::any_of(listen.begin(), listen.end(),
                       [&](const std::string& one) { return one.starts_with(transport); });
  }

  static unsigned port_of(const std::string& listener) {
    const auto endpoint = parse_endpoint(listener.substr(listener.find(':') + 1));
    return endpoint ? endpoint->port : 0;
  }

  void fault(const std::string& key, std::string text) {
    loaded_.faults.push_back({origins_.of(key), key, std::move(text)});
  }
  void warn(const std::string& key, std::string text) {
    loaded_.warnings.push_back({origins_.of(key), key, std::move(text)});
  }

  Loaded& loaded_;
  const Settings& settings_;
  const Origins& origins_;
};

}  // namespace

void check(Loaded& loaded, const Origins& origins) {
  Checker(loaded, origins).run();
}

}  // namespace srs::config
