import GatewayKit
import Testing

@testable import SMSAdapter

@Suite("Correspondents and their names in addresses")
struct CorrespondentTests {
    @Test(
        "A localpart names one correspondent and is written back the same",
        arguments: [
            "+15551234567", "33733;phone-context=ca-us.phone-context.soprani.ca", "12345;phone-context=+44",
            "6785;phone-context=alphanumeric.phone-context.soprani.ca",
            "16;phone-context=anonymous.phone-context.soprani.ca",
        ])
    func roundTrip(localpart: String) throws {
        #expect(try #require(Correspondent(localpart: localpart)).localpart == localpart)
    }

    @Test(
        "Any other localpart is refused",
        arguments: [
            "", "+", "15551234567", "+0155512345", "+1555123456789012", "33733", "33733;phone-context=", "AMAZON",
            "33733;phone-context=example.org", "33733;phone-context=+0", "33733;phone-context=+1234",
            "12;phone-context=+44", "123456789;phone-context=+44", ";phone-context=+44", "+1;phone-context=+44",
            "3 3;phone-context=alphanumeric.phone-context.soprani.ca",
            "160;phone-context=anonymous.phone-context.soprani.ca", "+15551234567,+15551234568",
        ])
    func refused(localpart: String) { #expect(Correspondent(localpart: localpart) == nil) }

    @Test(
        "A sender's name becomes the number that Cheogram makes of it",
        arguments: [
            ("AMAZON", "354735604948"), ("a", "67"), ("O2 Info", "4920243807281"), ("A&B", "35836"),
            ("Anonymous", "16"), ("", "17"), ("Restricted", "14"),
        ])
    func names(name: String, digits: String) {
        let correspondent = Correspondent(senderName: name)
        switch correspondent {
        case .named(let made), .withheld(let made):
            #expect(made == digits)
        default: Issue.record("\(correspondent)")
        }
        #expect(correspondent.kind == Correspondent.unanswerable)
        #expect(Correspondent(localpart: correspondent.localpart) == correspondent)
    }

    @Test("Two long names, or two addresses with a scheme, are two correspondents")
    func longNames() {
        for (first, second) in [
            ("whatsapp:+5215512345678", "whatsapp:+5215512345699"),
            ("A very long name of a bank, Lisbon", "A very long name of a bank, London"),
        ] {
            #expect(Correspondent(senderName: first) != Correspondent(senderName: second))
        }
    }

    @Test(
        "Every sender's name has an address, however odd",
        arguments: ["É", "😀😀😀", "\u{0}", String(repeating: "x", count: 500)])
    func oddNames(name: String) {
        let correspondent = Correspondent(senderName: name)
        #expect(Correspondent(localpart: correspondent.localpart) == correspondent)
        #expect(correspondent == Correspondent(senderName: name))
    }
}
