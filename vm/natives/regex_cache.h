// Compiled regular expressions of one runtime. A pattern term, {:re_pattern, groups, unicode, crlf, key}, names its entry by a binary
// key made of options and source, so that patterns are plain data: they can be literals, be sent and be stored. Safe from any
// thread; entries live as long as the runtime.
#pragma once

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace phial {

struct CompiledRegex {
  pcre2_code* code = nullptr;
  uint32_t options = 0;
  std::atomic<uint32_t> uses{0};
  std::atomic<bool> translated{false};
  ~CompiledRegex() {
    if (code) pcre2_code_free(code);
  }
};

class RegexCache {
 public:
  RegexCache();
  ~RegexCache();
  RegexCache(const RegexCache&) = delete;
  RegexCache& operator=(const RegexCache&) = delete;
  /// The entry of [key] ("options:source"), compiled when new; null and the error's number and byte offset when it is bad.
  CompiledRegex* get(const std::string& key, uint32_t options, std::string_view source, int& error, size_t& offset);

 private:
  static constexpr uint32_t kUsesBeforeTranslation = 16;
  std::mutex mutex_;
  std::unordered_map<std::string, std::unique_ptr<CompiledRegex>> entries_;
  const uint8_t* tables_;
  pcre2_compile_context* context_;
};

}  // namespace phial
