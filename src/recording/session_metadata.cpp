#include "recording/session_metadata.hpp"

#include "recording/attribution.hpp"

#include <srs/storage/files.hpp>

#include <cstdio>
#include <utility>

namespace srs::recording {
namespace {

constexpr unsigned kMaxKept = 999;  // rs-metadata files of one recording

}  // namespace

SessionMetadata::SessionMetadata(Document& document, SessionNotes& notes, Archive* archive,
                                 const std::filesystem::path& directory, log::Logger log)
    : document_(document),
      notes_(notes),
      archive_(archive),
      directory_(directory),
      log_(std::move(log)) {}

void SessionMetadata::take(const Carried& carried, tracing::Span parsing) {
  keep(*carried.metadata);
  parsing.set("siprec.bytes", carried.metadata->size());
  auto parsed = siprec::parse_metadata(*carried.metadata, carried.metadata_charset);
  if (!parsed) parsing.fail(parsed.error().text);
  parsing.end();
  if (!parsed) {
    attribute();
    return notes_.warn(Warning::Metadata, "metadata: " + parsed.error().text);
  }
  notes_.warn(Warning::Metadata, parsed->warnings);
  known_ = siprec::merge(known_, *parsed);
  any_ = true;
  attribute();
  const std::string mode = parsed->mode == siprec::DataMode::Partial ? "partial" : "complete";
  notes_.note("metadata", mode);
  log_.info("session_metadata", {{"mode", mode},
                                 {"bytes", carried.metadata->size()},
                                 {"participants", document_.participants.size()}});
}

void SessionMetadata::attribute() {
  if (any_) recording::attribute(document_, known_, notes_.now_ms());
}

// Only now: SDP and metadata may come in either order, and an ACK may name the streams.
void SessionMetadata::end(const Cnames& cnames) {
  const auto told = document_.warnings.size();
  if (any_) warn_of_unnamed_streams(document_, known_);
  warn_of_unknown_speakers(document_, known_);
  if (any_) warn_of_contradicting_cnames(document_, cnames);
  notes_.tell_since(Warning::Metadata, told);
}

void SessionMetadata::keep(const std::string& metadata) {
  if (archive_ == nullptr || kept_ >= kMaxKept) return;
  char name[32];
  std::snprintf(name, sizeof name, "rs-metadata-%03u.xml", ++kept_);
  document_.files.push_back(
      {name, "application/rs-metadata+xml", metadata.size(), storage::sha256_of(metadata)});
  archive_->store(directory_, name, metadata);
}

}  // namespace srs::recording
