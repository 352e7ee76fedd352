import GatewayKit
import Testing

@testable import SMSAdapter

@Suite("Numbers as people write them")
struct PhoneAddressesTests {
    private static let american = PhoneAddresses(
        plan: NumberPlan(defaultRegion: "US"), shortCodeContext: Correspondent.northAmericanContext)
    private static let regionless = PhoneAddresses(plan: NumberPlan(), shortCodeContext: nil)

    @Test(
        "Every spelling that people type becomes one address",
        arguments: [
            ("+15551234567", "+15551234567"), ("+1 (555) 123-4567", "+15551234567"), ("555 123 4567", "+15551234567"),
            ("(555) 123.4567", "+15551234567"), ("0015551234567", "+15551234567"), (" 1-555-123-4567 ", "+15551234567"),
            ("tel:+1-555-123-4567", "+15551234567"), ("SMS: +15551234567", "+15551234567"),
            ("+44 (0)20 7946 0123", "+442079460123"), ("0039 06 698 12345", "+390669812345"),
            ("+4407911123456", "+447911123456"), ("33733", "33733;phone-context=ca-us.phone-context.soprani.ca"),
            ("337-33", "33733;phone-context=ca-us.phone-context.soprani.ca"),
            ("12345;phone-context=+44", "12345;phone-context=+44"),
        ])
    func typed(text: String, localpart: String) throws {
        #expect(try Self.american.correspondent(typed: text).localpart == localpart)
    }

    @Test(
        "A text that cannot be a number is refused with an explanation",
        arguments: [
            "", " ", "hello", "+", "+0", "12", "+1", "+155", "+1555123456789", "+999123456789", "a\nb",
            "+1555\r1234567",
            "+15551234567 ext. 5", String(repeating: "5", count: 100), "+15551234567,+15557654321", "bob@example.org",
        ])
    func refused(text: String) {
        let error = #expect(throws: AddressError.self) { try Self.american.correspondent(typed: text) }
        #expect(error?.text.isEmpty == false)
        #expect(error?.text.contains("\n") == false)
    }

    @Test("Without a default region a national number is refused with an example")
    func noRegion() {
        let error = #expect(throws: AddressError.self) { try Self.regionless.correspondent(typed: "555 123 4567") }
        #expect(error?.text.contains("+15551234567") == true)
        #expect(throws: AddressError.self) { try Self.regionless.correspondent(typed: "33733") }
    }

    @Test(
        "Only the canonical form is an address; for other forms the error suggests it",
        arguments: [
            ("5551234567", "+15551234567"), ("15551234567", "+15551234567"), ("+1-555-123-4567", "+15551234567"),
            ("33733", "33733;phone-context=ca-us.phone-context.soprani.ca"), ("+4407911123456", "+447911123456"),
        ])
    func canonical(localpart: String, suggestion: String) {
        let error = #expect(throws: AddressError.self) { try Self.american.correspondent(localpart: localpart) }
        #expect(error?.suggestion == suggestion)
        #expect(error?.kind == .malformed)
    }

    @Test("A group of numbers is refused with the reason")
    func group() {
        let error = #expect(throws: AddressError.self) {
            try Self.american.correspondent(localpart: "+15551234567,+15557654321")
        }
        #expect(error?.text.contains("Group") == true)
    }
}

@Suite("Country codes behind the digits that people dial for other countries")
struct DialledAbroadTests {
    @Test(
        "the region's own digits count first, and 00 after them",
        arguments: [
            ("AU", "0011 597 741 2345", "+5977412345"), ("AU", "0011 44 7911 123456", "+447911123456"),
            ("AU", "0044 7911 123456", "+447911123456"), ("SG", "001 44 7911 123456", "+447911123456"),
            ("HK", "001 44 7911 123456", "+447911123456"), ("KR", "00700 44 7911 123456", "+447911123456"),
            ("TW", "002 44 7911 123456", "+447911123456"), ("TH", "001 44 7911 123456", "+447911123456"),
            ("BR", "0015 44 7911 123456", "+447911123456"), ("CO", "009 44 7911 123456", "+447911123456"),
            ("ID", "008 44 7911 123456", "+447911123456"), ("KE", "000 44 7911 123456", "+447911123456"),
            ("NG", "009 44 7911 123456", "+447911123456"), ("US", "011 44 7911 123456", "+447911123456"),
            ("US", "00 44 7911 123456", "+447911123456"), ("US", "(00) 44-7911-123456", "+447911123456"),
            ("JP", "010 44 7911 123456", "+447911123456"), ("RU", "8~10 44 7911 123456", "+447911123456"),
            ("DE", "0044 7911 123456", "+447911123456"), ("GB", "07911 123456", "+447911123456"),
        ])
    func typed(region: String, text: String, number: String) throws {
        #expect(try NumberPlan(defaultRegion: region).number(text).rawValue == number)
    }

    @Test("without a region, 00 stands for the plus")
    func noRegion() throws {
        #expect(try NumberPlan().number("0044 7911 123456").rawValue == "+447911123456")
        #expect(throws: NumberPlan.Problem.noCountry) { try NumberPlan().number("011 44 7911 123456") }
    }
}
