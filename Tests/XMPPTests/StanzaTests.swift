import Testing
import XML
import XMPP

@Suite("Stanzas")
struct StanzaTests {
    private func expectBothWays(
        _ stanza: Stanza, _ xml: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(stanza.element.xml(defaultNamespace: "jabber:client") == xml, sourceLocation: sourceLocation)
        #expect(try Stanza(read(xml)) == stanza, sourceLocation: sourceLocation)
    }

    private func head() throws -> StanzaHead { StanzaHead(to: try jid("b@x/2"), from: try jid("a@y/1"), id: "7") }
    private let attributes = "to='b@x/2' from='a@y/1' id='7'"

    @Test("messages of every type", arguments: ["normal", "chat", "groupchat", "headline", "error"])
    func messages(type: String) throws {
        let kind = try #require(Message.Kind(rawValue: type))
        let shown = type == "normal" ? "" : " type='\(type)'"
        try expectBothWays(
            .message(Message(try head(), type: kind, body: "hi")),
            "<message \(attributes)\(shown)><body>hi</body></message>")
    }

    @Test("presences of every type")
    func presences() throws {
        let kinds: [Presence.Kind] = [
            .available, .unavailable, .subscribe, .subscribed, .unsubscribe, .unsubscribed, .probe, .error,
        ]
        for kind in kinds {
            let shown = kind == .available ? "" : " type='\(kind.rawValue)'"
            try expectBothWays(.presence(Presence(try head(), type: kind)), "<presence \(attributes)\(shown)/>")
        }
    }

    @Test("presences with show, status, priority and payload")
    func presenceDetails() throws {
        for show in [Presence.Show.chat, .away, .xa, .dnd] {
            try expectBothWays(
                .presence(
                    Presence(try head(), show: show, status: "be back", priority: -128, payload: [Ping().element])),
                """
                <presence \(attributes)><show>\(show.rawValue)</show><status>be back</status>\
                <priority>-128</priority><ping xmlns='urn:xmpp:ping'/></presence>
                """)
        }
    }

    @Test(
        "senseless values of show and priority in a presence count as absent",
        arguments: [
            "<show>busy</show>", "<show/>", "<priority>128</priority>", "<priority>-129</priority>",
            "<priority>high</priority>", "<priority/>",
        ])
    func presenceHints(hint: String) throws {
        #expect(try Presence(read("<presence>\(hint)</presence>")) == Presence(StanzaHead()))
    }

    @Test("of several status texts the first counts")
    func statuses() throws {
        let presence = try Presence(read("<presence><status>a</status><status xml:lang='de'>b</status></presence>"))
        #expect(presence.status == "a")
        #expect(presence.payload.isEmpty)
    }

    @Test("requests, results and errors")
    func iqs() throws {
        let head = try head()
        let ping = "<ping xmlns='urn:xmpp:ping'/>"
        let error = StanzaError(.serviceUnavailable)
        for kind in [IQ.Kind.get, .set, .result] {
            try expectBothWays(
                .iq(IQ(head, type: kind, payload: [Ping().element])),
                "<iq \(attributes) type='\(kind.rawValue)'>\(ping)</iq>")
        }
        try expectBothWays(.iq(IQ(head, type: .result)), "<iq \(attributes) type='result'/>")
        try expectBothWays(
            .iq(IQ(head, type: .error, payload: [Ping().element, error.element])),
            """
            <iq \(attributes) type='error'>\(ping)<error type='cancel'>\
            <service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
            """)
    }

    @Test("the language of a stanza is xml:lang")
    func language() throws {
        try expectBothWays(
            .message(Message(StanzaHead(lang: "de"), type: .chat)), "<message type='chat' xml:lang='de'/>")
        #expect(try Stanza(read("<message lang='de'/>")).head.lang == nil)
    }

    @Test("an unknown or missing message type counts as normal (RFC 6121 §5.2.2)", arguments: ["", " type='x'"])
    func unknownMessageType(type: String) throws {
        #expect(try Message(read("<message\(type)/>")).type == .normal)
    }

    @Test("text between the children of a stanza is dropped")
    func stray() throws {
        #expect(try Message(read("<message> x <body>a</body> </message>")).element.children.count == 1)
    }

    @Test("answers swap the addresses and keep the id")
    func answers() throws {
        let request = IQ(try head(), type: .get, payload: [Ping().element])
        #expect(request.result().head == StanzaHead(to: try jid("a@y/1"), from: try jid("b@x/2"), id: "7"))
        #expect(request.error(StanzaError(.forbidden)).stanzaError == StanzaError(.forbidden))
        #expect(request.request == Ping().element)
    }
}
