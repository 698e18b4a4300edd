/* Phial inside a C or C++ program.
 *
 * A phial_vm is a runtime: schedulers, processes, modules, atoms of its own. Any number of them live side by side in one program and do
 * not know of each other. The host is outside all processes: it hands source text or calls in and gets values back; what it asks for
 * runs as a process of the runtime, and the asking thread waits.
 *
 *     phial_vm* vm = phial_open(NULL);
 *     phial_value* v = phial_eval(vm, "Enum.sum(1..10)");
 *     int64_t n;
 *     if (phial_ok(v) && phial_get_int64(v, &n)) printf("%lld\n", (long long)n);
 *     phial_value_free(v);
 *     phial_close(vm);
 *
 * Threads: functions that take a phial_vm may be called from any thread, and from several at a time, but not from inside a host
 * function of the same runtime (that would wait for itself). A phial_value belongs to the thread that holds it.
 * Ownership: what a function returns is the caller's to free with the function named for it; text got from a value lives as long as
 * the value. Errors of Elixir code are values for which phial_ok is 0. No function ends the program.
 */
#ifndef PHIAL_H
#define PHIAL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct phial_vm phial_vm;
typedef struct phial_value phial_value;

typedef struct phial_options {
  unsigned schedulers;          /* threads that run processes; 0: one a core */
  uint32_t atom_limit;          /* 0: 1048576 */
  /* Standard output and error as the host wants them; NULL: the program's own. Called from a thread of the runtime. */
  void (*write_output)(void* data, const char* bytes, size_t size);
  void (*write_error)(void* data, const char* bytes, size_t size);
  void* data;
} phial_options;

/* A runtime with the standard library; NULL options: defaults. NULL when memory or threads cannot be had. */
phial_vm* phial_open(const phial_options* options);
/* Ends all processes, joins all threads, frees everything. */
void phial_close(phial_vm* vm);

/* Compiles and runs [source] as a script would be; its last value, or the exception. Modules it defines stay. Never NULL. */
phial_value* phial_eval(phial_vm* vm, const char* source);
/* Calls module.function with [count] values; the module is written as in Elixir ("Enum", "My.App") or with a colon (":lists"). */
phial_value* phial_call(phial_vm* vm, const char* module, const char* function, phial_value* const* args, size_t count);

/* A function of the host. [args] are values good during the call; the result is a fresh value, which the runtime frees, or NULL for
 * nil. It runs on a thread of the runtime and should be quick. */
typedef phial_value* (*phial_function)(void* data, phial_value* const* args, size_t count);
typedef struct phial_host_function {
  const char* name;
  unsigned arity;
  phial_function function;
  void* data;
} phial_host_function;
/* Defines an Elixir module whose functions are the host's. 1, or 0 when a name is not fit for a module or function. */
int phial_define_module(phial_vm* vm, const char* module, const phial_host_function* functions, size_t count);

/* Making values. */
phial_value* phial_int64(int64_t value);
phial_value* phial_double(double value);
phial_value* phial_boolean(int value);
phial_value* phial_nil(void);
phial_value* phial_binary(const char* bytes, size_t size);
phial_value* phial_atom(const char* text);
/* The list or tuple of [count] values, which are copied. */
phial_value* phial_list(phial_value* const* items, size_t count);
phial_value* phial_tuple(phial_value* const* items, size_t count);
void phial_value_free(phial_value* value);

/* Reading values. The get functions return 0 and leave the target alone when the value is of another kind. */
int phial_ok(const phial_value* value);                 /* 0 for an exception */
const char* phial_error_text(const phial_value* value); /* "** (RuntimeError) boom", or NULL when phial_ok */
int phial_get_int64(const phial_value* value, int64_t* out);
int phial_get_double(const phial_value* value, double* out);
int phial_get_binary(const phial_value* value, const char** bytes, size_t* size);
int phial_get_atom(const phial_value* value, const char** text);
/* Elements of a list or tuple; -1 for other values. */
int64_t phial_length(const phial_value* value);
/* Element [index] from 0, owned by [value]; NULL when there is none. */
const phial_value* phial_element(const phial_value* value, size_t index);
/* The value as inspect/1 prints it. */
const char* phial_inspect(const phial_value* value);

#ifdef __cplusplus
}
#endif

#endif
