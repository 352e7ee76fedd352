import GatewayKit
import Testing

@testable import SMSAdapter

@Suite("Numbers to which users may send")
struct DestinationsTests {
    private static let plan = NumberPlan()
    private static let sender = E164("+13035550100")

    /// The refusal of a destination; nil if it is allowed.
    private func refusal(
        _ localpart: String, allow: [String]? = nil, deny: [String] = [], premium: Bool = false,
        from sender: E164? = sender
    ) throws -> Failure? {
        let destinations = Destinations(
            allowed: allow.map { Set($0.compactMap(Destinations.Country.init)) },
            denied: Set(deny.compactMap(Destinations.Country.init)), allowsPremium: premium, plan: Self.plan)
        let correspondent = try #require(Correspondent(localpart: localpart))
        do {
            try destinations.check(correspondent, from: #require(sender))
            return nil
        } catch let failure as Failure {
            return failure
        }
    }

    @Test(
        "emergency numbers are refused, those of the sender's country and those of every mobile network",
        arguments: [
            ("911;phone-context=ca-us.phone-context.soprani.ca", "+13035550100"),
            ("112;phone-context=ca-us.phone-context.soprani.ca", "+13035550100"),
            ("999;phone-context=+44", "+447911123456"),
            ("112;phone-context=+49", "+4915112345678"), ("000;phone-context=+61", "+61412345678"),
            ("110;phone-context=+81", "+819012345678"),
        ])
    func emergency(code: String, sender: String) throws {
        let failure = try refusal(code, premium: true, from: E164(sender))
        #expect(failure?.kind == .policy && failure?.text.contains("emergency number") == true)
    }

    @Test("other short codes are not")
    func shortCodes() throws {
        #expect(try refusal("33733;phone-context=ca-us.phone-context.soprani.ca") == nil)
        #expect(try refusal("60300;phone-context=+44", from: E164("+447911123456")) == nil)
    }

    @Test(
        "numbers with a premium rate are refused unless the operator allows them",
        arguments: ["+19005550123", "+449098790000"])
    func premium(number: String) throws {
        #expect(try refusal(number)?.text.contains("premium rate") == true)
        #expect(try refusal(number, premium: true) == nil)
    }

    @Test("countries can be allowed and denied, by region or by country code")
    func countries() throws {
        let (american, canadian, german) = ("+12025550123", "+14165550123", "+4915112345678")
        #expect(try refusal(german) == nil)
        #expect(try refusal(american, allow: ["US"]) == nil)
        #expect(try refusal(canadian, allow: ["US"])?.kind == .policy)
        #expect(try refusal(canadian, allow: ["+1"]) == nil)
        #expect(try refusal(canadian, allow: ["+1"], deny: ["CA"])?.text.contains("country of +14165550123") == true)
        #expect(try refusal(german, deny: ["+49"])?.kind == .policy)
        #expect(try refusal(german, allow: [])?.kind == .policy)
    }

    @Test(
        "a country is a region or a country code",
        arguments: [
            ("US", true), ("+44", true), ("+1", true), ("Germany", false), ("44", false), ("us", false),
            ("+4412", false), ("", false),
        ])
    func country(text: String, isOne: Bool) { #expect((Destinations.Country(text) != nil) == isOne) }
}
