// Who reads the metrics. Calls that a shutdown cuts count in the last moments of the process, and
// in the next one again unless whoever keeps the figures has seen them.
#pragma once

#include <srs/http/server.hpp>
#include <srs/recording/service.hpp>

namespace srs::app {

// Prometheus and those that scrape in its place name a format of it in Accept, or say how long they
// wait; who merely looks, by curl or a browser, keeps nothing.
bool is_scrape(const http::Request& request);

class MetricsReaders {
 public:
  // Somebody asked for /metrics, and gets them now.
  void asked(const http::Request& request, recording::Service& service);
  // They are collected for New Relic, which took them where taken() follows. Where Prometheus
  // scrapes, too, its alerts come first: it is told again, though New Relic counts them twice.
  void collected(const recording::Service& service) { collected_ = service.tells_of_cut(); }
  void taken(recording::Service& service);

 private:
  bool scraped_ = false;    // ever
  bool collected_ = false;  // those of calls that were cut
};

}  // namespace srs::app
