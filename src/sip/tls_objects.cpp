#include "sip/tls_objects.hpp"

#include "sip/convert.hpp"
#include "sip/sofia.hpp"

#include <dlfcn.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <memory>
#include <mutex>
#include <thread>
#include <unordered_set>
#include <utility>

// How sofia ends a connection (tls_free(), tport_tls.c): SSL_shutdown, SSL_CTX_free, BIO_free, and
// the memory home of the connection's context goes. It never calls SSL_free, and of what it does
// free the SSL object still holds references that nobody took for sofia: one of the SSL_CTX, one of
// the BIO. Freeing the SSL object alone would free the listener's SSL_CTX under all others.
namespace srs::sip {
namespace {

// Lives in the memory home of sofia's context, and ends with it.
struct Keeper {
  su_home_t home[1];
  SSL* ssl;  // null once somebody freed it
  SSL_CTX* context;
  BIO* bio;
  std::chrono::steady_clock::time_point since;
  std::thread::id thread;
};

// Of all threads that run a stack: one in the server, several in tests.
struct Keepers {
  std::mutex mutex;
  std::unordered_set<Keeper*> all;
};

Keepers& keepers() {
  static auto& keepers = *new Keepers;  // sofia may end connections after static destructors
  return keepers;
}

// Has read the chain that connections show; null: none was asked for.
std::shared_ptr<SSL_CTX>& chain_holder() {
  static auto& holder = *new std::shared_ptr<SSL_CTX>;
  return holder;
}

void show_chain(SSL* ssl) {
  STACK_OF(X509)* chain = nullptr;
  if (const auto& holder = chain_holder()) SSL_CTX_get0_chain_certs(holder.get(), &chain);
  if (chain != nullptr) SSL_set1_chain(ssl, chain);
}

// The last SSL object that this thread made.
thread_local SSL* last_made = nullptr;

void on_made(void* ssl, void*, CRYPTO_EX_DATA*, int, long, void*) {
  last_made = static_cast<SSL*>(ssl);
}

void on_freed(void*, void* keeper, CRYPTO_EX_DATA*, int, long, void*) {
  if (keeper != nullptr) static_cast<Keeper*>(keeper)->ssl = nullptr;
}

int keeper_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, on_made, nullptr, on_freed);
  return index;
}

void release(void* self) {
  auto& keeper = *static_cast<Keeper*>(self);
  {
    const std::lock_guard lock(keepers().mutex);
    keepers().all.erase(&keeper);
  }
  if (SSL* ssl = std::exchange(keeper.ssl, nullptr)) {
    SSL_set_ex_data(ssl, keeper_index(), nullptr);
    SSL_free(ssl);
  } else {  // by a sofia that does it itself, and takes no references of others
    SSL_CTX_free(keeper.context);
    BIO_free(keeper.bio);
  }
}

// `home`: of sofia's context for the connection of `ssl`.
void keep(su_home_t* home, SSL* ssl) {
  auto* keeper = static_cast<Keeper*>(su_home_clone(home, sizeof(Keeper)));
  if (keeper == nullptr) return;
  keeper->ssl = ssl;
  keeper->context = SSL_get_SSL_CTX(ssl);
  keeper->bio = SSL_get_rbio(ssl);
  SSL_CTX_up_ref(keeper->context);
  BIO_up_ref(keeper->bio);
  SSL_set_ex_data(ssl, keeper_index(), keeper);
  keeper->since = std::chrono::steady_clock::now();
  keeper->thread = std::this_thread::get_id();
  su_home_destructor(keeper->home, &release);
  const std::lock_guard lock(keepers().mutex);
  keepers().all.insert(keeper);
}

std::string peer_of(int socket) {
  su_sockaddr_t address{};
  socklen_t length = sizeof address;
  const bool known = ::getpeername(socket, &address.su_sa, &length) == 0;
  return known ? to_text(address) : std::string();
}

}  // namespace

void free_tls_objects_with_connections() {
  static_cast<void>(keeper_index());
}

void show_chain_of(const std::filesystem::path& pem) {
  std::shared_ptr<SSL_CTX> holder(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  if (holder && SSL_CTX_use_certificate_chain_file(holder.get(), pem.c_str()) != 1) {
    ERR_clear_error();
    holder.reset();
  }
  chain_holder() = std::move(holder);
}

std::vector<std::string> end_overdue_handshakes(std::chrono::milliseconds limit) {
  std::vector<std::string> peers;
  const auto due = std::chrono::steady_clock::now() - limit;
  const std::lock_guard lock(keepers().mutex);
  for (auto* keeper : keepers().all) {
    if (keeper->thread != std::this_thread::get_id() || keeper->since > due) continue;
    if (keeper->ssl == nullptr || SSL_is_init_finished(keeper->ssl) != 0) continue;
    const int socket = SSL_get_fd(keeper->ssl);
    keeper->since = std::chrono::steady_clock::time_point::max();  // once
    peers.push_back(peer_of(socket));
    ::shutdown(socket, SHUT_RDWR);  // sofia hears of it as of a peer that hung up
  }
  return peers;
}

}  // namespace srs::sip

// Stands before sofia's own function of this name, which makes the context of a connection: a
// struct that begins with its memory home. Null where it could not.
extern "C" su_home_t* tls_init_secondary(su_home_t* listener, int socket, int accepted) {
  using Original = su_home_t* (*)(su_home_t*, int, int);
  static const auto original = reinterpret_cast<Original>(::dlsym(RTLD_NEXT, "tls_init_secondary"));
  srs::sip::last_made = nullptr;
  su_home_t* context = original != nullptr ? original(listener, socket, accepted) : nullptr;
  SSL* ssl = std::exchange(srs::sip::last_made, nullptr);
  if (context != nullptr && ssl != nullptr) {
    srs::sip::keep(context, ssl);
    srs::sip::show_chain(ssl);
  }
  return context;
}
