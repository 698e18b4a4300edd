// Checksums through zlib.
#include <zlib.h>

#include "vm/natives/iodata.h"
#include "vm/natives/natives.h"
#include "vm/process/process.h"

namespace phial::natives {

namespace {

using Checksum = uLong (*)(uLong, const Bytef*, z_size_t);

bool read_sum(Term t, uLong& out) {
  if (!t.is_fixnum() || t.as_fixnum() < 0 || t.as_fixnum() > 0xffffffff) return false;
  out = static_cast<uLong>(t.as_fixnum());
  return true;
}

Term checksum(Process& p, uLong start, Term data, Checksum sum) {
  std::string bytes;
  if ((!data.is_list() && !is_binary(data)) || !append_iodata(data, bytes)) return p.raise_badarg();
  p.charge(static_cast<int64_t>(bytes.size() / 64));
  return Term::fixnum(static_cast<int64_t>(sum(start, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size())));
}

Term checksum_from(Process& p, Term* a, Checksum sum) {
  uLong start;
  return read_sum(a[0], start) ? checksum(p, start, a[1], sum) : p.raise_badarg();
}

Term combine(Process& p, Term* a, uLong (*join)(uLong, uLong, z_off_t)) {
  uLong first, second, size;
  if (!read_sum(a[0], first) || !read_sum(a[1], second) || !read_sum(a[2], size)) return p.raise_badarg();
  return Term::fixnum(static_cast<int64_t>(join(first, second, static_cast<z_off_t>(size))));
}

}  // namespace

Term erlang_crc32(Process& p, Term* a) { return checksum(p, 0, a[0], crc32_z); }
Term erlang_crc32_from(Process& p, Term* a) { return checksum_from(p, a, crc32_z); }
Term erlang_crc32_combine(Process& p, Term* a) { return combine(p, a, ::crc32_combine); }
Term erlang_adler32(Process& p, Term* a) { return checksum(p, 1, a[0], adler32_z); }
Term erlang_adler32_from(Process& p, Term* a) { return checksum_from(p, a, adler32_z); }
Term erlang_adler32_combine(Process& p, Term* a) { return combine(p, a, ::adler32_combine); }

}  // namespace phial::natives
