#include "CPhoneNumber.h"

#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>
#include <phonenumbers/shortnumberinfo.h>

#include <cstring>
#include <list>
#include <string>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;
using i18n::phonenumbers::ShortNumberInfo;

namespace {

cphone_status status_of(PhoneNumberUtil::ErrorType error) {
    switch (error) {
    case PhoneNumberUtil::NO_PARSING_ERROR:
        return CPHONE_OK;
    case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
        return CPHONE_NO_COUNTRY;
    case PhoneNumberUtil::TOO_SHORT_AFTER_IDD:
    case PhoneNumberUtil::TOO_SHORT_NSN:
        return CPHONE_TOO_SHORT;
    case PhoneNumberUtil::TOO_LONG_NSN:
        return CPHONE_TOO_LONG;
    default:
        return CPHONE_NOT_A_NUMBER;
    }
}

bool copy(const std::string &text, char *target, size_t capacity) {
    if (target == nullptr || text.size() >= capacity) {
        return false;
    }
    std::memcpy(target, text.c_str(), text.size() + 1);
    return true;
}

} // namespace

cphone_status cphone_parse(const char *text, size_t length, const char *region, char *e164, size_t e164_capacity,
                           char *region_out, size_t region_capacity, cphone_facts *facts) try {
    if (text == nullptr || facts == nullptr) {
        return CPHONE_FAILED;
    }
    const PhoneNumberUtil *util = PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    const std::string default_region = region == nullptr ? "ZZ" : region;
    // Unlike Parse, this also stores in which form the text gave the country code (country_code_source).
    const auto error = util->ParseAndKeepRawInput(std::string(text, length), default_region, &number);
    if (error != PhoneNumberUtil::NO_PARSING_ERROR) {
        return status_of(error);
    }

    std::string formatted;
    util->Format(number, PhoneNumberUtil::E164, &formatted);
    std::string owner;
    util->GetRegionCodeForNumber(number, &owner);
    if (owner == "ZZ") {
        owner.clear();
    }
    if (formatted.size() >= e164_capacity || owner.size() >= region_capacity || !copy(formatted, e164, e164_capacity)
        || !copy(owner, region_out, region_capacity)) {
        return CPHONE_FAILED;
    }
    // IsPossibleNumber would also accept a number that can only be dialled within its own area.
    facts->possible = util->IsPossibleNumberWithReason(number) == PhoneNumberUtil::IS_POSSIBLE;
    facts->valid = util->IsValidNumber(number);
    facts->extension = number.has_extension();
    facts->dialled_abroad = number.country_code_source() == PhoneNumber::FROM_NUMBER_WITH_IDD;
    facts->premium = util->GetNumberType(number) == PhoneNumberUtil::PREMIUM_RATE;
    return CPHONE_OK;
} catch (...) {
    return CPHONE_FAILED;
}

cphone_status cphone_show(const char *e164, size_t length, char *shown, size_t capacity) try {
    if (e164 == nullptr || shown == nullptr) {
        return CPHONE_FAILED;
    }
    const PhoneNumberUtil *util = PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    const auto error = util->Parse(std::string(e164, length), "ZZ", &number);
    if (error != PhoneNumberUtil::NO_PARSING_ERROR) {
        return status_of(error);
    }
    std::string formatted;
    util->Format(number, PhoneNumberUtil::INTERNATIONAL, &formatted);
    return copy(formatted, shown, capacity) ? CPHONE_OK : CPHONE_FAILED;
} catch (...) {
    return CPHONE_FAILED;
}

bool cphone_is_emergency(const char *digits, int country_code) try {
    if (digits == nullptr) {
        return false;
    }
    // The object reads the numbering plans of short numbers, which takes milliseconds.
    static const ShortNumberInfo info;
    std::list<std::string> regions;
    PhoneNumberUtil::GetInstance()->GetRegionCodesForCountryCallingCode(country_code, &regions);
    for (const auto &region : regions) {
        if (info.ConnectsToEmergencyNumber(digits, region)) {
            return true;
        }
    }
    return false;
} catch (...) {
    return false;
}

bool cphone_is_region(const char *region) try {
    if (region == nullptr) {
        return false;
    }
    return PhoneNumberUtil::GetInstance()->GetCountryCodeForRegion(region) != 0;
} catch (...) {
    return false;
}
