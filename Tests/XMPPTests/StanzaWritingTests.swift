import Testing
import XML
import XMPP

@Suite("Writing stanzas without an element tree")
struct StanzaWritingTests {
    static let stanzas: [Stanza] = {
        let jids: [JID?] = ["gw.example", "a@b/c<&>\"'d", "#ch%n&t@gw.example/Nick \u{1F98A}", nil].map { text in
            text.flatMap { try? JID($0) }
        }
        let payloads: [[Element]] = [
            [], [Message.body("a & b")], [Message.body("")], [Element("body", namespace: "other", text: "x")],
            [Message.body("a"), Message.thread("t")],
            [
                MUCUser(items: [MUC.Item(affiliation: .owner, role: .moderator)], statuses: [110]).element,
                Message.body(""),
            ],
        ]
        var all: [Stanza] = []
        for to in jids {
            for from in jids {
                let id: String? = from == nil ? nil : "it's <1>"
                let head = StanzaHead(to: to, from: from, id: id, lang: to == nil ? "de" : nil)
                let stable = StanzaHead(to: to, from: from, id: id, stableID: "s<1>")
                let occupant = StanzaHead(to: to, from: from, id: id, occupantID: "o<1>")
                let both = StanzaHead(to: to, from: from, id: id, stableID: "s<1>", occupantID: "o'1")
                for payload in payloads {
                    all += [occupant, both].map { .message(Message($0, type: .groupchat, payload: payload)) }
                    all += [occupant, both].map { .presence(Presence($0, payload: payload)) }
                    all.append(.presence(Presence(occupant, type: .unavailable, status: "x", payload: payload)))
                    all += Message.Kind.allCases.map { .message(Message(stable, type: $0, payload: payload)) }
                    all += Message.Kind.allCases.map { .message(Message(head, type: $0, payload: payload)) }
                    all += IQ.Kind.allCases.map { .iq(IQ(head, type: $0, payload: payload)) }
                    all += Presence.Kind.allCases.map { .presence(Presence(head, type: $0, payload: payload)) }
                    all.append(.presence(Presence(head, show: .away, status: "< &", priority: -1, payload: payload)))
                    all.append(.presence(Presence(head, status: "", payload: payload)))
                }
            }
        }
        return all
    }()

    @Test("the bytes equal those of the written elements")
    func sameBytes() {
        var direct = XMLWriter()
        var byElement = XMLWriter()
        for stanza in Self.stanzas {
            stanza.write(to: &direct)
            byElement.write(stanza.element, defaultNamespace: Stanza.namespace)
            #expect(direct.bytes == byElement.bytes)
            direct.removeAll()
            byElement.removeAll()
        }
    }

    @Test("a message with a stable id ends with its stanza-id, which is by the bare address of the sender")
    func stableID() throws {
        let head = StanzaHead(to: try JID("a@b/c"), from: try JID("#r%n@gw/Bob"), id: "1", stableID: "s'1")
        var writer = XMLWriter()
        Stanza.message(Message(head, type: .groupchat, body: "ahoy")).write(to: &writer)
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == "<message to='a@b/c' from='#r%n@gw/Bob' id='1' type='groupchat'><body>ahoy</body>"
                + "<stanza-id xmlns='urn:xmpp:sid:0' id='s&apos;1' by='#r%n@gw'/></message>")
    }

    @Test("a character in a long text is escaped at any place")
    func escapeAnywhere() {
        for special in ["&", "<", ">", "'", "\"", "\t", "\n", "\r", "\u{0}", "\u{1F}", "\u{FFFE}", "\u{FEFF}", "é"] {
            for length in [1, 7, 8, 9, 15, 16, 17, 63, 64, 65, 130] {
                for place in [0, 1, 6, 7, 8, 9, 14, 15, 16, 31, 62, 63, 64, 65, 127, 128, 129] where place < length {
                    let (head, tail) = (
                        String(repeating: "x", count: place), String(repeating: "y", count: length - place)
                    )
                    let one = Element("m", namespace: "n", attributes: [Attribute("a", special)], text: special)
                    let long = Element(
                        "m", namespace: "n", attributes: [Attribute("a", head + special + tail)],
                        text: head + special + tail)
                    let short = one.xml(defaultNamespace: "n")
                    let inAttribute = short.dropFirst(6).prefix { $0 != "'" }
                    let inText = short.drop { $0 != ">" }.dropFirst().prefix { $0 != "<" }
                    #expect(
                        long.xml(defaultNamespace: "n")
                            == "<m a='\(head)\(inAttribute)\(tail)'>\(head)\(inText)\(tail)</m>")
                }
            }
        }
    }
}
