#pragma once
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Bytes that hold every E.164 number libphonenumber can write, with `+` and the closing zero.
#define CPHONE_E164_CAPACITY 24
/// Bytes that hold every region code: two letters (ISO 3166-1), or `001` for numbers of no country.
#define CPHONE_REGION_CAPACITY 4

/// The result of `cphone_parse`.
typedef enum {
    CPHONE_OK = 0,
    /// The text contains no number.
    CPHONE_NOT_A_NUMBER = 1,
    /// The number has no `+` with an existing country code, and there is no known region to complete a national
    /// number.
    CPHONE_NO_COUNTRY = 2,
    CPHONE_TOO_SHORT = 3,
    CPHONE_TOO_LONG = 4,
    /// A buffer of the caller is too small, or the library failed.
    CPHONE_FAILED = 5,
} cphone_status;

/// Facts about a number that was parsed.
typedef struct {
    /// The length fits the country, and the number can be dialled from every country. Callers refuse any other number.
    bool possible;
    /// The number is in a range that the library's numbering plans know. This is a hint only: the plans are older than
    /// new ranges.
    bool valid;
    /// The text had an extension (`ext. 5`), which E.164 cannot express; it was left out.
    bool extension;
    /// The text began with the digits that people of the given region dial before a country code, such as 011 or 0011.
    bool dialled_abroad;
    /// A call or text to the number costs more than usual, and its owner gets a share (premium rate).
    bool premium;
} cphone_facts;

/// Parses a text that a person typed, and writes its number in E.164 (`+15551234567`).
///
/// Safe on every thread. A call takes about 60 microseconds, so callers cache results that they need often.
///
/// - text, length: UTF-8, at most 250 bytes that make sense.
/// - region: two upper-case letters that complete a national number ("US"), or NULL: then only `+…` is understood.
/// - e164, e164_capacity: at least CPHONE_E164_CAPACITY bytes; a zero-terminated string on CPHONE_OK.
/// - region_out, region_capacity: at least CPHONE_REGION_CAPACITY bytes; the region the number belongs to, or an
///   empty string when unknown.
/// Nothing is written unless CPHONE_OK is returned.
cphone_status cphone_parse(const char *text, size_t length, const char *region, char *e164, size_t e164_capacity,
                           char *region_out, size_t region_capacity, cphone_facts *facts);

/// Bytes that hold every number as people write it, with the closing zero.
#define CPHONE_SHOWN_CAPACITY 48

/// Writes a number in E.164 as people write it for other countries (`+1 555-123-4567`).
///
/// - e164, length: a number that cphone_parse has written.
/// - shown, capacity: at least CPHONE_SHOWN_CAPACITY bytes; a zero-terminated string on CPHONE_OK.
cphone_status cphone_show(const char *e164, size_t length, char *shown, size_t capacity);

/// Whether a short number leads to an emergency service in a country. In most countries, further digits behind an
/// emergency number make no difference. Returns false after an error.
///
/// - digits: zero-terminated ASCII digits.
/// - country_code: such as 44. The emergency numbers of all regions with this code count.
bool cphone_is_emergency(const char *digits, int country_code);

/// Whether `region` (zero-terminated, upper case) is one that `cphone_parse` can complete numbers with.
bool cphone_is_region(const char *region);

#ifdef __cplusplus
}
#endif
