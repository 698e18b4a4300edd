// :phial_file: open files.
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "vm/natives/file_native.h"
#include "vm/natives/natives.h"

namespace phial::natives {

namespace {

/// A step on an open file, under its lock.
template <int (*kStep)(FileCall&, FileHandle&)>
void on_handle(FileCall& c) {
  std::lock_guard lock(c.handle->mutex);
  c.error = c.handle->fd < 0 ? EINVAL : kStep(c, *c.handle);
}

Term with_handle(Process& p, Term* a, FileCall::Body body, Term (*answer)(Process&, FileCall&)) {
  return file_call(p, body, [&](FileCall& c) { return take_handle(a[0], c); }, answer);
}

/// {:ok, bytes}, or :eof.
Term bytes_or_eof(Process& p, FileCall& c) { return c.end ? atoms::eof : bytes_answer(p, c); }

bool size_of(Term t, int64_t& out) {
  out = t.is_fixnum() ? t.as_fixnum() : -1;
  return out >= 0;
}

int read_step(FileCall& c, FileHandle& h) {
  auto wanted = static_cast<size_t>(c.a);
  bool end = false;
  while (h.left() < wanted && !end) {
    if (int error = h.fill(wanted - h.left(), end)) return error;
  }
  size_t n = std::min(wanted, h.left());
  c.bytes.assign(h.ahead, h.used, n);
  h.used += n;
  c.end = n == 0 && wanted > 0;
  return 0;
}

/// Takes a line, with its new line, from what was read ahead; false when it is not all there.
bool take_line(FileHandle& h, size_t& searched, std::string& line) {
  size_t at = h.ahead.find('\n', h.used + searched);
  if (at == std::string::npos) {
    searched = h.left();
    return false;
  }
  line.assign(h.ahead, h.used, at + 1 - h.used);
  h.used = at + 1;
  return true;
}

int read_line_step(FileCall& c, FileHandle& h) {
  size_t searched = 0;
  bool end = false;
  while (!take_line(h, searched, c.bytes)) {
    if (end) {
      c.bytes.assign(h.ahead, h.used);
      h.used = h.ahead.size();
      c.end = c.bytes.empty();
      return 0;
    }
    if (int error = h.fill(1, end)) return error;
  }
  return 0;
}

/// At least one line, and as many more as are at hand.
int read_lines_step(FileCall& c, FileHandle& h) {
  if (int error = read_line_step(c, h)) return error;
  if (c.end) return 0;
  c.names.push_back(std::move(c.bytes));
  std::string line;
  size_t searched = 0;
  while (take_line(h, searched, line)) {
    c.names.push_back(std::move(line));
    searched = 0;
  }
  return 0;
}

int pread_step(FileCall& c, FileHandle& h) {
  c.bytes.resize(static_cast<size_t>(c.b));
  size_t done = 0;
  while (done < c.bytes.size()) {
    ssize_t n = ::pread(h.fd, c.bytes.data() + done, c.bytes.size() - done, c.a + static_cast<off_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    if (n == 0) break;
    done += static_cast<size_t>(n);
  }
  c.bytes.resize(done);
  c.end = done == 0 && c.b > 0;
  return 0;
}

int write_step(FileCall& c, FileHandle& h) {
  if (int error = h.settle()) return error;
  return write_all(h.fd, c.data, -1);
}

int pwrite_step(FileCall& c, FileHandle& h) {
  if (int error = h.settle()) return error;
  return write_all(h.fd, c.data, c.a);
}

int position_step(FileCall& c, FileHandle& h) {
  if (int error = h.settle()) return error;
  off_t at = ::lseek(h.fd, c.b, c.a == 0 ? SEEK_SET : c.a == 1 ? SEEK_CUR : SEEK_END);
  c.number = at;
  return at < 0 ? errno : 0;
}

int truncate_step(FileCall&, FileHandle& h) {
  if (int error = h.settle()) return error;
  off_t at = ::lseek(h.fd, 0, SEEK_CUR);
  return at < 0 || ::ftruncate(h.fd, at) < 0 ? errno : 0;
}

int sync_step(FileCall&, FileHandle& h) { return ::fsync(h.fd) < 0 ? errno : 0; }

int close_step(FileCall&, FileHandle& h) {
  int fd = h.fd;
  h.fd = -1;
  h.ahead.clear();
  h.used = 0;
  return ::close(fd) < 0 ? errno : 0;
}

}  // namespace

/// a[1]: bit 0 read, bit 1 write, bit 2 append, bit 3 exclusive, bit 4 sync, bit 5 directory.
Term file_open(Process& p, Term* a) {
  auto body = [](FileCall& c) {
    bool read = c.a & 1, write = c.a & 2, append = c.a & 4, directory = c.a & 32;
    int flags = O_CLOEXEC | (write || append ? (read ? O_RDWR : O_WRONLY) : O_RDONLY);
    if (write || append) flags |= O_CREAT;
    if (append) flags |= O_APPEND;
    else if (write && !read) flags |= O_TRUNC;
    if (c.a & 8) flags |= O_EXCL | O_CREAT;
    if (c.a & 16) flags |= O_SYNC;
    int fd = ::open(c.path.c_str(), flags, 0666);
    if (!c.check(fd < 0)) return;
    if (!directory && c.check(::fstat(fd, &c.info) < 0) && S_ISDIR(c.info.st_mode)) c.error = EISDIR;
    if (c.error != 0) {
      ::close(fd);
      return;
    }
    c.handle = new FileHandle(fd, append);
  };
  return file_call(p, body, [&](FileCall& c) { return path_of(p, a[0], c.path) && size_of(a[1], c.a); },
                   [](Process& p, FileCall& c) {
                     FileHandle* handle = c.handle;
                     c.handle = nullptr;
                     handle->number = next_reference_id(p);
                     return make_tuple(p.heap, {atoms::ok, make_resource(p.heap, handle)});
                   });
}

Term file_close(Process& p, Term* a) { return with_handle(p, a, on_handle<close_step>, ok_answer); }
Term file_sync(Process& p, Term* a) { return with_handle(p, a, on_handle<sync_step>, ok_answer); }
Term file_truncate(Process& p, Term* a) { return with_handle(p, a, on_handle<truncate_step>, ok_answer); }
Term file_read_line(Process& p, Term* a) { return with_handle(p, a, on_handle<read_line_step>, bytes_or_eof); }

Term file_read_lines(Process& p, Term* a) {
  return with_handle(p, a, on_handle<read_lines_step>, [](Process& p, FileCall& c) {
    if (c.end) return atoms::eof;
    ListBuilder list(p.heap);
    for (const std::string& line : c.names) list.push(make_binary(p.heap, line));
    p.charge(static_cast<int64_t>(c.names.size()));
    return make_tuple(p.heap, {atoms::ok, list.finish()});
  });
}

Term file_read(Process& p, Term* a) {
  return file_call(p, on_handle<read_step>, [&](FileCall& c) { return take_handle(a[0], c) && size_of(a[1], c.a); },
                   bytes_or_eof);
}

Term file_pread(Process& p, Term* a) {
  return file_call(p, on_handle<pread_step>,
                   [&](FileCall& c) { return take_handle(a[0], c) && size_of(a[1], c.a) && size_of(a[2], c.b); },
                   bytes_or_eof);
}

Term file_write(Process& p, Term* a) {
  return file_call(p, on_handle<write_step>, [&](FileCall& c) { return take_handle(a[0], c) && append_iodata(a[1], c.data); },
                   ok_answer);
}

Term file_pwrite(Process& p, Term* a) {
  return file_call(p, on_handle<pwrite_step>,
                   [&](FileCall& c) { return take_handle(a[0], c) && size_of(a[1], c.a) && append_iodata(a[2], c.data); },
                   ok_answer);
}

/// a[1]: from the beginning (0), from here (1), from the end (2).
Term file_position(Process& p, Term* a) {
  return file_call(p, on_handle<position_step>,
                   [&](FileCall& c) {
                     if (!a[2].is_fixnum()) return false;
                     c.b = a[2].as_fixnum();
                     return take_handle(a[0], c) && size_of(a[1], c.a);
                   },
                   number_answer);
}

}  // namespace phial::natives
