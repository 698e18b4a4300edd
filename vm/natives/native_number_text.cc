// Numbers to text and back.
#include <string>

#include "vm/natives/iodata.h"
#include "vm/natives/natives.h"
#include "vm/process/process.h"
#include "vm/term/bignum.h"
#include "vm/term/float.h"
#include "vm/term/list.h"
#include "vm/term/number_print.h"
#include "vm/term/tuple.h"

namespace phial::natives {

namespace {

Term charlist(Process& p, std::string_view ascii) {
  Term out = Term::nil_list();
  for (size_t i = ascii.size(); i-- > 0;) out = make_cons(p.heap, Term::fixnum(static_cast<unsigned char>(ascii[i])), out);
  return out;
}

/// Text of an integer in a base of 2..36, upper case; false for other arguments.
bool integer_text(Process& p, Term integer, Term base, std::string& out) {
  if (!integer.is_integer() || !base.is_fixnum() || base.as_fixnum() < 2 || base.as_fixnum() > 36) return false;
  if (integer.is_bignum()) p.charge(static_cast<int64_t>(header::words(integer.header())));
  out = integer_to_text(integer, static_cast<int>(base.as_fixnum()));
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return true;
}

Term integer_of(Process& p, std::string_view text, Term base) {
  if (!base.is_fixnum() || base.as_fixnum() < 2 || base.as_fixnum() > 36) return p.raise_badarg();
  p.charge(static_cast<int64_t>(text.size() / 8));
  Term result = integer_from_text(p.heap, text, static_cast<int>(base.as_fixnum()));
  return result.is_none() ? p.raise_badarg() : result;
}

bool read_binary(Term t, std::string& out) {
  if (!is_binary(t)) return false;
  std::string scratch;
  out = binary_bytes(t, scratch);
  return true;
}
bool read_charlist(Term t, std::string& out) {
  for (; t.is_cons(); t = t.tail()) {
    if (!t.head().is_fixnum() || t.head().as_fixnum() < 0 || t.head().as_fixnum() > 127) return false;
    out += static_cast<char>(t.head().as_fixnum());
  }
  return t.is_nil_list();
}

const Term kTen = Term::fixnum(10);

}  // namespace

Term erlang_integer_to_binary_base(Process& p, Term* a) {
  std::string text;
  return integer_text(p, a[0], a[1], text) ? make_binary(p.heap, text) : p.raise_badarg();
}
Term erlang_integer_to_binary(Process& p, Term* a) {
  Term args[] = {a[0], kTen};
  return erlang_integer_to_binary_base(p, args);
}
Term erlang_integer_to_list_base(Process& p, Term* a) {
  std::string text;
  return integer_text(p, a[0], a[1], text) ? charlist(p, text) : p.raise_badarg();
}
Term erlang_integer_to_list(Process& p, Term* a) {
  Term args[] = {a[0], kTen};
  return erlang_integer_to_list_base(p, args);
}
Term erlang_binary_to_integer_base(Process& p, Term* a) {
  std::string text;
  return read_binary(a[0], text) ? integer_of(p, text, a[1]) : p.raise_badarg();
}
Term erlang_binary_to_integer(Process& p, Term* a) {
  std::string text;
  return read_binary(a[0], text) ? integer_of(p, text, kTen) : p.raise_badarg();
}
Term erlang_list_to_integer_base(Process& p, Term* a) {
  std::string text;
  return read_charlist(a[0], text) ? integer_of(p, text, a[1]) : p.raise_badarg();
}
Term erlang_list_to_integer(Process& p, Term* a) {
  std::string text;
  return read_charlist(a[0], text) ? integer_of(p, text, kTen) : p.raise_badarg();
}

namespace {

/// Options of float_to_binary/2: {:decimals, n}, {:scientific, n}, :compact, :short; the last form given counts.
bool float_text(Process& p, Term number, Term options, std::string& out) {
  if (!number.is_float()) return false;
  enum class Form { Scientific, Decimals, Short } form = Form::Scientific;
  int digits = 20;
  bool compact = false;
  for (; options.is_cons(); options = options.tail()) {
    Term o = options.head();
    if (o.is_atom()) {
      std::string_view name = p.atoms().text(o);
      if (name == "compact") compact = true;
      else if (name == "short") form = Form::Short;
      else return false;
    } else if (is_tuple_of(o, 2) && tuple_at(o, 0).is_atom() && tuple_at(o, 1).is_fixnum()) {
      std::string_view name = p.atoms().text(tuple_at(o, 0));
      int64_t n = tuple_at(o, 1).as_fixnum();
      if (name == "decimals" && n >= 0 && n <= 253) form = Form::Decimals;
      else if (name == "scientific" && n >= 0 && n <= 249) form = Form::Scientific;
      else return false;
      digits = static_cast<int>(n);
    } else {
      return false;
    }
  }
  if (!options.is_nil_list()) return false;
  double value = float_value(number);
  out = form == Form::Short ? float_to_shortest(value)
        : form == Form::Decimals ? float_to_decimals(value, digits, compact)
                                 : float_to_scientific(value, digits);
  return true;
}

Term float_of(Process& p, std::string_view text) {
  auto value = float_from_text(text);
  return value ? make_float(p.heap, *value) : p.raise_badarg();
}

}  // namespace

Term erlang_float_to_binary_options(Process& p, Term* a) {
  std::string text;
  return float_text(p, a[0], a[1], text) ? make_binary(p.heap, text) : p.raise_badarg();
}
Term erlang_float_to_binary(Process& p, Term* a) {
  Term args[] = {a[0], Term::nil_list()};
  return erlang_float_to_binary_options(p, args);
}
Term erlang_float_to_list_options(Process& p, Term* a) {
  std::string text;
  return float_text(p, a[0], a[1], text) ? charlist(p, text) : p.raise_badarg();
}
Term erlang_float_to_list(Process& p, Term* a) {
  Term args[] = {a[0], Term::nil_list()};
  return erlang_float_to_list_options(p, args);
}
Term erlang_binary_to_float(Process& p, Term* a) {
  std::string text;
  return read_binary(a[0], text) ? float_of(p, text) : p.raise_badarg();
}
Term erlang_list_to_float(Process& p, Term* a) {
  std::string text;
  return read_charlist(a[0], text) ? float_of(p, text) : p.raise_badarg();
}

}  // namespace phial::natives
