#pragma once
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A regular expression that RE2 has compiled. It never changes, so that every thread may use it at once.
typedef struct cre2_pattern cre2_pattern;

/// Compiles a pattern in RE2's syntax. Returns NULL if it is none or needs more than `memory` bytes; then `error` holds
/// the reason as a zero-terminated string, cut at `error_capacity`. RE2 writes nothing to standard error.
cre2_pattern *cre2_compile(const char *source, size_t length, size_t memory, char *error, size_t error_capacity);

void cre2_free(cre2_pattern *pattern);

/// Searches UTF-8 for the first match, in time linear in the length of the text.
///
/// Writes where its first group begins and ends, or the whole match if the pattern has no group. A group that took no
/// part in the match is empty.
bool cre2_find(const cre2_pattern *pattern, const char *text, size_t length, size_t *start, size_t *end);

#ifdef __cplusplus
}
#endif
