#pragma once
#include <stringprep.h>

// The profiles are function-like macros, which Swift does not import. All three allow code points that Unicode 3.2 did
// not assign (RFC 3454 §7, "queries"), because the server has already accepted the address.
static inline int cidn_nodeprep(char *text, size_t capacity) { return stringprep_xmpp_nodeprep(text, capacity); }
static inline int cidn_resourceprep(char *text, size_t capacity) { return stringprep_xmpp_resourceprep(text, capacity); }
static inline int cidn_nameprep(char *text, size_t capacity) { return stringprep_nameprep(text, capacity); }
