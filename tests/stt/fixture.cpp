#include "stt/fixture.hpp"

#include <cstdlib>

namespace srs::stt::test {

std::vector<FormPart> form_of(const PeerRequest& request) {
  std::vector<FormPart> parts;
  const auto type = request.headers.find("content-type");
  const std::string mark = "boundary=";
  if (type == request.headers.end() || !type->second.starts_with("multipart/form-data"))
    return parts;
  const auto boundary = "--" + type->second.substr(type->second.find(mark) + mark.size());
  for (auto at = request.body.find(boundary); at != std::string::npos;) {
    const auto begin = at + boundary.size() + 2;
    const auto next = request.body.find(boundary, begin);
    if (next == std::string::npos) break;
    const auto part = request.body.substr(begin, next - begin - 2);
    const auto blank = part.find("\r\n\r\n");
    FormPart made{"", part.substr(0, blank), part.substr(blank + 4)};
    const auto name = made.headers.find("name=\"") + 6;
    made.name = made.headers.substr(name, made.headers.find('"', name) - name);
    parts.push_back(std::move(made));
    at = next;
  }
  return parts;
}

std::string field(const std::vector<FormPart>& form, const std::string& name) {
  std::string all;
  for (const auto& part : form)
    if (part.name == name) all += (all.empty() ? "" : "|") + part.content;
  return all;
}

void expect_traced(const Asked& asked) {
  for (std::size_t i = 0; i < asked.count(); ++i) {
    auto request = asked.at(i);
    EXPECT_EQ(request.headers["traceparent"], kTraceparent) << request.method << request.target;
  }
}

PoolTest::PoolTest() {
  // Times of tests: failures repeat at once, nothing waits for long.
  options.retry.first_pause = std::chrono::milliseconds(2);
  options.retry.longest_pause = std::chrono::milliseconds(20);
  options.breaker.pause = std::chrono::milliseconds(20);
  options.breaker.longest_pause = std::chrono::milliseconds(50);
  options.poll_interval = std::chrono::milliseconds(5);
  options.timeout = std::chrono::seconds(10);
  options.providers = {"openai"};
  options.openai.api_key = "sk-test-of-a-key";
  http_options.proxy = "";
}

PoolTest::~PoolTest() {
  stop();
  EXPECT_TRUE(escaped.empty()) << escaped.front();
}

void PoolTest::start() {
  stop();
  EXPECT_THAT(faults(options), testing::IsEmpty());
  registry = std::make_unique<metrics::Registry>();
  http = std::make_unique<HttpClient>(io.get_executor(), http_options);
  workers = std::make_unique<WorkerPool>(2, 100);
  pool = std::make_unique<Pool>(tasks, options, *http, *workers, tracer, *registry, log::Logger());
  pool->set_listener(this);
}

void PoolTest::stop() {
  pool.reset();
  // Coroutines that were under way find that out, and none is left.
  EXPECT_TRUE(run_until([&] { return tasks.running() == 0; })) << tasks.running() << " left";
  workers.reset();
  http.reset();
  registry.reset();
}

namespace {

boost::asio::awaitable<void> ask(Pool& pool, std::filesystem::path directory,
                                 std::shared_ptr<std::optional<bool>> answer) {
  *answer = co_await pool.cancel(std::move(directory));
}

boost::asio::awaitable<void> ask_again(Pool& pool, std::filesystem::path directory,
                                       std::shared_ptr<std::optional<Result<Retried>>> answer) {
  auto retried = co_await pool.retry(std::move(directory));
  *answer = retried ? Result<Retried>(retried->outcome) : Result<Retried>(retried.error());
}

}  // namespace

bool PoolTest::cancel(const Job& job) {
  const auto answer = std::make_shared<std::optional<bool>>();
  tasks.spawn("cancel", ask(*pool, job.directory, answer));
  EXPECT_TRUE(run_until([&] { return answer->has_value(); }));
  return answer->value_or(false);
}

Result<Retried> PoolTest::retry(const Job& job) {
  const auto answer = std::make_shared<std::optional<Result<Retried>>>();
  tasks.spawn("retry", ask_again(*pool, job.directory, answer));
  EXPECT_TRUE(run_until([&] { return answer->has_value(); }));
  return answer->value_or(Error{"no answer"});
}

Job PoolTest::recording(const std::string& name, const std::vector<Samples>& channels) {
  Job job;
  job.directory = directory.path() / "2026-11-22" / name;
  job.recording_id = name;
  job.traceparent = kTraceparent;
  std::filesystem::create_directories(job.directory);
  write_wav(job.directory / "audio.wav", channels);
  return job;
}

nlohmann::json PoolTest::transcript(const Job& job) const {
  return nlohmann::json::parse(srs::test::read_file(job.directory / kTranscriptFile));
}

double PoolTest::metric(const std::string& series) const {
  const auto text = registry->text();
  const auto at = text.find("\n" + series + " ");
  return at == std::string::npos ? 0 : std::strtod(text.c_str() + at + series.size() + 2, nullptr);
}

}  // namespace srs::stt::test
