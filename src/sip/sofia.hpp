// sofia-sip's headers, with its callback contexts as plain void pointers.
#pragma once

#define NTA_AGENT_MAGIC_T void
#define NTA_LEG_MAGIC_T void
#define NTA_INCOMING_MAGIC_T void
#define NTA_OUTGOING_MAGIC_T void
#define SU_ROOT_MAGIC_T void

#include <sofia-sip/msg_addr.h>
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/nta_tport.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/sip_util.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/su_wait.h>
#include <sofia-sip/tport.h>
#include <sofia-sip/tport_tag.h>
#include <sofia-sip/url.h>

#include <memory>

namespace srs::sip {

// A sofia memory home of our own; what was allocated in it dies with it.
struct HomeDeleter {
  void operator()(su_home_t* home) const { su_home_unref(home); }
};
using Home = std::unique_ptr<su_home_t, HomeDeleter>;

inline Home make_home() {
  return Home(static_cast<su_home_t*>(su_home_new(sizeof(su_home_t))));
}

// A reference to a message.
struct MessageDeleter {
  void operator()(msg_t* message) const { msg_destroy(message); }
};
using Message = std::unique_ptr<msg_t, MessageDeleter>;

// A reference to a transport: a listener or one connection of it.
struct TransportDeleter {
  void operator()(tport_t* transport) const { tport_unref(transport); }
};
using Transport = std::unique_ptr<tport_t, TransportDeleter>;

struct LegDeleter {
  void operator()(nta_leg_t* leg) const { nta_leg_destroy(leg); }
};
using Leg = std::unique_ptr<nta_leg_t, LegDeleter>;

}  // namespace srs::sip
