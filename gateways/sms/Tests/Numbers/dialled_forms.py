"""Prints telephone numbers in the forms in which people of 60 regions type them, with the number that each form stands
for by the numbering plans of the package phonenumbers (Debian: python3-phonenumbers). NumberPlan must read the same.

One form a line: region, text, number, and the number from which the text was made, separated by tabs. The two numbers
differ where the text also stands for another number that comes first.
"""
import re
import phonenumbers as plans


def possible(text, region):
    """The number that a text stands for in a region, and whether the region's own international prefix was dialled."""
    try:
        number = plans.parse(text, region, keep_raw_input=True)
    except plans.NumberParseException:
        return None, False
    if plans.is_possible_number_with_reason(number) != plans.ValidationResult.IS_POSSIBLE:
        return None, False
    dialled = number.country_code_source == plans.CountryCodeSource.FROM_NUMBER_WITH_IDD
    return plans.format_number(number, plans.PhoneNumberFormat.E164), dialled


def meaning(text, region):
    """The rule: a plus or the region's own prefix, then 00, then a number of the region."""
    number, dialled = possible(text, region)
    if not text.startswith("00") or (number and dialled):
        return number
    return possible("+" + text[2:], region)[0] or number


def own_prefix(region):
    metadata = plans.PhoneMetadata.metadata_for_region(region)
    prefix = metadata.preferred_international_prefix or metadata.international_prefix
    return prefix if re.fullmatch(r"[0-9~]+", prefix) else None


def example(region):
    return plans.example_number_for_type(region, plans.PhoneNumberType.MOBILE) or plans.example_number(region)


# The regions whose prefix is not 00 come first: there the order of the readings decides.
regions = sorted(plans.SUPPORTED_REGIONS, key=lambda region: (own_prefix(region) == "00", region))
typing = [region for region in regions if own_prefix(region)][:50] + ["AT", "DE", "ES", "FR", "GB", "IN", "IT", "MX", "PL", "ZA"]
for region in dict.fromkeys(typing):
    for target in sorted(plans.SUPPORTED_REGIONS):
        number = example(target)
        made = plans.format_number(number, plans.PhoneNumberFormat.E164)
        digits = plans.national_significant_number(number)
        forms = [
            plans.format_number(number, plans.PhoneNumberFormat.INTERNATIONAL),
            f"{own_prefix(region)} {number.country_code} {digits}", f"00{number.country_code}{digits}",
        ]
        if target == region:
            forms.append(plans.format_number(number, plans.PhoneNumberFormat.NATIONAL))
        for form in forms:
            print(region, form, meaning(form, region) or "", made, sep="\t")
