#include "util/http_client/easy.hpp"

#include <srs/util/text.hpp>

#include <algorithm>
#include <cstdio>

namespace srs {
namespace {

using Kind = HttpFailure::Kind;

// RFC 9110 §5.6.2
bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

// RFC 9110 §5.5: a tab is the one control character of a field's value.
bool is_field_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == 0x7F;
  });
}

bool has_header(const HttpRequest& request, std::string_view name) {
  return std::any_of(request.headers.begin(), request.headers.end(),
                     [&](const auto& header) { return iequals(header.first, name); });
}

curl::Url parsed(const std::string& url) {
  curl::Url handle(curl_url());
  if (curl_url_set(handle.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) handle.reset();
  return handle;
}

std::string part_of(const curl::Url& url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

std::size_t read_upload(char* to, std::size_t size, std::size_t count, void* upload) {
  return static_cast<Upload*>(upload)->read(to, size * count);
}

int seek_upload(void* upload, curl_off_t position, int origin) {
  const bool done = origin == SEEK_SET && position >= 0 &&
                    static_cast<Upload*>(upload)->seek(static_cast<std::uint64_t>(position));
  return done ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

class Configuration {
 public:
  Configuration(CURL* easy, const HttpRequest& request, const HttpClient::Options& options,
                Upload* upload)
      : easy_(easy), request_(request), options_(options), upload_(upload) {}

  curl::List apply() {
    where();
    limits();
    tls();
    body();
    set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    headers();
    return std::move(headers_);
  }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(easy_, option, value);
  }

  void where() {
    set(CURLOPT_URL, request_.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    set(CURLOPT_USERAGENT, options_.user_agent.c_str());
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    // Else a request that is given up while its name is looked up waits for the resolver's thread,
    // and the io_context with it.
    set(CURLOPT_QUICK_EXIT, 1L);
    if (options_.proxy) set(CURLOPT_PROXY, options_.proxy->c_str());
    if (request_.compressed) set(CURLOPT_ACCEPT_ENCODING, "");
  }

  void limits() {
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request_.connect_timeout.count()));
    set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request_.max_response_bytes));
    if (request_.low_speed_bytes == 0) return;
    set(CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(request_.low_speed_bytes));
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(request_.low_speed_time.count()));
  }

  void tls() {
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    const auto& ca = request_.ca_file.empty() ? options_.ca_file : request_.ca_file;
    if (!ca.empty()) {
      set(CURLOPT_CAINFO, ca.c_str());
      set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));  // those authorities and no others
    }
    if (request_.client_certificate.empty()) return;
    const auto& key =
        request_.client_key.empty() ? request_.client_certificate : request_.client_key;
    set(CURLOPT_SSLCERT, request_.client_certificate.c_str());
    set(CURLOPT_SSLKEY, key.c_str());
  }

  void body() {
    const auto* text = std::get_if<std::string>(&request_.body);
    const bool awaited =
        request_.method == "POST" || request_.method == "PUT" || request_.method == "PATCH";
    if (upload_ != nullptr) {
      stream();
    } else if (text != nullptr || awaited) {
      send(text == nullptr ? std::string_view() : *text);
    } else {
      set(request_.method == "HEAD" ? CURLOPT_NOBODY : CURLOPT_HTTPGET, 1L);
    }
  }

  void send(std::string_view text) {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(text.size()));
    set(CURLOPT_POSTFIELDS, text.empty() ? "" : text.data());
  }

  void stream() {
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(upload_->size()));
    set(CURLOPT_READFUNCTION, &read_upload);
    set(CURLOPT_READDATA, upload_);
    set(CURLOPT_SEEKFUNCTION, &seek_upload);
    set(CURLOPT_SEEKDATA, upload_);
  }

  void headers() {
    add("Expect:");  // many servers let a client wait a second for the 100 that they never send
    if (upload_ != nullptr && !upload_->content_type().empty()) {
      add("Content-Type: " + upload_->content_type());
    } else if (!has_header(request_, "Content-Type")) {
      add("Content-Type:");  // libcurl's own would be application/x-www-form-urlencoded
    }
    for (const auto& [name, value] : request_.headers) {
      // A semicolon is how libcurl is told to send a header without a value.
      add(value.empty() ? name + ";" : name + ": " + value);
    }
    set(CURLOPT_HTTPHEADER, headers_.get());
  }

  void add(const std::string& line) {
    if (curl_slist* longer = curl_slist_append(headers_.get(), line.c_str())) {
      static_cast<void>(headers_.release());
      headers_.reset(longer);
    }
  }

  CURL* easy_;
  const HttpRequest& request_;
  const HttpClient::Options& options_;
  Upload* upload_;
  curl::List headers_;
};

}  // namespace

boost::system::result<std::string, HttpFailure> origin_of(const std::string& url) {
  const auto handle = url.find('\0') == std::string::npos ? parsed(url) : nullptr;
  if (!handle) return HttpFailure{Kind::InvalidUrl, "the URL can't be read"};
  const auto scheme = part_of(handle, CURLUPART_SCHEME);
  const auto host = part_of(handle, CURLUPART_HOST);
  if (scheme != "http" && scheme != "https") {
    return HttpFailure{Kind::InvalidUrl, "the URL is neither http:// nor https://"};
  }
  return scheme + "://" + to_lower(host) + ":" + part_of(handle, CURLUPART_PORT);
}

std::optional<HttpFailure> check_request(const HttpRequest& request) {
  if (!is_token(request.method)) {
    return HttpFailure{Kind::InvalidRequest, "the method is no token"};
  }
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name)) return HttpFailure{Kind::InvalidRequest, "a header's name is no token"};
    if (!is_field_value(value)) {
      return HttpFailure{Kind::InvalidRequest,
                         "the header " + name + " contains control characters"};
    }
  }
  const auto* form = std::get_if<std::vector<HttpPart>>(&request.body);
  for (const auto& part : form == nullptr ? std::vector<HttpPart>() : *form) {
    if (!is_field_value(part.content_type)) {
      return HttpFailure{Kind::InvalidRequest, "a part's type contains control characters"};
    }
  }
  return std::nullopt;
}

curl::List configure(CURL* easy, const HttpRequest& request, const HttpClient::Options& options,
                     Upload* upload) {
  return Configuration(easy, request, options, upload).apply();
}

}  // namespace srs
