#include "sip/tls_objects.hpp"

#include "sip/sofia.hpp"

#include <dlfcn.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>

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
};

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
  su_home_destructor(keeper->home, &release);
}

}  // namespace

void free_tls_objects_with_connections() {
  static_cast<void>(keeper_index());
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
  if (context != nullptr && ssl != nullptr) srs::sip::keep(context, ssl);
  return context;
}
