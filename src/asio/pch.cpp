#include "asio/pch.hpp"
