import Testing
import XML
import XMPP

@testable import ComponentLink

@Suite("Refusals")
struct RefusalTests {
    private let domain: JID

    init() throws { domain = try JID("irc.test") }

    private func element(_ kind: String, _ attributes: [String: String]) -> Element {
        Element(kind, namespace: Stanza.namespace, attributes: attributes.map { Attribute($0.key, $0.value) })
    }

    @Test(
        "an oversized stanza is answered to its sender, from the address it was sent to",
        arguments: ["message", "iq", "presence"])
    func skipped(kind: String) throws {
        let start = element(kind, ["from": "a@x.test/r", "to": "#Harbour%net@irc.test/Anna", "id": "7"])
        let answer = try #require(StanzaRefusal.answer(skipped: start, .tooLarge, as: domain))
        #expect(answer.name == kind)
        #expect(answer[attribute: "to"] == "a@x.test/r")
        #expect(answer[attribute: "from"] == "#harbour%net@irc.test/Anna")
        #expect(answer[attribute: "id"] == "7")
        #expect(answer[attribute: "type"] == "error")
        let error = try StanzaError(try #require(answer.elements.first))
        #expect(error.condition == .policyViolation && error.type == .modify)
    }

    @Test(
        "errors and results are never answered, nor elements without a sender or that are no stanza",
        arguments: [
            ("message", ["from": "a@x.test", "type": "error"]), ("iq", ["from": "a@x.test", "type": "error"]),
            ("iq", ["from": "a@x.test", "type": "result"]), ("presence", ["from": "a@x.test", "type": "error"]),
            ("message", ["to": "irc.test"]), ("message", ["from": "@"]), ("handshake", ["from": "a@x.test"]),
        ])
    func unanswered(kind: String, attributes: [String: String]) {
        #expect(StanzaRefusal.answer(skipped: element(kind, attributes), .tooDeep, as: domain) == nil)
    }

    @Test(
        "an answer never comes from a foreign or broken address, for which a server would end the stream",
        arguments: ["user@elsewhere.test", "a b@irc.test", "", "@irc.test"])
    func ownAddress(to: String) throws {
        let start = element("message", ["from": "a@x.test", "to": to])
        let answer = try #require(StanzaRefusal.answer(skipped: start, .tooLarge, as: domain))
        #expect(answer[attribute: "from"] == "irc.test")
        let malformed = StanzaFormatErrorSample.make(from: "a@x.test", to: to)
        #expect(malformed.flatMap { StanzaRefusal.answer($0, as: domain) }?[attribute: "from"] == "irc.test")
    }
}

/// A stanza with an invalid address, or without an id.
private enum StanzaFormatErrorSample {
    static func make(from: String, to: String) -> StanzaFormatError? {
        let attributes = [Attribute("from", from), Attribute("to", to), Attribute("type", "get")]
        do {
            _ = try Stanza(Element("iq", namespace: Stanza.namespace, attributes: attributes))
            return nil
        } catch {
            return error
        }
    }
}
