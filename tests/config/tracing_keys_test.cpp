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
