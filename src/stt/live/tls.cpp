// Asio's TLS is compiled here and nowhere else.
#include <boost/asio/ssl.hpp>
#include <boost/asio/ssl/impl/src.hpp>
