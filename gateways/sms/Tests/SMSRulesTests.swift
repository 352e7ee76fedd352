import GatewayKit
import Testing

@testable import SMSAdapter

@Suite("Rules of the text message network")
struct SMSRulesTests {
    private let rules: SMSRules

    init() throws { rules = SMSRules(settings: try Gateway.settings()) }

    @Test("The description has the identities and the form that users of SMS gateways know")
    func description() {
        let description = rules.description
        #expect(description.id == "sms")
        #expect(description.gatewayIdentity == .init("gateway", "sms"))
        #expect(description.peerIdentity == .init("client", "sms"))
        #expect(description.roomIdentity == nil)
        #expect(description.registration == .required)
        #expect(description.delivery == .stored)
        #expect(description.sessions == .withUser)
        #expect(description.loginForm.map(\.name) == ["phone"])
        #expect(description.loginForm.allSatisfy { $0.required && $0.unique })
        #expect(!description.loginInstructions.contains("+1555000"))
    }

    @Test("There is one network, whatever the number of provider accounts")
    func network() throws {
        #expect(rules.networks == [NetworkID("sms")])
        #expect(rules.network(for: ["phone": Gateway.bob]) == NetworkID("sms"))
        #expect(try rules.address(localpart: "+15551234567").network == NetworkID("sms"))
    }

    @Test(
        "A number of the operator is accepted in any spelling",
        arguments: ["+15550001111", "+1 555 000 1111", "+1 (555) 000-1111", " +15550001111 ", "0015550001111"])
    func login(typed: String) throws {
        #expect(try rules.check(login: ["phone": typed, "other": "x"]) == ["phone": "+15550001111"])
    }

    @Test(
        "Any other number is refused with a text that reveals no number of the operator",
        arguments: [nil, "", " ", "+15559999999", "33733", "hello", "+1555\r0001111"] as [String?])
    func loginRefused(typed: String?) {
        let failure = #expect(throws: Failure.self) { try rules.check(login: typed.map { ["phone": $0] } ?? [:]) }
        #expect(failure?.kind == .notAcceptable)
        #expect(failure?.text.isEmpty == false)
        #expect(failure?.text.contains("+15550002222") == false)
    }

    @Test("A short code without a country belongs to that of the operator's first number")
    func shortCode() throws {
        #expect(
            rules.localpart(of: try rules.normalize("33733")) == "33733;phone-context=ca-us.phone-context.soprani.ca")
    }

    private static func rules(open isOpen: Bool) throws -> SMSRules {
        var settings = try Gateway.settings()
        var accounts = settings.accounts
        accounts[0].owners = [try #require(E164(Gateway.bob)): UserID("bob@example.org")]
        settings = SMSSettings(accounts: accounts, defaultRegion: nil, isRegistrationOpen: isOpen)
        return SMSRules(settings: settings)
    }

    @Test(
        "A number with an owner can be registered by that user only, also with open registration",
        arguments: [true, false])
    func owned(isOpen: Bool) throws {
        let rules = try Self.rules(open: isOpen)
        try rules.authorize(["phone": Gateway.bob], by: UserID("bob@example.org"))
        let failure = #expect(throws: Failure.self) {
            try rules.authorize(["phone": Gateway.bob], by: UserID("eve@example.org"))
        }
        #expect(failure?.kind == .forbidden && failure?.text.contains("bob@") == false)
        #expect(rules.owner(of: ["phone": Gateway.bob]) == UserID("bob@example.org"))
    }

    @Test("Any other number may be registered only with open registration, and the refusal has the same text")
    func unowned() throws {
        try Self.rules(open: true).authorize(["phone": "+15550003333"], by: UserID("eve@example.org"))
        let closed = try Self.rules(open: false)
        let free = #expect(throws: Failure.self) {
            try closed.authorize(["phone": "+15550003333"], by: UserID("eve@example.org"))
        }
        let taken = #expect(throws: Failure.self) {
            try closed.authorize(["phone": Gateway.bob], by: UserID("eve@example.org"))
        }
        #expect(free?.text.dropFirst(12) == taken?.text.dropFirst(12))
        #expect(closed.owner(of: ["phone": "+15550003333"]) == nil)
    }

    @Test(
        "the title of a sender can be read: letters, a number with spaces, a short code, never a phone-context",
        arguments: [
            ("36354845;phone-context=alphanumeric.phone-context.soprani.ca", "BANK"),
            ("+12025550187", "+1 202 555 0187"),
            ("33733;phone-context=ca-us.phone-context.soprani.ca", "33733"),
            ("16;phone-context=anonymous.phone-context.soprani.ca", "Hidden number"),
        ])
    func titles(localpart: String, title: String) throws {
        guard case .peer(let peer) = try rules.address(localpart: localpart) else {
            Issue.record("no person")
            return
        }
        #expect(rules.title(of: peer) == title)
    }
}
