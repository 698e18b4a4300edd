// :phial_zlib: compressing and decompressing. A step takes input and gives all output it makes; it yields between pieces.
#include <zlib.h>

#include <mutex>

#include "vm/term/off_heap.h"
#include "vm/natives/iodata.h"
#include "vm/natives/natives.h"
#include "vm/process/process.h"
#include "vm/process/system.h"
#include "vm/term/tuple.h"

namespace phial::natives {

namespace {

class ZStream final : public Resource {
 public:
  ~ZStream() override { end(); }
  void end() {
    if (!open) return;
    if (deflates) deflateEnd(&stream);
    else inflateEnd(&stream);
    open = ended = under_way = false;
    stream = {};
  }
  static const char kType;
  const void* type() const override { return &kType; }
  const char* type_name() const override { return "zlib"; }
  size_t bytes() const override { return size_t{1} << 16; }

  std::mutex mutex;
  z_stream stream = {};
  bool deflates = false, open = false, ended = false;
  // A step that was interrupted: what is still to be taken in, and what has come out.
  std::string in, out;
  bool under_way = false;
};
const char ZStream::kType = 0;

ZStream* stream_of(Term t) {
  if (!t.is_kind(Kind::Resource)) return nullptr;
  Resource* r = resource_of(t);
  return r->type() == &ZStream::kType ? static_cast<ZStream*>(r) : nullptr;
}

}  // namespace

Term zlib_open(Process& p, Term*) {
  auto* z = new ZStream;
  z->number = next_reference_id(p);
  return make_resource(p.heap, z);
}

/// stream, deflate?, level, window bits -> :ok
Term zlib_init(Process& p, Term* a) {
  ZStream* z = stream_of(a[0]);
  if (z == nullptr || !a[2].is_fixnum() || !a[3].is_fixnum()) return p.raise_badarg();
  std::lock_guard lock(z->mutex);
  if (z->open) return p.raise_badarg();
  z->deflates = a[1] == atoms::true_;
  int level = static_cast<int>(a[2].as_fixnum()), bits = static_cast<int>(a[3].as_fixnum());
  int result = z->deflates ? deflateInit2(&z->stream, level, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY)
                           : inflateInit2(&z->stream, bits);
  z->open = result == Z_OK;
  return z->open ? atoms::ok : p.raise_badarg();
}

/// Ends the stream; whether it had come to its end.
Term zlib_end_stream(Process& p, Term* a) {
  ZStream* z = stream_of(a[0]);
  if (z == nullptr) return p.raise_badarg();
  std::lock_guard lock(z->mutex);
  if (!z->open) return p.raise_badarg();
  bool ended = z->ended;
  z->end();
  return boolean(ended);
}

/// stream, iodata, flush (0 no, 2 sync, 3 full, 4 finish) -> {bytes, ended?} | :error
Term zlib_step(Process& p, Term* a) {
  constexpr size_t kPiece = 32 * 1024;
  ZStream* z = stream_of(a[0]);
  if (z == nullptr || !a[2].is_fixnum()) return p.raise_badarg();
  std::lock_guard lock(z->mutex);
  if (!z->open) return p.raise_badarg();
  if (!z->under_way) {
    z->in.clear();
    z->out.clear();
    if ((!a[1].is_list() && !is_binary(a[1])) || !append_iodata(a[1], z->in)) return p.raise_badarg();
    z->stream.next_in = reinterpret_cast<Bytef*>(z->in.data());
    z->stream.avail_in = static_cast<uInt>(z->in.size());
    z->under_way = true;
  }
  for (;;) {
    size_t had = z->out.size();
    z->out.resize(had + kPiece);
    z->stream.next_out = reinterpret_cast<Bytef*>(z->out.data() + had);
    z->stream.avail_out = kPiece;
    int result = z->deflates ? deflate(&z->stream, static_cast<int>(a[2].as_fixnum())) : inflate(&z->stream, Z_NO_FLUSH);
    size_t made = kPiece - z->stream.avail_out;
    z->out.resize(had + made);
    p.charge(static_cast<int64_t>(1 + made / 64));
    if (result == Z_STREAM_END) z->ended = true;
    bool full = made == kPiece;
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
      z->under_way = false;
      return atoms::error;
    }
    if (z->ended || !full) break;
    if (p.out_of_reductions()) return p.yield_native();
  }
  z->under_way = false;
  return make_tuple(p.heap, {make_binary(p.heap, z->out), boolean(z->ended)});
}

Term zlib_reset(Process& p, Term* a) {
  ZStream* z = stream_of(a[0]);
  if (z == nullptr) return p.raise_badarg();
  std::lock_guard lock(z->mutex);
  if (!z->open) return p.raise_badarg();
  if (z->deflates) deflateReset(&z->stream);
  else inflateReset(&z->stream);
  z->ended = z->under_way = false;
  return atoms::ok;
}

}  // namespace phial::natives
