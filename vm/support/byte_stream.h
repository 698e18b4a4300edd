// Growing output and bounds-checked input of bytes, with variable-length integers (seven bits a byte, least
// significant first). A ByteReader that ran over the end or met nonsense stays failed and answers zeros, so that
// callers check once.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace phial {

class ByteWriter {
 public:
  void byte(uint8_t v) { out_.push_back(static_cast<char>(v)); }
  void bytes(const void* data, size_t n) { out_.append(static_cast<const char*>(data), n); }
  void varint(uint64_t v) {
    for (; v >= 0x80; v >>= 7) byte(static_cast<uint8_t>(v | 0x80));
    byte(static_cast<uint8_t>(v));
  }
  void signed_varint(int64_t v) { varint((static_cast<uint64_t>(v) << 1) ^ static_cast<uint64_t>(v >> 63)); }
  void text(std::string_view s) {
    varint(s.size());
    bytes(s.data(), s.size());
  }
  std::string take() { return std::move(out_); }
  const std::string& view() const { return out_; }

 private:
  std::string out_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool failed() const { return failed_; }
  void fail() {
    failed_ = true;
    at_ = end_;
  }
  size_t left() const { return static_cast<size_t>(end_ - at_); }

  uint8_t byte() {
    if (at_ == end_) return fail(), 0;
    return static_cast<uint8_t>(*at_++);
  }
  std::string_view bytes(size_t n) {
    if (n > left()) return fail(), std::string_view();
    std::string_view piece(at_, n);
    at_ += n;
    return piece;
  }
  uint64_t varint() {
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      uint8_t b = byte();
      v |= static_cast<uint64_t>(b & 0x7f) << shift;
      if (!(b & 0x80)) return v;
    }
    return fail(), 0;
  }
  int64_t signed_varint() {
    uint64_t v = varint();
    return static_cast<int64_t>(v >> 1) ^ -static_cast<int64_t>(v & 1);
  }
  std::string_view text() { return bytes(varint()); }
  /// A count of things that take at least one byte each, so that hostile counts cannot make callers reserve much.
  size_t count() {
    uint64_t n = varint();
    if (n > left()) return fail(), 0;
    return n;
  }
  uint32_t u32() {
    uint64_t v = varint();
    if (v > UINT32_MAX) return fail(), 0;
    return static_cast<uint32_t>(v);
  }
  uint16_t u16() {
    uint64_t v = varint();
    if (v > UINT16_MAX) return fail(), 0;
    return static_cast<uint16_t>(v);
  }

 private:
  const char* at_;
  const char* end_;
  bool failed_ = false;
};

}  // namespace phial
