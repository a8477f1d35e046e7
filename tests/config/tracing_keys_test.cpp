// tracing.*: the names that operators know from elsewhere, and secrets.
#include "config/given.hpp"

namespace srs::config {
namespace {

TEST(TracingKeys, HaveTheNamesOfTheGuide) {
  const auto loaded = from_environment({{"TRACING_ENABLED", "true"},
                                        {"JAEGER_ENDPOINT", "http://jaeger:14268/api/traces"},
                                        {"NEW_RELIC_LICENSE_KEY", "eu01xxNRAL"},
                                        {"NEW_RELIC_APP_NAME", "recorder"}});
  EXPECT_THAT(loaded.faults, IsEmpty());
  EXPECT_THAT(loaded.warnings, IsEmpty());
  const auto& tracing = loaded.settings.tracing;
  EXPECT_EQ(tracing.enabled, tracing::Enabled::Yes);
  EXPECT_EQ(tracing.jaeger.endpoint, "http://jaeger:14268/api/traces");
  EXPECT_EQ(tracing.new_relic.license_key, "eu01xxNRAL");
  EXPECT_EQ(tracing.new_relic.app_name, "recorder");
}

TEST(TracingKeys, HaveTheNamesOfOpenTelemetry) {
  const auto loaded =
      from_environment({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://tempo:4318"},
                        {"OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20x,scope=1"},
                        {"OTEL_EXPORTER_OTLP_TIMEOUT", "2500"},
                        {"OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"},
                        {"OTEL_SERVICE_NAME", "srs"},
                        {"OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test,team=voice"},
                        {"OTEL_TRACES_SAMPLER", "traceidratio"},
                        {"OTEL_TRACES_SAMPLER_ARG", "0.25"},
                        {"OTEL_BSP_SCHEDULE_DELAY", "1000"}});
  EXPECT_THAT(loaded.faults, IsEmpty());
  const auto& tracing = loaded.settings.tracing;
  EXPECT_EQ(tracing.otlp.endpoint, "http://tempo:4318");
  EXPECT_THAT(tracing.otlp.headers, ElementsAre("authorization=Bearer%20x", "scope=1"));
  EXPECT_EQ(tracing.otlp.timeout, std::chrono::milliseconds(2500));
  EXPECT_EQ(tracing.service_name, "srs");
  EXPECT_THAT(tracing.resource_attributes,
              ElementsAre("deployment.environment=test", "team=voice"));
  EXPECT_EQ(tracing.sampler, tracing::Sampler::Ratio);
  EXPECT_EQ(tracing.sampling_ratio, 0.25);
  EXPECT_EQ(tracing.batch_delay, std::chrono::seconds(1));
  EXPECT_TRUE(tracing::is_on(tracing)) << "an endpoint is enough";
}

// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables
TEST(TracingKeys, AreSwitchedOffAsOpenTelemetrySays) {
  std::map<std::string, std::string> given = {{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://tempo:4318"},
                                              {"NEW_RELIC_LICENSE_KEY", "eu01xxNRAL"},
                                              {"OTEL_SDK_DISABLED", "True"}};
  const auto off = from_environment(given);
  EXPECT_THAT(off.faults, IsEmpty());
  EXPECT_FALSE(tracing::is_on(off.settings.tracing));
  EXPECT_EQ(off.settings.tracing.new_relic.metrics_interval.count(), 0);
  given["OTEL_SDK_DISABLED"] = "1";  // no other word is true
  const auto on = from_environment(given);
  EXPECT_THAT(on.faults, IsEmpty());
  EXPECT_TRUE(tracing::is_on(on.settings.tracing));
  EXPECT_EQ(on.settings.tracing.new_relic.metrics_interval, std::chrono::minutes(1));
}

TEST(TracingKeys, SayWhichExportersTakeSpans) {
  const auto exporters = [](const std::string& named) {
    auto loaded = from_environment(
        {{"OTEL_TRACES_EXPORTER", named}, {"JAEGER_ENDPOINT", "http://jaeger:14268/api/traces"}});
    EXPECT_THAT(loaded.faults, IsEmpty());
    std::string all;
    for (const auto* name : {"otlp", "jaeger", "newrelic"})
      if (tracing::exports_to(loaded.settings.tracing, name)) all += std::string(name) + " ";
    return all;
  };
  EXPECT_EQ(exporters(""), "jaeger ") << "whatever has an endpoint";
  EXPECT_EQ(exporters("none"), "");
  EXPECT_EQ(exporters("otlp"), "otlp ") << "to a collector on this host";
  EXPECT_EQ(exporters("otlp,jaeger"), "otlp jaeger ");
  EXPECT_THAT(from_environment({{"OTEL_TRACES_EXPORTER", "zipkin"}}).faults,
              ElementsAre(FaultIs("environment OTEL_TRACES_EXPORTER", "tracing.exporters",
                                  "otlp, jaeger, newrelic, none")));
  EXPECT_THAT(from_environment({{"OTEL_TRACES_EXPORTER", "jaeger"}}).warnings,
              ElementsAre(FaultIs("environment OTEL_TRACES_EXPORTER", "tracing.exporters",
                                  "JAEGER_ENDPOINT")));
}

TEST(TracingKeys, OfTracesAloneWinOverThoseOfAllSignals) {
  const auto loaded =
      from_environment({{"OTEL_EXPORTER_OTLP_HEADERS", "authorization=all"},
                        {"OTEL_EXPORTER_OTLP_TRACES_HEADERS", "authorization=traces"},
                        {"OTEL_EXPORTER_OTLP_TIMEOUT", "1000"},
                        {"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "2000"},
                        {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"},
                        {"OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "/etc/ssl/tempo.pem"}});
  EXPECT_THAT(loaded.faults, IsEmpty());
  const auto& otlp = loaded.settings.tracing.otlp;
  EXPECT_THAT(otlp.headers, ElementsAre("authorization=traces"));
  EXPECT_EQ(otlp.timeout, std::chrono::seconds(2));
  EXPECT_EQ(otlp.ca_file, "/etc/ssl/tempo.pem");
}

TEST(TracingKeys, KeepSecretsToThemselves) {
  const auto loaded = from_environment({{"NEW_RELIC_LICENSE_KEY", "eu01hushNRAL"},
                                        {"OTEL_EXPORTER_OTLP_HEADERS", "authorization=hush"}});
  EXPECT_THAT(print(loaded.settings), Not(HasSubstr("hush")));
  const auto wrong = from_environment(
      {{"NEW_RELIC_LICENSE_KEY", "hush with spaces"}, {"OTEL_EXPORTER_OTLP_HEADERS", "hush"}});
  ASSERT_EQ(wrong.faults.size(), 2U);
  for (const auto& fault : wrong.faults) EXPECT_THAT(fault.text, Not(HasSubstr("hush")));
}

TEST(TracingKeys, SayWhatToWriteInstead) {
  const auto loaded = from_file(
      "tracing:\n"
      "  sampling_ratio: 2\n"
      "  sampler: sometimes\n"
      "  resource_attributes: [team]\n"
      "  otlp:\n"
      "    endpoint: tempo:4317\n"
      "    protocol: grpc\n");
  EXPECT_THAT(
      loaded.faults,
      testing::UnorderedElementsAre(
          FaultIs("siprec.yaml:2", "tracing.sampling_ratio", "no number from 0 to 1"),
          FaultIs("siprec.yaml:3", "tracing.sampler", "parentbased_traceidratio"),
          FaultIs("siprec.yaml:4", "tracing.resource_attributes", "name=value"),
          FaultIs("siprec.yaml:6", "tracing.otlp.endpoint", "https://collector.example.com:4318"),
          FaultIs("siprec.yaml:7", "tracing.otlp.protocol", "http/protobuf")));
}

TEST(TracingKeys, WarnWhereNoCollectorIsNamedAndRefuseQueuesBelowABatch) {
  const auto loaded = from_environment({{"TRACING_ENABLED", "true"}});
  EXPECT_THAT(loaded.warnings, ElementsAre(FaultIs("environment TRACING_ENABLED", "tracing.enabled",
                                                   "JAEGER_ENDPOINT")));
  EXPECT_THAT(from_environment({{"TRACING_QUEUE_SIZE", "10"}}).faults,
              ElementsAre(FaultIs("environment TRACING_QUEUE_SIZE", "tracing.queue_size",
                                  "smaller than tracing.batch_size")));
}

}  // namespace
}  // namespace srs::config
