#include "vm/code/image.h"

#include <cstring>

#include "vm/term/atom.h"

namespace phial {

// Layout: magic, count, then per module (sorted by name) five 32-bit numbers: name offset, name size, bytes offset, bytes
// size, 0; then names and bytes.
namespace {
constexpr char kMagic[8] = {'p', 'h', 'i', 'a', 'l', 'i', 'm', '1'};
constexpr size_t kHeader = sizeof(kMagic) + 4;
constexpr size_t kRow = 16;

uint32_t read32(std::string_view bytes, size_t at) {
  uint32_t v;
  std::memcpy(&v, bytes.data() + at, 4);
  return v;
}
void put32(std::string& out, size_t v) {
  auto n = static_cast<uint32_t>(v);
  out.append(reinterpret_cast<const char*>(&n), 4);
}
}  // namespace

std::string write_image(const std::map<std::string, std::string>& modules) {
  std::string out(kMagic, sizeof(kMagic));
  put32(out, modules.size());
  size_t at = kHeader + modules.size() * kRow;
  for (const auto& [name, bytes] : modules) {
    put32(out, at);
    put32(out, name.size());
    put32(out, at + name.size());
    put32(out, bytes.size());
    at += name.size() + bytes.size();
  }
  for (const auto& [name, bytes] : modules) {
    out += name;
    out += bytes;
  }
  return out;
}

ImageSource::ImageSource(std::string_view image, AtomTable& atoms) : atoms_(atoms) {
  if (image.size() < kHeader || std::memcmp(image.data(), kMagic, sizeof(kMagic)) != 0) return;
  uint32_t count = read32(image, sizeof(kMagic));
  if (image.size() < kHeader + uint64_t{count} * kRow) return;
  image_ = image;
  count_ = count;
}

bool ImageSource::find(Term module, Found& out) {
  std::string_view wanted = atoms_.text(module);
  uint32_t low = 0, high = count_;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    size_t row = kHeader + middle * kRow;
    std::string_view name = image_.substr(read32(image_, row), read32(image_, row + 4));
    int order = name.compare(wanted);
    if (order == 0) {
      out.bytes = image_.substr(read32(image_, row + 8), read32(image_, row + 12));
      out.trusted = true;
      return true;
    }
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return false;
}

}  // namespace phial
