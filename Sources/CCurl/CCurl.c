#include "CCurl.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef __APPLE__
#define CCURL_FILE "libcurl.4.dylib"
#else
#define CCURL_FILE "libcurl.so.4"
#endif

// The parentheses keep curl's type-checking macros from rewriting names.
#define CCURL_FUNCTIONS(X)                                                                                             \
    X(global_init)                                                                                                     \
    X(easy_init) X(easy_reset) X(easy_cleanup) X(easy_strerror) X(easy_setopt) X(easy_getinfo)                         \
    X(slist_append) X(slist_free_all)                                                                                  \
    X(multi_init) X(multi_cleanup) X(multi_setopt) X(multi_add_handle) X(multi_remove_handle)                          \
    X(multi_perform) X(multi_poll) X(multi_wakeup) X(multi_info_read)

static struct {
#define X(name) __typeof__(&(curl_##name)) name;
    CCURL_FUNCTIONS(X)
#undef X
} lib;

const char *ccurl_load(void) {
    void *handle = dlopen(CCURL_FILE, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        return dlerror();
    }
#define X(name)                                                                                                        \
    if ((*(void **)&lib.name = dlsym(handle, "curl_" #name)) == NULL) {                                                \
        return dlerror();                                                                                              \
    }
    CCURL_FUNCTIONS(X)
#undef X
    CURLcode code = lib.global_init(CURL_GLOBAL_ALL);
    return code == CURLE_OK ? NULL : lib.easy_strerror(code);
}

CURL *ccurl_easy_init(void) { return lib.easy_init(); }
void ccurl_easy_reset(CURL *easy) { lib.easy_reset(easy); }
void ccurl_easy_cleanup(CURL *easy) { lib.easy_cleanup(easy); }
const char *ccurl_easy_strerror(CURLcode code) { return lib.easy_strerror(code); }

CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) { return lib.easy_setopt(easy, option, value); }

CURLcode ccurl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return lib.easy_setopt(easy, option, value);
}

CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value) {
    return lib.easy_setopt(easy, option, value);
}

CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, void *value) { return lib.easy_setopt(easy, option, value); }

CURLcode ccurl_set_bytes(CURL *easy, CURLoption option, const void *value) {
    return lib.easy_setopt(easy, option, value);
}

CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return lib.easy_setopt(easy, option, value);
}

CURLcode ccurl_set_data_callback(CURL *easy, CURLoption option, ccurl_data_callback value) {
    return lib.easy_setopt(easy, option, value);
}

CURLcode ccurl_set_prereq_callback(CURL *easy, ccurl_prereq_callback value) {
    return lib.easy_setopt(easy, CURLOPT_PREREQFUNCTION, value);
}

static curl_socket_t open_allowed(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)purpose;
    struct ccurl_address_gate *gate = context;
    bool allowed = false;
    if (address->family == AF_INET) {
        struct sockaddr_in ip;
        memcpy(&ip, &address->addr, sizeof ip);
        allowed = gate->allows(gate->context, (const unsigned char *)&ip.sin_addr, sizeof ip.sin_addr);
    } else if (address->family == AF_INET6) {
        struct sockaddr_in6 ip;
        memcpy(&ip, &address->addr, sizeof ip);
        allowed = gate->allows(gate->context, (const unsigned char *)&ip.sin6_addr, sizeof ip.sin6_addr);
    }
    if (!allowed) {
        return CURL_SOCKET_BAD;
    }
    int descriptor = socket(address->family, address->socktype, address->protocol);
    if (descriptor >= 0) {
        fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    }
    return descriptor;
}

CURLcode ccurl_set_address_gate(CURL *easy, struct ccurl_address_gate *gate) {
    CURLcode code = lib.easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_allowed);
    return code != CURLE_OK ? code : lib.easy_setopt(easy, CURLOPT_OPENSOCKETDATA, gate);
}

CURLcode ccurl_get_long(CURL *easy, CURLINFO info, long *value) { return lib.easy_getinfo(easy, info, value); }

struct curl_slist *ccurl_slist_append(struct curl_slist *list, const char *text) {
    return lib.slist_append(list, text);
}

void ccurl_slist_free_all(struct curl_slist *list) { lib.slist_free_all(list); }

CURLM *ccurl_multi_init(void) { return lib.multi_init(); }
void ccurl_multi_cleanup(CURLM *multi) { lib.multi_cleanup(multi); }

CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return lib.multi_setopt(multi, option, value);
}

CURLMcode ccurl_multi_add(CURLM *multi, CURL *easy) { return lib.multi_add_handle(multi, easy); }
CURLMcode ccurl_multi_remove(CURLM *multi, CURL *easy) { return lib.multi_remove_handle(multi, easy); }

CURLMcode ccurl_multi_perform(CURLM *multi) {
    int running = 0;
    return lib.multi_perform(multi, &running);
}

CURLMcode ccurl_multi_poll(CURLM *multi, int milliseconds) { return lib.multi_poll(multi, NULL, 0, milliseconds, NULL); }
CURLMcode ccurl_multi_wakeup(CURLM *multi) { return lib.multi_wakeup(multi); }

CURL *ccurl_multi_next_done(CURLM *multi, CURLcode *result) {
    int remaining = 0;
    CURLMsg *message;
    while ((message = lib.multi_info_read(multi, &remaining)) != NULL) {
        if (message->msg == CURLMSG_DONE) {
            *result = message->data.result;
            return message->easy_handle;
        }
    }
    return NULL;
}
