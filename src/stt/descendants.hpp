// The children of a program, wherever they went.
#pragma once

#include <cstddef>
#include <string>

namespace srs::stt {

// A new `NAME=value` for a program's environment: whatever it starts inherits it, in sessions of
// their own and without a parent too.
std::string new_mark();

// Kills all processes whose environment at their start had `mark`; how many. Blocks: reads /proc.
// Those of other users, and whoever was started with a cleared environment, are not found.
std::size_t kill_marked(const std::string& mark);

}  // namespace srs::stt
