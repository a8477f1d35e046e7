// How many times faster than real time a two-leg G.711 call is rendered, on one core.
//
//   render_bench [minutes] [runs]
#include "call_builder.hpp"
#include "support/temp_dir.hpp"

#include <srs/recording/renderer.hpp>

#include <sys/resource.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace {

using namespace srs;

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void fill(test::CallBuilder& call, std::int64_t packets) {
  std::mt19937 random(1);
  test::Leg legs[] = {{call, 10000, {.ssrc = 1}}, {call, 10002, {.payload_type = 8, .ssrc = 2}}};
  const auto sound = test::babble(160 * 50, 1);
  const auto mu = test::to_ulaw(sound);
  const auto a = test::to_alaw(sound);
  for (std::int64_t i = 0; i < packets; ++i) {
    for (auto& leg : legs) {
      const auto& coded = leg.header.payload_type == 0 ? mu : a;
      const auto at = i * 20 * test::kMs + static_cast<std::int64_t>(random() % 5'000'000);
      const auto payload = std::span(coded).subspan(static_cast<std::size_t>(i % 50) * 160, 160);
      if (random() % 200 == 0)
        leg.lose(160);
      else
        leg.send(at, payload, 160);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int minutes = argc > 1 ? std::atoi(argv[1]) : 60;
  const int runs = argc > 2 ? std::atoi(argv[2]) : 3;
  test::TempDir dir;
  {
    test::CallBuilder call;
    fill(call, std::int64_t{minutes} * 60 * 50);
    call.write(dir.path());
  }
  const std::array<std::uint16_t, 2> ports = {10000, 10002};
  for (int run = 0; run < runs; ++run) {
    const double before = cpu_seconds();
    const auto rendered =
        recording::render(dir.path(), test::document(ports, minutes * 60'000), {});
    const double took = cpu_seconds() - before;
    if (!rendered) return std::fprintf(stderr, "%s\n", rendered.error().text.c_str()), 1;
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    std::printf("render of %d min, two legs of G.711: %.3f s CPU, %.0f x real time\n", minutes,
                took, minutes * 60 / took);
  }
}
