// Collections and slice ends: the points where the machine's state is all in the process.
#pragma once

#include "vm/heap/roots.h"
#include "vm/process/process.h"

namespace phial {

/// Registers that are live besides what p.resume says: [first, first + count) of the top frame.
struct ExtraLive {
  uint32_t first = 0, count = 0;
};

/// Collects p's heap so that [words] words are free in the nursery. p.resume says which frame is on top and what is
/// live in it; fp there, heap.hp() and heap.low() are new afterwards. Usable on a process that does not run, too.
void collect_process(Process& p, size_t words, ExtraLive a = {}, ExtraLive b = {});
/// A major collection that gives back all spare memory.
void compact_process(Process& p);
/// Makes the words up to [top] stack, collecting first if they are not free. p.resume as above.
void make_stack_room(Process& p, size_t frame_end_from_fp, ExtraLive a = {}, ExtraLive b = {});

/// Called when the frame at [fp] becomes the top frame by unwinding: frames above are gone.
void lower_watermark_to(Process& p, Word* fp);

}  // namespace phial
