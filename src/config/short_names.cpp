#include "config/short_names.hpp"

#include "config/values.hpp"

#include <srs/util/text.hpp>

#include <cstdint>

namespace srs::config {
namespace {

Result<std::string> as_it_is(const Settings&, const std::string& value) {
  return value;
}

// `0.0.0.0:8080` with another port.
std::string with_port(const std::string& listen, const std::string& port) {
  return listen.substr(0, listen.rfind(':') + 1) + port;
}

Result<void> check_port(const std::string& value) {
  if (to_number<std::uint16_t>(value)) return {};
  return Error{in_quotes(value) + " is no port: a number from 0 to 65535"};
}

Result<std::string> http_port(const Settings& settings, const std::string& value) {
  if (auto checked = check_port(value); !checked) return checked.error();
  return with_port(settings.http.listen, value);
}

// Moves the udp: and tcp: listeners; a tls: one keeps its own port.
Result<std::string> sip_port(const Settings& settings, const std::string& value) {
  if (auto checked = check_port(value); !checked) return checked.error();
  std::string all;
  for (const auto& listener : settings.sip.listen) {
    all += (all.empty() ? "" : ",") +
           (listener.starts_with("tls:") ? listener : with_port(listener, value));
  }
  return all;
}

// Other servers look their address up where this says `auto`; ours is found call by call.
Result<std::string> external_ip(const Settings&, const std::string& value) {
  return iequals(value, "auto") ? std::string() : value;
}

// OpenTelemetry's switch for all signals: `true` in any case is true, everything else is not.
bool is_disabled(const std::string& value) {
  return iequals(value, "true");
}

Result<std::string> spans_unless_disabled(const Settings& settings, const std::string& value) {
  using tracing::Enabled;
  const auto enabled = is_disabled(value) ? Enabled::No : settings.tracing.enabled;
  if (enabled == Enabled::Auto) return std::string("auto");
  return std::string(enabled == Enabled::Yes ? "true" : "false");
}

Result<std::string> metrics_unless_disabled(const Settings& settings, const std::string& value) {
  const auto interval = settings.tracing.new_relic.metrics_interval;
  return std::to_string(is_disabled(value) ? 0 : interval.count());
}

}  // namespace

const std::vector<ShortName>& short_names() {
  static const std::vector<ShortName> all = {
      {"ASSEMBLYAI_API_KEY", "stt.assemblyai.api_key", as_it_is},
      {"ASSEMBLYAI_API_KEY_FILE", "stt.assemblyai.api_key_file", as_it_is},
      {"AWS_ACCESS_KEY_ID", "stt.aws.access_key_id", as_it_is},
      {"AWS_ACCESS_KEY_ID_FILE", "stt.aws.access_key_id_file", as_it_is},
      // The later name wins: as with Amazon's own tools AWS_REGION does.
      {"AWS_DEFAULT_REGION", "stt.aws.region", as_it_is},
      {"AWS_REGION", "stt.aws.region", as_it_is},
      {"AWS_SECRET_ACCESS_KEY", "stt.aws.secret_access_key", as_it_is},
      {"AWS_SECRET_ACCESS_KEY_FILE", "stt.aws.secret_access_key_file", as_it_is},
      {"AWS_SESSION_TOKEN", "stt.aws.session_token", as_it_is},
      {"AWS_SESSION_TOKEN_FILE", "stt.aws.session_token_file", as_it_is},
      // As Microsoft's own samples call them; the names that say whose they are win.
      {"SPEECH_KEY", "stt.azure.key", as_it_is},
      {"SPEECH_REGION", "stt.azure.region", as_it_is},
      {"AZURE_SPEECH_KEY", "stt.azure.key", as_it_is},
      {"AZURE_SPEECH_KEY_FILE", "stt.azure.key_file", as_it_is},
      {"AZURE_SPEECH_REGION", "stt.azure.region", as_it_is},
      {"DEEPGRAM_API_KEY", "stt.deepgram.api_key", as_it_is},
      {"DEEPGRAM_API_KEY_FILE", "stt.deepgram.api_key_file", as_it_is},
      // Older clients of ElevenLabs and OpenAI know these.
      {"ELEVEN_API_KEY", "stt.elevenlabs.api_key", as_it_is},
      {"ELEVENLABS_API_KEY", "stt.elevenlabs.api_key", as_it_is},
      {"ELEVENLABS_API_KEY_FILE", "stt.elevenlabs.api_key_file", as_it_is},
      {"EXTERNAL_IP", "sip.external_address", external_ip},
      {"GOOGLE_APPLICATION_CREDENTIALS", "stt.google.credentials", as_it_is},
      {"HTTP_PORT", "http.listen", http_port},
      {"JAEGER_ENDPOINT", "tracing.jaeger.endpoint", as_it_is},
      {"NEW_RELIC_APP_NAME", "tracing.new_relic.app_name", as_it_is},
      {"NEW_RELIC_LICENSE_KEY", "tracing.new_relic.license_key", as_it_is},
      {"OPENAI_API_BASE", "stt.openai.url", as_it_is},
      {"OPENAI_API_KEY", "stt.openai.api_key", as_it_is},
      {"OPENAI_API_KEY_FILE", "stt.openai.api_key_file", as_it_is},
      {"OPENAI_BASE_URL", "stt.openai.url", as_it_is},
      {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "tracing.batch_size", as_it_is},
      {"OTEL_BSP_MAX_QUEUE_SIZE", "tracing.queue_size", as_it_is},
      {"OTEL_BSP_SCHEDULE_DELAY", "tracing.batch_delay", as_it_is},
      {"OTEL_EXPORTER_OTLP_CERTIFICATE", "tracing.otlp.ca_file", as_it_is},
      {"OTEL_EXPORTER_OTLP_ENDPOINT", "tracing.otlp.endpoint", as_it_is},
      {"OTEL_EXPORTER_OTLP_HEADERS", "tracing.otlp.headers", as_it_is},
      {"OTEL_EXPORTER_OTLP_PROTOCOL", "tracing.otlp.protocol", as_it_is},
      {"OTEL_EXPORTER_OTLP_TIMEOUT", "tracing.otlp.timeout", as_it_is},
      // Those of traces alone come after those of all signals, and win.
      {"OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "tracing.otlp.ca_file", as_it_is},
      {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "tracing.otlp.traces_endpoint", as_it_is},
      {"OTEL_EXPORTER_OTLP_TRACES_HEADERS", "tracing.otlp.headers", as_it_is},
      {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "tracing.otlp.protocol", as_it_is},
      {"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "tracing.otlp.timeout", as_it_is},
      {"OTEL_RESOURCE_ATTRIBUTES", "tracing.resource_attributes", as_it_is},
      {"OTEL_SDK_DISABLED", "tracing.enabled", spans_unless_disabled},
      {"OTEL_SDK_DISABLED", "tracing.new_relic.metrics_interval", metrics_unless_disabled},
      {"OTEL_SERVICE_NAME", "tracing.service_name", as_it_is},
      {"OTEL_TRACES_EXPORTER", "tracing.exporters", as_it_is},
      {"OTEL_TRACES_SAMPLER", "tracing.sampler", as_it_is},
      {"OTEL_TRACES_SAMPLER_ARG", "tracing.sampling_ratio", as_it_is},
      {"RECORDING_DIR", "recording.directory", as_it_is},
      {"SIP_PORT", "sip.listen", sip_port},
      {"SPEECHMATICS_API_KEY", "stt.speechmatics.api_key", as_it_is},
      {"SPEECHMATICS_API_KEY_FILE", "stt.speechmatics.api_key_file", as_it_is},
      {"VOSK_URL", "stt.vosk.url", as_it_is},
      {"WHISPER_API_KEY", "stt.whisper.api_key", as_it_is},
      {"WHISPER_API_KEY_FILE", "stt.whisper.api_key_file", as_it_is},
      {"WHISPER_BASE_URL", "stt.whisper.url", as_it_is},
      {"WHISPER_MODEL", "stt.whisper.model", as_it_is},
      {"WHISPER_URL", "stt.whisper.url", as_it_is},
  };
  return all;
}

}  // namespace srs::config
