#include "pch/pch.hpp"
