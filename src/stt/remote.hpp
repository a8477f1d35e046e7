// A piece as its provider knows it.
#pragma once

#include "stt/audio.hpp"
#include "stt/job_parts.hpp"
#include "stt/providers/provider.hpp"

#include <srs/stt/pool.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace srs::stt {

// Of Progress::remote.
std::string remote_key(std::size_t number, std::string_view provider);
// The providers that know the piece.
std::vector<std::string> working_on(const Progress& progress, std::size_t number);
// All but its sound and language.
Request described(const Job& job, const Piece& piece, std::size_t number);

}  // namespace srs::stt
