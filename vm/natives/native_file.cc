// :phial_file: paths and directories; whole files.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vm/natives/file_native.h"
#include "vm/natives/natives.h"
#include "vm/term/bignum.h"
#include "vm/term/map.h"

namespace phial::natives {

namespace {

struct PosixRow {
  int number;
  const char* name;
  const char* text;
};
constexpr PosixRow kPosix[] = {
#define POSIX(number, name, text) {number, #name, text},
#include "vm/natives/posix_errors.def"
#undef POSIX
};

/// A native that changes something about one path.
Term path_only(Process& p, Term* a, FileCall::Body body) {
  return file_call(p, body, [&](FileCall& c) { return path_of(p, a[0], c.path); }, ok_answer);
}
Term two_paths(Process& p, Term* a, FileCall::Body body) {
  return file_call(p, body, [&](FileCall& c) { return path_of(p, a[0], c.path) && path_of(p, a[1], c.other); }, ok_answer);
}

bool number_of(Term t, int64_t& out) {
  if (!t.is_fixnum()) return false;
  out = t.as_fixnum();
  return true;
}

}  // namespace

Term posix_atom(Process& p, int error) {
  // A directory that is not empty exists, as OTP sees it.
  if (error == ENOTEMPTY) error = EEXIST;
  for (const PosixRow& row : kPosix) {
    if (row.number == error) return p.atoms().intern(row.name);
  }
  return p.atoms().intern("unknown");
}

Term file_format_error(Process& p, Term* a) {
  if (a[0].is_atom()) {
    for (const PosixRow& row : kPosix) {
      if (p.atoms().text(a[0]) == row.name) return make_binary(p.heap, row.text);
    }
  }
  return atoms::nil;
}

Term file_read_file(Process& p, Term* a) {
  auto body = [](FileCall& c) {
    int fd = ::open(c.path.c_str(), O_RDONLY | O_CLOEXEC);
    if (!c.check(fd < 0)) return;
    if (c.check(::fstat(fd, &c.info) < 0)) {
      if (S_ISDIR(c.info.st_mode)) c.error = EISDIR;
      // The size is only a hint: files of /proc have none.
      size_t room = static_cast<size_t>(c.info.st_size) + 1;
      size_t size = 0;
      while (c.error == 0) {
        if (size == c.bytes.size()) c.bytes.resize(size == 0 ? room : std::max<size_t>(2 * size, 4096));
        ssize_t n = ::read(fd, c.bytes.data() + size, c.bytes.size() - size);
        if (n < 0 && errno == EINTR) continue;
        if (!c.check(n < 0) || n == 0) break;
        size += static_cast<size_t>(n);
      }
      c.bytes.resize(size);
    }
    ::close(fd);
  };
  return file_call(p, body, [&](FileCall& c) { return path_of(p, a[0], c.path); }, bytes_answer);
}

/// [a[2]]: bit 0 append, bit 1 exclusive, bit 2 sync.
Term file_write_file(Process& p, Term* a) {
  auto body = [](FileCall& c) {
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC | ((c.a & 1) ? O_APPEND : O_TRUNC) | ((c.a & 2) ? O_EXCL : 0);
    int fd = ::open(c.path.c_str(), flags, 0666);
    if (!c.check(fd < 0)) return;
    c.error = write_all(fd, c.data, -1);
    if (c.error == 0 && (c.a & 4)) c.check(::fsync(fd) < 0);
    if (::close(fd) < 0 && c.error == 0) c.error = errno;
  };
  return file_call(p, body,
                   [&](FileCall& c) {
                     return path_of(p, a[0], c.path) && append_iodata(a[1], c.data) && number_of(a[2], c.a);
                   },
                   ok_answer);
}

Term file_list_dir(Process& p, Term* a) {
  auto body = [](FileCall& c) {
    DIR* dir = ::opendir(c.path.c_str());
    if (!c.check(dir == nullptr)) return;
    while (dirent* entry = ::readdir(dir)) {
      std::string_view name = entry->d_name;
      if (name != "." && name != "..") c.names.emplace_back(name);
    }
    ::closedir(dir);
  };
  return file_call(p, body, [&](FileCall& c) { return path_of(p, a[0], c.path); },
                   [](Process& p, FileCall& c) {
                     ListBuilder list(p.heap);
                     for (const std::string& name : c.names) list.push(make_binary(p.heap, name));
                     return make_tuple(p.heap, {atoms::ok, list.finish()});
                   });
}

Term file_make_dir(Process& p, Term* a) {
  return path_only(p, a, [](FileCall& c) { c.check(::mkdir(c.path.c_str(), 0777) < 0); });
}
Term file_del_dir(Process& p, Term* a) {
  return path_only(p, a, [](FileCall& c) { c.check(::rmdir(c.path.c_str()) < 0); });
}
Term file_delete(Process& p, Term* a) {
  return path_only(p, a, [](FileCall& c) {
    // A directory is not a file to be deleted: OTP says eperm.
    if (!c.check(::unlink(c.path.c_str()) < 0) && c.error == EISDIR) c.error = EPERM;
  });
}
Term file_set_cwd(Process& p, Term* a) {
  return path_only(p, a, [](FileCall& c) { c.check(::chdir(c.path.c_str()) < 0); });
}
Term file_rename(Process& p, Term* a) {
  return two_paths(p, a, [](FileCall& c) {
    struct stat from, to;
    bool onto_dir = ::stat(c.other.c_str(), &to) == 0 && S_ISDIR(to.st_mode) && ::stat(c.path.c_str(), &from) == 0 &&
                    !S_ISDIR(from.st_mode);
    if (onto_dir) c.error = EISDIR;
    else c.check(::rename(c.path.c_str(), c.other.c_str()) < 0);
  });
}
Term file_make_symlink(Process& p, Term* a) {
  return two_paths(p, a, [](FileCall& c) { c.check(::symlink(c.path.c_str(), c.other.c_str()) < 0); });
}
Term file_make_link(Process& p, Term* a) {
  return two_paths(p, a, [](FileCall& c) { c.check(::link(c.path.c_str(), c.other.c_str()) < 0); });
}

Term file_get_cwd(Process& p, Term*) {
  auto body = [](FileCall& c) {
    c.bytes.resize(4096);
    if (c.check(::getcwd(c.bytes.data(), c.bytes.size()) == nullptr)) c.bytes.resize(c.bytes.find('\0'));
  };
  return file_call(p, body, [](FileCall&) { return true; }, bytes_answer);
}

Term file_read_link(Process& p, Term* a) {
  auto body = [](FileCall& c) {
    c.bytes.resize(4096);
    ssize_t n = ::readlink(c.path.c_str(), c.bytes.data(), c.bytes.size());
    if (c.check(n < 0)) c.bytes.resize(static_cast<size_t>(n));
  };
  return file_call(p, body, [&](FileCall& c) { return path_of(p, a[0], c.path); }, bytes_answer);
}

/// {:ok, bytes} after copying up to a[2] bytes (all when negative).
Term file_copy(Process& p, Term* a) {
  auto body = [](FileCall& c) {
    int from = ::open(c.path.c_str(), O_RDONLY | O_CLOEXEC);
    if (!c.check(from < 0)) return;
    if (c.check(::fstat(from, &c.info) < 0) && S_ISDIR(c.info.st_mode)) c.error = EISDIR;
    if (c.error == 0) {
      int to = ::open(c.other.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
      if (c.check(to < 0)) {
        c.error = copy_bytes(from, to, c.a, c.number);
        if (::close(to) < 0 && c.error == 0) c.error = errno;
      }
    }
    ::close(from);
  };
  return file_call(p, body,
                   [&](FileCall& c) {
                     return path_of(p, a[0], c.path) && path_of(p, a[1], c.other) && number_of(a[2], c.a);
                   },
                   number_answer);
}

namespace {

const char* type_name(mode_t mode) {
  if (S_ISREG(mode)) return "regular";
  if (S_ISDIR(mode)) return "directory";
  if (S_ISLNK(mode)) return "symlink";
  if (S_ISCHR(mode) || S_ISBLK(mode)) return "device";
  return "other";
}

Term stat_answer(Process& p, FileCall& c) {
  const struct stat& s = c.info;
  auto number = [&](auto n) { return make_integer(p.heap, static_cast<int64_t>(n)); };
  const char* access = c.readable && c.writable ? "read_write" : c.readable ? "read" : c.writable ? "write" : "none";
  Term fields[] = {number(s.st_size), p.atoms().intern(type_name(s.st_mode)), p.atoms().intern(access),
                   number(s.st_atime), number(s.st_mtime), number(s.st_ctime), number(s.st_mode), number(s.st_nlink),
                   number(s.st_dev), number(s.st_rdev), number(s.st_ino), number(s.st_uid), number(s.st_gid)};
  return make_tuple(p.heap, {atoms::ok, phial::make_tuple(p.heap, std::span<const Term>(fields))});
}

}  // namespace

/// {:ok, {size, type, access, atime, mtime, ctime, mode, links, device, rdev, inode, uid, gid}}, times in Unix seconds.
/// a[1]: whether symbolic links are followed.
Term file_stat(Process& p, Term* a) {
  auto body = [](FileCall& c) {
    int failed = c.a != 0 ? ::stat(c.path.c_str(), &c.info) : ::lstat(c.path.c_str(), &c.info);
    if (!c.check(failed < 0)) return;
    c.readable = ::access(c.path.c_str(), R_OK) == 0;
    c.writable = ::access(c.path.c_str(), W_OK) == 0;
  };
  return file_call(p, body,
                   [&](FileCall& c) {
                     c.a = a[1] == atoms::true_;
                     return path_of(p, a[0], c.path);
                   },
                   stat_answer);
}

Term file_chmod(Process& p, Term* a) {
  auto body = [](FileCall& c) { c.check(::chmod(c.path.c_str(), static_cast<mode_t>(c.a & 07777)) < 0); };
  return file_call(p, body, [&](FileCall& c) { return path_of(p, a[0], c.path) && number_of(a[1], c.a); }, ok_answer);
}

Term file_chown(Process& p, Term* a) {
  auto body = [](FileCall& c) {
    c.check(::chown(c.path.c_str(), static_cast<uid_t>(c.a), static_cast<gid_t>(c.b)) < 0);
  };
  return file_call(p, body,
                   [&](FileCall& c) {
                     return path_of(p, a[0], c.path) && number_of(a[1], c.a) && number_of(a[2], c.b);
                   },
                   ok_answer);
}

Term file_utime(Process& p, Term* a) {
  auto body = [](FileCall& c) {
    timespec times[2] = {{static_cast<time_t>(c.a), 0}, {static_cast<time_t>(c.b), 0}};
    c.check(::utimensat(AT_FDCWD, c.path.c_str(), times, 0) < 0);
  };
  return file_call(p, body,
                   [&](FileCall& c) {
                     return path_of(p, a[0], c.path) && number_of(a[1], c.a) && number_of(a[2], c.b);
                   },
                   ok_answer);
}

}  // namespace phial::natives
