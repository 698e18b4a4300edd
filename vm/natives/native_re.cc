// :re. Matching runs PCRE2 with a limit on its work, so that a catastrophic pattern ends; the work is charged by subject size.
#include <cstring>
#include <vector>

#include "vm/natives/iodata.h"
#include "vm/natives/natives.h"
#include "vm/natives/regex_cache.h"
#include "vm/process/process.h"
#include "vm/natives/native_state.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial {

namespace {

/// Character tables in which letters beyond ASCII are those of Latin-1, as patterns without the unicode option see them.
const uint8_t* latin1_tables() {
  // Layout of PCRE2's tables: lower case, other case, classes as bit sets, character types.
  constexpr size_t kLower = 0, kFlip = 256, kClasses = 512, kTypes = 512 + 320;
  constexpr size_t kUpperSet = 96, kLowerSet = 128, kWordSet = 160, kGraphSet = 192, kPrintSet = 224;
  constexpr uint8_t kTypeLetter = 0x02, kTypeLower = 0x04, kTypeWord = 0x10;
  auto* t = const_cast<uint8_t*>(pcre2_maketables(nullptr));
  auto put = [t](size_t set, unsigned c) { t[kClasses + set + c / 8] |= static_cast<uint8_t>(1u << (c & 7)); };
  for (unsigned c = 0xA1; c <= 0xFF; ++c) {
    put(kGraphSet, c);
    put(kPrintSet, c);
    bool upper = c >= 0xC0 && c <= 0xDE && c != 0xD7;
    bool lower = (c >= 0xDF && c != 0xF7) || c == 0xAA || c == 0xB5 || c == 0xBA;
    if (!upper && !lower) continue;
    put(kWordSet, c);
    put(upper ? kUpperSet : kLowerSet, c);
    t[kTypes + c] |= kTypeLetter | kTypeWord | (lower ? kTypeLower : 0);
    if (upper) {
      t[kLower + c] = static_cast<uint8_t>(c + 32);
      t[kFlip + c] = static_cast<uint8_t>(c + 32);
    } else if (c >= 0xE0 && c != 0xFF) {
      t[kFlip + c] = static_cast<uint8_t>(c - 32);
    }
  }
  return t;
}

}  // namespace

RegexCache::RegexCache() : tables_(latin1_tables()), context_(pcre2_compile_context_create(nullptr)) {
  pcre2_set_character_tables(context_, tables_);
}

RegexCache::~RegexCache() {
  entries_.clear();
  pcre2_compile_context_free(context_);
  pcre2_maketables_free(nullptr, tables_);
}

CompiledRegex* RegexCache::get(const std::string& key, uint32_t options, std::string_view source, int& error,
                               size_t& offset) {
  std::lock_guard lock(mutex_);
  std::unique_ptr<CompiledRegex>& entry = entries_[key];
  if (!entry) {
    auto fresh = std::make_unique<CompiledRegex>();
    fresh->options = options;
    fresh->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(source.data()), source.size(), options, &error, &offset, context_);
    if (!fresh->code) {
      entries_.erase(key);
      return nullptr;
    }
    entry = std::move(fresh);
  }
  if (entry->uses.fetch_add(1, std::memory_order_relaxed) == kUsesBeforeTranslation) pcre2_jit_compile(entry->code, PCRE2_JIT_COMPLETE);
  return entry.get();
}

namespace natives {
namespace {

constexpr uint32_t kMatchLimit = 10'000'000;

/// Messages as the older PCRE words them, where it differs; Elixir's errors show these.
const char* classic_message(int error) {
  switch (error) {
    case 109: return "nothing to repeat";
    case 114: return "missing )";
    case 122: return "unmatched parentheses";
    case 104: return "numbers out of order in {} quantifier";
    case 105: return "number too big in {} quantifier";
    case 106: return "missing terminating ] for character class";
    case 107: return "invalid escape sequence in character class";
    case 111: return "unrecognized character after (? or (?-";
    case 112: return "POSIX named classes are supported only within a class";
    case 115: return "reference to non-existent subpattern";
    case 124: return "unrecognized character after (?<";
    case 125: return "lookbehind assertion is not fixed length";
    case 130: return "unknown POSIX class name";
    case 142: return "syntax error in subpattern name (missing terminator)";
    case 143: return "two named subpatterns have the same name";
    default: return nullptr;
  }
}

struct RunOptions {
  uint32_t compile = 0;
  uint32_t match = 0;
  bool global = false;
  bool report_errors = false;
  uint64_t offset = 0;
  Term what;             // atom or list
  Term type;             // index, list, binary
  bool no_result = false;
};

bool read_flag(std::string_view name, RunOptions& o) {
  if (name == "unicode") o.compile |= PCRE2_UTF;
  else if (name == "ucp") o.compile |= PCRE2_UCP;
  else if (name == "caseless") o.compile |= PCRE2_CASELESS;
  else if (name == "multiline") o.compile |= PCRE2_MULTILINE;
  else if (name == "dotall") o.compile |= PCRE2_DOTALL;
  else if (name == "extended") o.compile |= PCRE2_EXTENDED;
  else if (name == "firstline") o.compile |= PCRE2_FIRSTLINE;
  else if (name == "ungreedy") o.compile |= PCRE2_UNGREEDY;
  else if (name == "dupnames") o.compile |= PCRE2_DUPNAMES;
  else if (name == "dollar_endonly") o.compile |= PCRE2_DOLLAR_ENDONLY;
  else if (name == "no_auto_capture") o.compile |= PCRE2_NO_AUTO_CAPTURE;
  else if (name == "never_utf") o.compile |= PCRE2_NEVER_UTF;
  else if (name == "no_start_optimize") o.compile |= PCRE2_NO_START_OPTIMIZE;
  else if (name == "anchored") { o.compile |= PCRE2_ANCHORED; o.match |= PCRE2_ANCHORED; }
  else if (name == "notbol") o.match |= PCRE2_NOTBOL;
  else if (name == "noteol") o.match |= PCRE2_NOTEOL;
  else if (name == "notempty") o.match |= PCRE2_NOTEMPTY;
  else if (name == "notempty_atstart") o.match |= PCRE2_NOTEMPTY_ATSTART;
  else if (name == "global") o.global = true;
  else if (name == "report_errors") o.report_errors = true;
  else if (name == "bsr_anycrlf" || name == "bsr_unicode") {}
  else return false;
  return true;
}

bool read_options(Process& p, Term list, RunOptions& o) {
  AtomTable& atoms = p.atoms();
  for (; list.is_cons(); list = list.tail()) {
    Term item = list.head();
    if (item.is_atom()) {
      if (!read_flag(atoms.text(item), o)) return false;
      continue;
    }
    if (!item.is_tuple() || tuple_arity(item) < 2 || !tuple_at(item, 0).is_atom()) return false;
    std::string_view key = atoms.text(tuple_at(item, 0));
    Term value = tuple_at(item, 1);
    if (key == "capture") {
      o.what = value;
      if (tuple_arity(item) == 3) o.type = tuple_at(item, 2);
    } else if (key == "offset") {
      if (!value.is_fixnum() || value.as_fixnum() < 0) return false;
      o.offset = static_cast<uint64_t>(value.as_fixnum());
    } else if (key != "newline" && key != "match_limit" && key != "match_limit_recursion") {
      return false;
    }
  }
  return list.is_nil_list();
}

std::string key_of(uint32_t options, std::string_view source) {
  return std::to_string(options) + ":" + std::string(source);
}

RegexCache& cache(Process& p) { return native_state(p).regexes; }

/// The source of a pattern given as chardata.
bool read_source(Term t, uint32_t options, std::string& out) {
  return options & PCRE2_UTF ? append_chardata(t, out) : append_iodata(t, out);
}

Term compile_error(Process& p, int error, size_t offset) {
  std::string text;
  if (const char* known = classic_message(error)) {
    text = known;
  } else {
    PCRE2_UCHAR buffer[256];
    pcre2_get_error_message(error, buffer, sizeof(buffer));
    text = reinterpret_cast<char*>(buffer);
  }
  ListBuilder chars(p.heap);
  for (char c : text) chars.push(Term::fixnum(static_cast<unsigned char>(c)));
  Term place = make_tuple(p.heap, {chars.finish(), Term::fixnum(static_cast<int64_t>(offset))});
  return make_tuple(p.heap, {atoms::error, place});
}

uint32_t group_count(const pcre2_code* code) {
  uint32_t n = 0;
  pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &n);
  return n;
}

Term compile(Process& p, Term source, Term options) {
  RunOptions o;
  std::string text;
  if (!read_options(p, options, o) || !read_source(source, o.compile, text)) return p.raise_badarg();
  int error = 0;
  size_t offset = 0;
  std::string key = key_of(o.compile, text);
  CompiledRegex* regex = cache(p).get(key, o.compile, text, error, offset);
  if (!regex) return compile_error(p, error, offset);
  p.charge(static_cast<int64_t>(text.size() / 4 + 1));
  Term pattern = make_tuple(p.heap, {p.atoms().intern("re_pattern"), Term::fixnum(group_count(regex->code)),
                                     Term::fixnum(o.compile & PCRE2_UTF ? 1 : 0), Term::fixnum(0), make_binary(p.heap, key)});
  return make_tuple(p.heap, {atoms::ok, pattern});
}

/// The compiled form of what :re.run got: a pattern term, or a source to be compiled with [o].
CompiledRegex* regex_of(Process& p, Term t, const RunOptions& o) {
  std::string scratch, source;
  uint32_t options = o.compile;
  if (is_tuple_of(t, 5) && tuple_at(t, 0) == p.atoms().intern("re_pattern") && is_binary(tuple_at(t, 4))) {
    std::string_view key = binary_bytes(tuple_at(t, 4), scratch);
    size_t colon = key.find(':');
    if (colon == std::string_view::npos) return nullptr;
    options = static_cast<uint32_t>(std::strtoul(std::string(key.substr(0, colon)).c_str(), nullptr, 10));
    source = key.substr(colon + 1);
  } else if (!read_source(t, options, source)) {
    return nullptr;
  }
  int error;
  size_t offset;
  return cache(p).get(key_of(options, source), options, source, error, offset);
}

struct Names {
  uint32_t count = 0, entry_size = 0;
  PCRE2_SPTR table = nullptr;
  explicit Names(const pcre2_code* code) {
    pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &count);
    pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &entry_size);
    pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &table);
  }
  uint32_t group(uint32_t i) const { return uint32_t{table[i * entry_size]} << 8 | table[i * entry_size + 1]; }
  std::string_view name(uint32_t i) const { return reinterpret_cast<const char*>(table + i * entry_size + 2); }
};

/// One run of a regex over a subject.
class Matcher {
 public:
  Matcher(Process& p, CompiledRegex& regex, Term subject, std::string_view bytes, const RunOptions& options)
      : p_(p), regex_(regex), subject_(subject), bytes_(bytes), options_(options),
        data_(pcre2_match_data_create_from_pattern(regex.code, nullptr)), context_(pcre2_match_context_create(nullptr)) {
    pcre2_set_match_limit(context_, kMatchLimit);
  }
  ~Matcher() {
    pcre2_match_data_free(data_);
    pcre2_match_context_free(context_);
  }
  Matcher(const Matcher&) = delete;
  Matcher& operator=(const Matcher&) = delete;

  /// Groups set, 0 when there is no match, negative on an error.
  int match(uint64_t offset, uint32_t extra) {
    int n = pcre2_match(regex_.code, reinterpret_cast<PCRE2_SPTR>(bytes_.data()), bytes_.size(), offset,
                        options_.match | extra | PCRE2_NO_UTF_CHECK, data_, context_);
    return n == PCRE2_ERROR_NOMATCH ? 0 : n;
  }
  size_t start(uint32_t group) const { return pcre2_get_ovector_pointer(data_)[2 * group]; }
  size_t end(uint32_t group) const { return pcre2_get_ovector_pointer(data_)[2 * group + 1]; }

  Term group(uint32_t g, int set) {
    bool there = g < static_cast<uint32_t>(set) && start(g) != PCRE2_UNSET;
    size_t at = there ? start(g) : 0, n = there && end(g) >= at ? end(g) - at : 0;
    std::string_view type = options_.type.is_none() ? "index" : p_.atoms().text(options_.type);
    if (type == "binary") return there ? make_sub_bitstring(p_.heap, subject_, at * 8, n * 8) : make_binary(p_.heap, "");
    if (type == "list") {
      ListBuilder out(p_.heap);
      std::string_view piece = bytes_.substr(at, n);
      for (size_t i = 0; i < piece.size();) {
        uint32_t code = static_cast<unsigned char>(piece[i]);
        size_t k = regex_.options & PCRE2_UTF ? utf8_decode(piece.substr(i), code) : 1;
        out.push(Term::fixnum(code));
        i += k ? k : 1;
      }
      return out.finish();
    }
    return make_tuple(p_.heap, {Term::fixnum(there ? static_cast<int64_t>(at) : -1), Term::fixnum(static_cast<int64_t>(n))});
  }

  /// The captures asked for; none() when the request is malformed.
  Term captures(int set) {
    ListBuilder out(p_.heap);
    Term what = options_.what;
    uint32_t groups = group_count(regex_.code);
    if (what.is_none() || what.is_atom()) {
      std::string_view name = what.is_none() ? "all" : p_.atoms().text(what);
      if (name == "all" || name == "all_but_first") {
        for (uint32_t g = name == "all" ? 0 : 1; g < static_cast<uint32_t>(set); ++g) out.push(group(g, set));
      } else if (name == "first") {
        out.push(group(0, set));
      } else if (name == "all_names") {
        Names names(regex_.code);
        for (uint32_t i = 0; i < names.count; ++i) {
          // Names of one text follow each other; the first that took part stands for all.
          uint32_t chosen = i;
          while (i + 1 < names.count && names.name(i + 1) == names.name(i)) {
            ++i;
            uint32_t g = names.group(chosen);
            if (g >= static_cast<uint32_t>(set) || start(g) == PCRE2_UNSET) chosen = i;
          }
          out.push(group(names.group(chosen), set));
        }
      } else {
        return Term::none();
      }
      return out.finish();
    }
    for (; what.is_cons(); what = what.tail()) {
      Term id = what.head();
      if (id.is_fixnum()) {
        if (id.as_fixnum() < 0) return Term::none();
        out.push(group(id.as_fixnum() > groups ? groups + 1 : static_cast<uint32_t>(id.as_fixnum()), set));
        continue;
      }
      std::string name;
      if (id.is_atom()) name = p_.atoms().text(id);
      else if (!append_chardata(id, name)) return Term::none();
      Names names(regex_.code);
      uint32_t found = groups + 1;
      for (uint32_t i = 0; i < names.count; ++i)
        if (names.name(i) == name) found = names.group(i);
      out.push(group(found, set));
    }
    return what.is_nil_list() ? out.finish() : Term::none();
  }

  /// Where to go on after an empty match that could not be followed up: one character further.
  size_t step(size_t at) const {
    if (!(regex_.options & PCRE2_UTF) || at >= bytes_.size()) return at + 1;
    uint32_t code;
    size_t n = utf8_decode(bytes_.substr(at), code);
    return at + (n ? n : 1);
  }

 private:
  Process& p_;
  CompiledRegex& regex_;
  Term subject_;
  std::string_view bytes_;
  const RunOptions& options_;
  pcre2_match_data* data_;
  pcre2_match_context* context_;
};

bool wants_nothing(Process& p, const RunOptions& o) {
  return o.what.is_nil_list() || (o.what.is_atom() && p.atoms().text(o.what) == "none");
}

Term no_match(Process& p, int result, const RunOptions& o) {
  if (result == 0 || !o.report_errors) return p.atoms().intern("nomatch");
  const char* why = result == PCRE2_ERROR_MATCHLIMIT ? "match_limit" : "match_limit_recursion";
  return make_tuple(p.heap, {atoms::error, p.atoms().intern(why)});
}

Term run_global(Process& p, Matcher& m, const RunOptions& o, size_t size) {
  Term match_atom = p.atoms().intern("match");
  ListBuilder all(p.heap);
  size_t at = o.offset;
  uint32_t extra = 0;
  bool any = false;
  int64_t rounds = 0;
  while (at <= size) {
    int set = m.match(at, extra);
    ++rounds;
    if (set < 0) return no_match(p, set, o);
    if (set == 0) {
      if (extra == 0) break;
      extra = 0;
      at = m.step(at);
      continue;
    }
    any = true;
    if (!wants_nothing(p, o)) {
      Term captures = m.captures(set);
      if (captures.is_none()) return p.raise_badarg();
      all.push(captures);
    }
    // After an empty match a non-empty one at the same place is tried first.
    extra = m.end(0) == m.start(0) ? PCRE2_NOTEMPTY_ATSTART | PCRE2_ANCHORED : 0;
    at = m.end(0);
  }
  p.charge(rounds);
  if (!any) return p.atoms().intern("nomatch");
  return wants_nothing(p, o) ? match_atom : make_tuple(p.heap, {match_atom, all.finish()});
}

Term run(Process& p, Term subject, Term pattern, Term options) {
  RunOptions o;
  if (!read_options(p, options, o)) return p.raise_badarg();
  CompiledRegex* regex = regex_of(p, pattern, o);
  if (!regex) return p.raise_badarg();
  if (!is_binary(subject)) {
    std::string flat;
    if (!subject.is_list() || !read_source(subject, regex->options, flat)) return p.raise_badarg();
    subject = make_binary(p.heap, flat);
  }
  std::string scratch;
  std::string_view bytes = binary_bytes(subject, scratch);
  if (o.offset > bytes.size()) return p.raise_badarg();
  if ((regex->options & PCRE2_UTF) && !utf8_valid(bytes)) return p.raise_badarg();
  p.charge(static_cast<int64_t>(bytes.size() / 64));
  Matcher m(p, *regex, subject, bytes, o);
  if (o.global) return run_global(p, m, o, bytes.size());
  int set = m.match(o.offset, 0);
  if (set <= 0) return no_match(p, set, o);
  Term match_atom = p.atoms().intern("match");
  if (wants_nothing(p, o)) return match_atom;
  Term captures = m.captures(set);
  return captures.is_none() ? p.raise_badarg() : make_tuple(p.heap, {match_atom, captures});
}

}  // namespace

Term re_compile(Process& p, Term* a) { return compile(p, a[0], Term::nil_list()); }
Term re_compile_options(Process& p, Term* a) { return compile(p, a[0], a[1]); }
Term re_run(Process& p, Term* a) { return run(p, a[0], a[1], Term::nil_list()); }
Term re_run_options(Process& p, Term* a) { return run(p, a[0], a[1], a[2]); }

/// :re.inspect(pattern, :namelist) -> {:namelist, names}
Term re_inspect(Process& p, Term* a) {
  CompiledRegex* regex = regex_of(p, a[0], {});
  if (!regex) return p.raise_badarg();
  Names names(regex->code);
  ListBuilder out(p.heap);
  for (uint32_t i = 0; i < names.count; ++i) {
    if (i > 0 && names.name(i) == names.name(i - 1)) continue;
    out.push(make_binary(p.heap, names.name(i)));
  }
  return make_tuple(p.heap, {p.atoms().intern("namelist"), out.finish()});
}

Term re_version(Process& p, Term*) { return make_binary(p.heap, "8.44 2020-02-12"); }

}  // namespace natives
}  // namespace phial
