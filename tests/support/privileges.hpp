// Rights that a test has and the server mostly has not.
#pragma once

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

namespace srs::test {

// Takes it (CAP_NET_ADMIN) from this thread, and from the threads and programs that it starts; for
// good.
inline void drop_right(unsigned capability) {
  ::prctl(PR_CAPBSET_DROP, capability);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> rights{};
  if (::syscall(SYS_capget, &header, rights.data()) != 0) return;
  for (auto* each : {&rights[0].effective, &rights[0].permitted, &rights[0].inheritable})
    *each &= ~(1U << capability);
  ::syscall(SYS_capset, &header, rights.data());
}

}  // namespace srs::test
