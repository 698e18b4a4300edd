// The processes behind :user and :standard_error, which answer the I/O protocol: module :phial_io_server of the standard
// library. They are made parked and cost nothing until somebody sends them a request; most output never does.
#pragma once

namespace phial {

class Runtime;

/// Makes and registers them. Before run(), on its thread; the runtime's code server must be set.
void start_io_servers(Runtime& runtime);

}  // namespace phial
