// The console as functions.
#include <string>

#include "vm/io/console.h"
#include "vm/natives/iodata.h"
#include "vm/natives/natives.h"
#include "vm/process/blocking.h"
#include "vm/term/inspect.h"
#include "vm/term/tuple.h"

namespace phial::natives {

namespace {

/// Waits until a console that is far behind has written everything.
class CatchUp final : public BlockingCall {
 public:
  explicit CatchUp(Console& console) : console_(console) {}
  void work() override { console_.flush_blocking(); }

 private:
  Console& console_;
};

/// Writes; the native that calls this returns what it returns and, after a wait, comes back through resumed().
Term put_bytes(Process& p, StreamId stream, std::string_view bytes) {
  p.charge(static_cast<int64_t>(bytes.size() / 64) + 2);
  Console* console = p.system->console;
  if (console == nullptr || console->write(stream, bytes)) return atoms::ok;
  return start_blocking(p, new CatchUp(*console));
}

/// Whether this is the second call of a native that had to wait; [result] is its answer then.
bool resumed(Process& p, Term& result) {
  BlockingCall* call = blocking_call(p);
  if (call == nullptr) return false;
  if (!call->done()) {
    result = p.wait_native();
    return true;
  }
  finish_blocking(p);
  result = atoms::ok;
  return true;
}

/// The stream behind a device, if it can be written to directly.
bool stream_of(Process& p, Term device, StreamId& stream) {
  const ProcessSystem& system = *p.system;
  if (device == atoms::standard_io) device = p.group_leader;
  else if (device.is_atom()) device = system.names.whereis(device);
  if (device.is_none() || !device.is_pid()) return false;
  if (device == system.user) stream = StreamId::Out;
  else if (device == system.standard_error) stream = StreamId::Error;
  else return false;
  return true;
}

bool stream_named(Term name, StreamId& stream) {
  if (name == atoms::user) stream = StreamId::Out;
  else if (name == atoms::standard_error) stream = StreamId::Error;
  else return false;
  return true;
}

}  // namespace

// write(device, chardata) -> :ok | :request (use the I/O protocol)
Term phial_io_write(Process& p, Term* a) {
  Term result;
  if (resumed(p, result)) return result;
  StreamId stream;
  if (!stream_of(p, a[0], stream)) return p.atoms().intern("request");
  if (is_binary(a[1])) {
    std::string scratch;
    std::string_view bytes = binary_bytes(a[1], scratch);
    if (utf8_valid(bytes)) return put_bytes(p, stream, bytes);
    return p.atoms().intern("request");
  }
  std::string text;
  // Malformed data goes the long way, where the server finds the words for it.
  if (!append_chardata(a[1], text)) return p.atoms().intern("request");
  return put_bytes(p, stream, text);
}

// put(:user | :standard_error, chardata) -> :ok | :error
Term phial_io_put(Process& p, Term* a) {
  Term result;
  if (resumed(p, result)) return result;
  StreamId stream;
  if (!stream_named(a[0], stream)) return p.raise_badarg();
  std::string text;
  if (!append_chardata(a[1], text)) return atoms::error;
  return put_bytes(p, stream, text);
}

// put_latin1(:user | :standard_error, chardata of bytes) -> :ok | :error; every byte is a character
Term phial_io_put_latin1(Process& p, Term* a) {
  Term result;
  if (resumed(p, result)) return result;
  StreamId stream;
  if (!stream_named(a[0], stream)) return p.raise_badarg();
  std::string bytes;
  if (!append_iodata(a[1], bytes)) return atoms::error;
  std::string text;
  for (char c : bytes) utf8_append(text, static_cast<unsigned char>(c));
  return put_bytes(p, stream, text);
}

// read_input() -> :ok; {:phial_input, binary | :eof | {:error, code}} follows as a message
Term phial_io_read_input(Process& p, Term*) {
  if (p.system->console == nullptr) return atoms::error;
  p.system->console->read_input(p.self);
  return atoms::ok;
}

// terminal_size() -> {columns, rows} | :error
Term phial_io_terminal_size(Process& p, Term*) {
  int columns = 0, rows = 0;
  if (p.system->console == nullptr || !p.system->console->terminal_size(columns, rows)) return atoms::error;
  return make_tuple(p.heap, {Term::fixnum(columns), Term::fixnum(rows)});
}

Term phial_io_is_terminal(Process& p, Term* a) {
  const Console* console = p.system->console;
  if (console == nullptr) return atoms::false_;
  return boolean(a[0] == atoms::user ? console->out_is_terminal() : console->in_is_terminal());
}

Term phial_io_flush(Process& p, Term*) {
  Term result;
  if (resumed(p, result)) return result;
  if (p.system->console == nullptr) return atoms::ok;
  return start_blocking(p, new CatchUp(*p.system->console));
}

Term erlang_display(Process& p, Term* a) {
  Term result;
  if (resumed(p, result)) return atoms::true_;
  constexpr size_t kLongest = 65536;
  result = put_bytes(p, StreamId::Out, inspect_term(a[0], p.atoms(), kLongest) + "\n");
  return result.is_none() ? result : atoms::true_;
}

Term erlang_display_string(Process& p, Term* a) {
  Term result;
  if (resumed(p, result)) return atoms::true_;
  std::string text;
  if (!append_chardata(a[0], text)) return p.raise_badarg();
  result = put_bytes(p, StreamId::Out, text);
  return result.is_none() ? result : atoms::true_;
}

Term erlang_display_nl(Process& p, Term*) {
  Term result;
  if (resumed(p, result)) return atoms::true_;
  result = put_bytes(p, StreamId::Out, "\n");
  return result.is_none() ? result : atoms::true_;
}

}  // namespace phial::natives
