import GatewayKit
import Testing

@testable import SMSAdapter

@Suite("Numbers as providers write them")
struct NumberFormTests {
    private static let plan = NumberPlan(defaultRegion: "GB")

    @Test(
        "Senders are read in the provider's form, short codes before anything else",
        arguments: [
            (NumberForm.plus, "+15551234567", "+15551234567"), (.bare, "15551234567", "+15551234567"),
            (.bare, "+15551234567", "+15551234567"), (.bare, "0015551234567", "+15551234567"),
            (.national, "020 7946 0123", "+442079460123"), (.national, "+15551234567", "+15551234567"),
            (.bare, "12345", "12345;phone-context=ca-us.phone-context.soprani.ca"),
            (.national, "60300", "60300;phone-context=ca-us.phone-context.soprani.ca"),
            (.plus, "AMAZON", "354735604948;phone-context=alphanumeric.phone-context.soprani.ca"),
            (.bare, "FLOWERS", "40464957395253;phone-context=alphanumeric.phone-context.soprani.ca"),
            (.bare, "", "17;phone-context=anonymous.phone-context.soprani.ca"),
            // An impossible number becomes a name, so that the message still arrives.
            (.plus, "+1555", "1319232323;phone-context=alphanumeric.phone-context.soprani.ca"),
        ])
    func senders(form: NumberForm, text: String, localpart: String) throws {
        let receiver = try #require(E164("+15550001111"))
        let sender = form.sender(text, receiver: receiver, plan: Self.plan)
        #expect(sender.localpart == localpart)
        #expect(Correspondent(localpart: sender.localpart) == sender)
    }

    @Test("A short code belongs to the country of the number that got the message")
    func context() throws {
        let receiver = try #require(E164("+447911123456"))
        #expect(
            NumberForm.bare.sender("60300", receiver: receiver, plan: Self.plan)
                == .shortCode("60300", context: "+44"))
    }

    @Test("Numbers are written with or without the plus, short codes as they are; names are refused")
    func written() throws {
        let number = try #require(E164("+15551234567"))
        #expect(NumberForm.plus.written(.number(number)) == "+15551234567")
        #expect(NumberForm.bare.written(.number(number)) == "15551234567")
        #expect(NumberForm.plus.written(.shortCode("33733", context: "+44")) == "33733")
        #expect(NumberForm.plus.written(.named("3547")) == nil)
    }

    @Test(
        "The country code is read from a number",
        arguments: [
            ("+15551234567", "1"), ("+79161234567", "7"), ("+447911123456", "44"), ("+4915112345678", "49"),
            ("+3584012345678", "358"), ("+390669812345", "39"), ("+8613812345678", "86"), ("+85212345678", "852"),
        ])
    func countryCode(number: String, code: String) throws {
        #expect(try #require(E164(number)).countryCode == code)
    }
}

@Suite("The cache of numbers")
struct NumberCacheTests {
    @Test("The cache stays within its bounds and keeps results that are used often")
    func bounds() {
        let cache = NumberCache<Int, Int>(capacity: 10)
        var made: [Int] = []
        for key in 0..<1000 {
            _ = cache.value(for: key) {
                made.append($0); return $0
            }
            _ = cache.value(for: 0) {
                made.append($0); return $0
            }
            #expect(cache.count <= 10)
        }
        #expect(made.count { $0 == 0 } == 1)
        #expect(cache.value(for: 999) { _ in -1 } == 999)
    }

    @Test("A number that was read before is read from the cache")
    func fast() throws {
        let plan = NumberPlan()
        #expect(try plan.number("+15551234567").rawValue == "+15551234567")
        #expect(throws: NumberPlan.Problem.noCountry) { try plan.number("5551234567") }
        #expect(throws: NumberPlan.Problem.noCountry) { try plan.number("5551234567") }
    }
}
