#pragma once
#include <curl/curl.h>
#include <stdbool.h>

// libcurl brings thirty libraries and 8 MB of memory with it, and a gateway without SMS does not need it. So
// ccurl_load() loads it, and not the start of the program. No other function here may be called before ccurl_load()
// has succeeded.
//
// Swift cannot call variadic C functions: one wrapper for each type of argument.

typedef size_t (*ccurl_data_callback)(char *bytes, size_t size, size_t count, void *context);
/// Decides about the address of a connection: 4 bytes for IPv4, 16 for IPv6, in network order.
typedef bool (*ccurl_address_callback)(void *context, const unsigned char *bytes, size_t count);
typedef int (*ccurl_prereq_callback)(void *context, char *primary_ip, char *local_ip, int primary_port, int local_port);

/// Loads libcurl and sets it up. Returns NULL, or the reason why libcurl cannot be used. Call it once per process,
/// before any other thread uses libcurl.
const char *ccurl_load(void);

CURL *ccurl_easy_init(void);
void ccurl_easy_reset(CURL *easy);
void ccurl_easy_cleanup(CURL *easy);
const char *ccurl_easy_strerror(CURLcode code);

CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value);
CURLcode ccurl_set_offset(CURL *easy, CURLoption option, curl_off_t value);
CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value);
CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, void *value);
CURLcode ccurl_set_bytes(CURL *easy, CURLoption option, const void *value);
CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *value);
CURLcode ccurl_set_data_callback(CURL *easy, CURLoption option, ccurl_data_callback value);
CURLcode ccurl_set_prereq_callback(CURL *easy, ccurl_prereq_callback value);
/// Asks before each connection. The gate must outlive the transfer.
struct ccurl_address_gate {
    ccurl_address_callback allows;
    void *context;
};
CURLcode ccurl_set_address_gate(CURL *easy, struct ccurl_address_gate *gate);
CURLcode ccurl_get_long(CURL *easy, CURLINFO info, long *value);

struct curl_slist *ccurl_slist_append(struct curl_slist *list, const char *text);
void ccurl_slist_free_all(struct curl_slist *list);

CURLM *ccurl_multi_init(void);
void ccurl_multi_cleanup(CURLM *multi);
CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value);
CURLMcode ccurl_multi_add(CURLM *multi, CURL *easy);
CURLMcode ccurl_multi_remove(CURLM *multi, CURL *easy);
CURLMcode ccurl_multi_perform(CURLM *multi);
CURLMcode ccurl_multi_poll(CURLM *multi, int milliseconds);
CURLMcode ccurl_multi_wakeup(CURLM *multi);

/// Returns the next transfer that has ended, with its result; NULL if there is none. (CURLMsg keeps the result in a
/// union that Swift cannot read.)
CURL *ccurl_multi_next_done(CURLM *multi, CURLcode *result);
