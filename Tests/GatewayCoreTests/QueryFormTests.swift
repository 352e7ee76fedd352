import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

/// IQs of every type, with right and wrong content, to every kind of address (RFC 6120 §8.2.3, §8.3).
@Suite("The form of queries")
struct QueryFormTests {
    private static let anna = "anna@home.test/a"

    /// Addresses of each kind, and the condition that answers a well-formed query of an unknown kind there.
    private static let addresses: [(String, StanzaError.Condition)] = [
        ("gw.test", .serviceUnavailable), ("gw.test/x", .serviceUnavailable), ("net@gw.test", .serviceUnavailable),
        ("net@gw.test/x", .serviceUnavailable), ("bob%net@gw.test", .serviceUnavailable),
        ("bob%net@gw.test/x", .serviceUnavailable), ("#harbour%net@gw.test", .serviceUnavailable),
        ("#harbour%net@gw.test/Bob", .serviceUnavailable), ("#harbour%net@gw.test/nobody", .serviceUnavailable),
        ("#quay%net@gw.test", .serviceUnavailable), ("#quay%net@gw.test/Bob", .serviceUnavailable),
        ("#%net@gw.test", .jidMalformed), ("bob%unknown@gw.test", .itemNotFound),
    ]

    /// Contents of an IQ, and whether a get or set with it has the right form: one child (RFC 6120 §8.2.3 rule 3).
    private static let contents: [(xml: String, isRight: Bool)] = [
        ("", false), ("text", false), ("<a xmlns='a'/><b xmlns='b'/>", false),
        ("<ping xmlns='urn:xmpp:ping'/><query xmlns='jabber:iq:version'/>", false),
        ("<error type='cancel'/>", false), ("<query xmlns='urn:unknown'/>", true),
        ("<query xmlns='http://jabber.org/protocol/disco#info2'/>", true), ("<unknown xmlns='urn:xmpp:ping'/>", true),
        ("<query xmlns='urn:unknown'><deep><deeper/></deep></query>", true), ("<body>x</body>", true),
    ]

    @Test(
        "a get or set is answered once: a wrong form with bad-request, an unknown content as the address says",
        arguments: addresses)
    func requests(address: String, condition: StanzaError.Condition) throws {
        let scene = try Scene.inRoom()
        for type in ["get", "set"] {
            for (content, isRight) in Self.contents {
                let xml = "<iq id='q' type='\(type)'>\(content)</iq>"
                let answers = try scene.answers(to: xml, from: Self.anna, at: address)
                try expectOne(answers, isRight ? condition : nil, xml, address)
                #expect(scene.requests.isEmpty, "\(xml) to \(address)")
            }
        }
    }

    @Test("an IQ without a type, or of an unknown one, is a bad request (RFC 6120 §8.2.3 rule 2)", arguments: addresses)
    func types(address: String, _: StanzaError.Condition) throws {
        let scene = try Scene.inRoom()
        for type in ["", " type=''", " type='GET'", " type='subscribe'", " type='unknown'"] {
            for (content, _) in Self.contents {
                let xml = "<iq id='q'\(type)>\(content)</iq>"
                try expectOne(try scene.answers(to: xml, from: Self.anna, at: address), .badRequest, xml, address)
            }
        }
    }

    /// Expects one error with the id of the IQ, from an address of the gateway.
    ///
    /// - Parameter condition: nil for bad-request.
    private func expectOne(
        _ answers: [Stanza], _ condition: StanzaError.Condition?, _ xml: String, _ address: String
    ) throws {
        #expect(answers.count == 1, "\(xml) to \(address)")
        let iq = try #require(answers.first?.asIQ, "\(xml) to \(address)")
        #expect(iq.type == .error && iq.head.id == "q" && iq.head.to?.description == Self.anna)
        let error = try #require(iq.stanzaError, "\(xml) to \(address)")
        #expect(error.condition == condition ?? .badRequest, "\(xml) to \(address)")
    }

    @Test("results and errors are never answered, whatever they are about (RFC 6120 §8.3.1)", arguments: addresses)
    func answers(address: String, _: StanzaError.Condition) throws {
        let scene = try Scene.inRoom()
        for type in ["result", "error"] {
            for (content, _) in Self.contents {
                let xml = "<iq id='q' type='\(type)'>\(content)</iq>"
                #expect(try scene.answers(to: xml, from: Self.anna, at: address).isEmpty, "\(xml) to \(address)")
                let nameless = "<iq type='\(type)'>\(content)</iq>"
                #expect(try scene.answers(to: nameless, from: Self.anna, at: address).isEmpty)
            }
        }
        #expect(scene.requests.isEmpty && scene.changes.isEmpty)
    }

    @Test("a get or set without an id is a bad request, which is answered without an id", arguments: ["get", "set"])
    func nameless(type: String) throws {
        let scene = try Scene.live()
        let xml = "<iq type='\(type)'><ping xmlns='urn:xmpp:ping'/></iq>"
        let error = #expect(throws: StanzaFormatError.self) {
            try scene.receive(from: Self.anna, xml, to: "gw.test")
        }
        let reply = try #require(error?.reply)
        #expect(reply[attribute: "type"] == "error" && reply[attribute: "id"] == nil)
        #expect(try StanzaError(try #require(reply.elements.first)).condition == .badRequest && scene.sent.isEmpty)
    }

    @Test("a query to a text that is no address is refused with jid-malformed, and nobody can answer one from there")
    func malformedAddresses() throws {
        let scene = try Scene.live()
        let ping = "<iq id='q' type='get'><ping xmlns='urn:xmpp:ping'/></iq>"
        for address in ["a b@gw.test", "@gw.test", "bob%net@gw.test/", "\u{E000}@gw.test"] {
            let answers = try scene.answers(to: ping, from: Self.anna, at: address)
            #expect(answers.map(\.stanzaError?.condition) == [.jidMalformed], "\(address)")
            #expect(try scene.answers(to: ping, from: address, at: "gw.test").isEmpty)
        }
    }
}
