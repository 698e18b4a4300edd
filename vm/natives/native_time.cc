// Clocks, calendars, timers, unique integers. All time comes from the runtime's Environment.
#include "vm/natives/natives.h"
#include "vm/process/mailbox.h"
#include "vm/process/system.h"
#include "vm/process/timers.h"
#include "vm/term/bignum.h"
#include "vm/term/tuple.h"

namespace phial::natives {

namespace {

/// Parts of a second the unit stands for; 0 when it is no unit. The native unit is the nanosecond.
int64_t parts_per_second(Term unit) {
  if (unit.is_fixnum()) return unit.as_fixnum() > 0 ? unit.as_fixnum() : 0;
  if (unit == atoms::second || unit == atoms::seconds) return 1;
  if (unit == atoms::millisecond || unit == atoms::milli_seconds) return 1'000;
  if (unit == atoms::microsecond || unit == atoms::micro_seconds) return 1'000'000;
  if (unit == atoms::nanosecond || unit == atoms::nano_seconds || unit == atoms::native || unit == atoms::perf_counter) {
    return 1'000'000'000;
  }
  return 0;
}

int64_t floor_div(__int128 a, int64_t b) {
  __int128 q = a / b;
  return static_cast<int64_t>(q - (a % b < 0 ? 1 : 0));
}

Term in_unit(Process& p, int64_t ns, Term unit) {
  int64_t parts = parts_per_second(unit);
  if (parts == 0) return p.raise_badarg();
  if (parts == 1'000'000'000) return make_integer(p.heap, ns);
  return make_integer(p.heap, floor_div(static_cast<__int128>(ns) * parts, 1'000'000'000));
}

int64_t monotonic(Process& p) { return p.system->environment.monotonic_ns(); }
int64_t wall(Process& p) { return p.system->environment.system_ns(); }

// Civil dates, proleptic Gregorian.

/// Days from 1970-01-01 to the date.
int64_t days_from_civil(int64_t y, int64_t m, int64_t d) {
  y -= m <= 2;
  int64_t era = (y >= 0 ? y : y - 399) / 400;
  int64_t year_of_era = y - era * 400;
  int64_t day_of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

CivilTime civil_from_seconds(int64_t seconds) {
  int64_t days = floor_div(seconds, 86'400);
  int64_t rest = seconds - days * 86'400;
  int64_t z = days + 719'468;
  int64_t era = (z >= 0 ? z : z - 146'096) / 146'097;
  int64_t doe = z - era * 146'097;
  int64_t yoe = (doe - doe / 1460 + doe / 36'524 - doe / 146'096) / 365;
  int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  int64_t mp = (5 * doy + 2) / 153;
  int month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
  return {static_cast<int>(yoe + era * 400 + (month <= 2)), month, static_cast<int>(doy - (153 * mp + 2) / 5 + 1),
          static_cast<int>(rest / 3600), static_cast<int>(rest / 60 % 60), static_cast<int>(rest % 60)};
}

int64_t seconds_from_civil(const CivilTime& t) {
  return days_from_civil(t.year, t.month, t.day) * 86'400 + t.hour * 3600 + t.minute * 60 + t.second;
}

Term date_term(Process& p, const CivilTime& t) {
  return make_tuple(p.heap, {Term::fixnum(t.year), Term::fixnum(t.month), Term::fixnum(t.day)});
}
Term time_term(Process& p, const CivilTime& t) {
  return make_tuple(p.heap, {Term::fixnum(t.hour), Term::fixnum(t.minute), Term::fixnum(t.second)});
}
Term civil_term(Process& p, const CivilTime& t) { return make_tuple(p.heap, {date_term(p, t), time_term(p, t)}); }

bool small(Term t, int64_t low, int64_t high, int& out) {
  if (!t.is_fixnum() || t.as_fixnum() < low || t.as_fixnum() > high) return false;
  out = static_cast<int>(t.as_fixnum());
  return true;
}

/// {{y, m, d}, {h, m, s}} with all parts in range.
bool civil_from(Term t, CivilTime& out) {
  if (!is_tuple_of(t, 2) || !is_tuple_of(tuple_at(t, 0), 3) || !is_tuple_of(tuple_at(t, 1), 3)) return false;
  Term d = tuple_at(t, 0), h = tuple_at(t, 1);
  if (!small(tuple_at(d, 0), 1, 100'000, out.year) || !small(tuple_at(d, 1), 1, 12, out.month) ||
      !small(tuple_at(d, 2), 1, 31, out.day) || !small(tuple_at(h, 0), 0, 23, out.hour) ||
      !small(tuple_at(h, 1), 0, 59, out.minute) || !small(tuple_at(h, 2), 0, 59, out.second)) {
    return false;
  }
  CivilTime normal = civil_from_seconds(seconds_from_civil(out));
  return normal.month == out.month;  // no 31st of February
}

}  // namespace

Term erlang_monotonic_time(Process& p, Term*) { return make_integer(p.heap, monotonic(p)); }
Term erlang_monotonic_time_unit(Process& p, Term* a) { return in_unit(p, monotonic(p), a[0]); }
Term erlang_system_time(Process& p, Term*) { return make_integer(p.heap, wall(p)); }
Term erlang_system_time_unit(Process& p, Term* a) { return in_unit(p, wall(p), a[0]); }
Term erlang_time_offset(Process& p, Term*) { return make_integer(p.heap, wall(p) - monotonic(p)); }
Term erlang_time_offset_unit(Process& p, Term* a) { return in_unit(p, wall(p) - monotonic(p), a[0]); }

Term erlang_timestamp(Process& p, Term*) {
  int64_t us = wall(p) / 1000;
  return make_tuple(p.heap, {Term::fixnum(us / 1'000'000'000'000), Term::fixnum(us / 1'000'000 % 1'000'000),
                             Term::fixnum(us % 1'000'000)});
}

Term erlang_convert_time_unit(Process& p, Term* a) {
  int64_t from = parts_per_second(a[1]), to = parts_per_second(a[2]);
  if (!a[0].is_integer() || from == 0 || to == 0) return p.raise_badarg();
  if (a[0].is_fixnum() && to <= 1'000'000'000) {
    __int128 scaled = static_cast<__int128>(a[0].as_fixnum()) * to;
    return make_integer(p.heap, floor_div(scaled, from));
  }
  Term scaled = integer_mul(p.heap, a[0], make_integer(p.heap, to));
  Term divisor = make_integer(p.heap, from);
  Term quotient = integer_div(p.heap, scaled, divisor);
  Term rest = integer_rem(p.heap, scaled, divisor);
  if (integer_compare(rest, Term::fixnum(0)) < 0) quotient = integer_sub(p.heap, quotient, Term::fixnum(1));
  return quotient;
}

Term erlang_unique_integer(Process& p, Term*) {
  uint64_t n = next_number(p.scheduler->uniques, &Environment::take_unique_block, p.system->environment);
  return make_integer(p.heap, Term::kFixnumMin / 4 + static_cast<int64_t>(n));
}

Term erlang_unique_integer_options(Process& p, Term* a) {
  bool positive = false, monotonic_order = false;
  Term options = a[0];
  for (; options.is_cons(); options = options.tail()) {
    if (options.head() == atoms::positive) positive = true;
    else if (options.head() == atoms::monotonic) monotonic_order = true;
    else return p.raise_badarg();
  }
  if (!options.is_nil_list()) return p.raise_badarg();
  uint64_t n = monotonic_order
                   ? p.system->environment.take_monotonic_unique()
                   : next_number(p.scheduler->uniques, &Environment::take_unique_block, p.system->environment);
  int64_t value = static_cast<int64_t>(n);
  return make_integer(p.heap, positive ? value : Term::kFixnumMin / 4 + value);
}

Term erlang_localtime(Process& p, Term*) {
  return civil_term(p, p.system->environment.to_local(floor_div(wall(p), 1'000'000'000)));
}
Term erlang_universaltime(Process& p, Term*) {
  return civil_term(p, civil_from_seconds(floor_div(wall(p), 1'000'000'000)));
}
Term erlang_date(Process& p, Term*) {
  return date_term(p, p.system->environment.to_local(floor_div(wall(p), 1'000'000'000)));
}
Term erlang_time(Process& p, Term*) {
  return time_term(p, p.system->environment.to_local(floor_div(wall(p), 1'000'000'000)));
}

Term erlang_localtime_to_universaltime(Process& p, Term* a) {
  // The arity is that of the called row: a[1] is there only when it was given, and read only if it is a known atom.
  CivilTime t;
  if (!civil_from(a[0], t)) return p.raise_badarg();
  return civil_term(p, civil_from_seconds(p.system->environment.from_local(t, -1)));
}
Term erlang_universaltime_to_localtime(Process& p, Term* a) {
  CivilTime t;
  if (!civil_from(a[0], t)) return p.raise_badarg();
  return civil_term(p, p.system->environment.to_local(seconds_from_civil(t)));
}
Term erlang_universaltime_to_posixtime(Process& p, Term* a) {
  CivilTime t;
  return civil_from(a[0], t) ? make_integer(p.heap, seconds_from_civil(t)) : p.raise_badarg();
}
Term erlang_posixtime_to_universaltime(Process& p, Term* a) {
  constexpr int64_t kFarthest = int64_t{1} << 42;
  if (!a[0].is_fixnum() || a[0].as_fixnum() > kFarthest || a[0].as_fixnum() < -kFarthest) return p.raise_badarg();
  return civil_term(p, civil_from_seconds(a[0].as_fixnum()));
}

// Timers.

namespace {

constexpr int64_t kFarthestMs = int64_t{1} << 42;

/// [abs: boolean]
bool timer_options(Term options, bool& absolute) {
  for (; options.is_cons(); options = options.tail()) {
    Term o = options.head();
    if (!is_tuple_of(o, 2) || tuple_at(o, 0) != atoms::abs) return false;
    Term value = tuple_at(o, 1);
    if (value != atoms::true_ && value != atoms::false_) return false;
    absolute = value == atoms::true_;
  }
  return options.is_nil_list();
}

Term arm(Process& p, Term time, Term target, Term message, bool absolute, bool wrap) {
  if (!time.is_fixnum() || time.as_fixnum() > kFarthestMs) return p.raise_badarg();
  if (time.as_fixnum() < (absolute ? -kFarthestMs : 0)) return p.raise_badarg();
  if (!target.is_pid() && !target.is_atom()) return p.raise_badarg();
  Ref ref{next_reference_id(p), 0};
  note_reference(p, ref.id);
  if (p.exiting()) return p.yield_native();
  Term reference = make_reference(p.heap, ref);
  if (wrap) message = make_tuple(p.heap, {atoms::timeout, reference, message});
  int64_t due = time.as_fixnum() * 1'000'000 + (absolute ? 0 : monotonic(p));
  p.scheduler->timers->arm_message(ref.id, due, target, new_message(*p.system, message));
  return reference;
}

/// Milliseconds of a time left, rounded up; false when there is none.
Term left_term(Process& p, int64_t ns) {
  return ns < 0 ? atoms::false_ : make_integer(p.heap, (ns + 999'999) / 1'000'000);
}

int64_t cancel(Process& p, Term reference) {
  uint64_t id = Ref::from(reference).id;
  TimerService* timers = p.system->timers_at(static_cast<uint32_t>(id >> kReferenceIndexShift));
  return timers == nullptr ? -1 : timers->cancel_message(id, monotonic(p));
}

Term read(Process& p, Term reference) {
  uint64_t id = Ref::from(reference).id;
  TimerService* timers = p.system->timers_at(static_cast<uint32_t>(id >> kReferenceIndexShift));
  return left_term(p, timers == nullptr ? -1 : timers->read_message(id, monotonic(p)));
}

/// [async: boolean, info: boolean]
bool cancel_options(Term options, bool& async, bool& info) {
  for (; options.is_cons(); options = options.tail()) {
    Term o = options.head();
    if (!is_tuple_of(o, 2)) return false;
    Term value = tuple_at(o, 1);
    if (value != atoms::true_ && value != atoms::false_) return false;
    if (tuple_at(o, 0) == atoms::async) async = value == atoms::true_;
    else if (tuple_at(o, 0) == atoms::info) info = value == atoms::true_;
    else return false;
  }
  return options.is_nil_list();
}

void tell_self(Process& p, Term tag, Term reference, Term result) {
  Term message = make_tuple(p.heap, {tag, reference, result});
  deliver(*p.system, p.scheduler, p, new_message(*p.system, message));
}

}  // namespace

Term erlang_send_after(Process& p, Term* a) { return arm(p, a[0], a[1], a[2], false, false); }
Term erlang_send_after_options(Process& p, Term* a) {
  bool absolute = false;
  return timer_options(a[3], absolute) ? arm(p, a[0], a[1], a[2], absolute, false) : p.raise_badarg();
}
Term erlang_start_timer(Process& p, Term* a) { return arm(p, a[0], a[1], a[2], false, true); }
Term erlang_start_timer_options(Process& p, Term* a) {
  bool absolute = false;
  return timer_options(a[3], absolute) ? arm(p, a[0], a[1], a[2], absolute, true) : p.raise_badarg();
}

Term erlang_cancel_timer(Process& p, Term* a) {
  return a[0].is_reference() ? left_term(p, cancel(p, a[0])) : p.raise_badarg();
}

Term erlang_cancel_timer_options(Process& p, Term* a) {
  bool async = false, info = true;
  if (!a[0].is_reference() || !cancel_options(a[1], async, info)) return p.raise_badarg();
  Term result = left_term(p, cancel(p, a[0]));
  if (async && info) tell_self(p, atoms::cancel_timer, a[0], result);
  return async || !info ? atoms::ok : result;
}

Term erlang_read_timer(Process& p, Term* a) { return a[0].is_reference() ? read(p, a[0]) : p.raise_badarg(); }

Term erlang_read_timer_options(Process& p, Term* a) {
  bool async = false, info = true;
  if (!a[0].is_reference() || !cancel_options(a[1], async, info)) return p.raise_badarg();
  Term result = read(p, a[0]);
  if (!async) return result;
  tell_self(p, p.atoms().intern("read_timer"), a[0], result);
  return atoms::ok;
}

}  // namespace phial::natives
