// The metadata documents of one session.
#pragma once

#include "recording/admission.hpp"
#include "recording/archive.hpp"
#include "recording/cnames.hpp"
#include "recording/session_notes.hpp"

#include <srs/log/logger.hpp>
#include <srs/recording/document.hpp>
#include <srs/siprec/metadata.hpp>
#include <srs/tracing/span.hpp>

#include <filesystem>

namespace srs::recording {

// Reads the documents that the SRC sends in the course of a session (RFC 7866 §9.1), merges what
// they say, and puts it into the session's document. Document, notes, archive and directory outlive
// it.
class SessionMetadata {
 public:
  // `archive` keeps each document as it came, in what `directory` is then; null: none is kept.
  SessionMetadata(Document& document, SessionNotes& notes, Archive* archive,
                  const std::filesystem::path& directory, log::Logger log);

  // `carried` has metadata. One that can't be read costs a warning. `parsing` is their span.
  void take(const Carried& carried, tracing::Span parsing);
  // Streams came, went or were named anew: says of those that are there who sends them.
  void attribute();

  // Once no more of them can come. `cnames`: of the sources, as SDP named them.
  void end(const Cnames& cnames);

 private:
  void keep(const std::string& metadata);

  Document& document_;
  SessionNotes& notes_;
  Archive* archive_;
  const std::filesystem::path& directory_;
  log::Logger log_;
  siprec::Metadata known_;
  bool any_ = false;
  unsigned kept_ = 0;
};

}  // namespace srs::recording
