import Testing
import XML
import XMPP

@Suite("Stanza errors (RFC 6120 §8.3)")
struct StanzaErrorTests {
    private let namespace = "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'"

    @Test("every condition", arguments: StanzaError.Condition.allCases)
    func conditions(condition: StanzaError.Condition) throws {
        for type in [StanzaError.Kind.auth, .cancel, .continue, .modify, .wait] {
            try expectBothWays(
                StanzaError(type, condition),
                "<error type='\(type.rawValue)'><\(condition.rawValue) \(namespace)/></error>")
        }
    }

    @Test("with text, reporter and another address")
    func details() throws {
        try expectBothWays(
            StanzaError(.wait, .resourceConstraint, "try <later>", by: try jid("gw.example")),
            """
            <error type='wait' by='gw.example'><resource-constraint \(namespace)/>\
            <text \(namespace) xml:lang='en'>try &lt;later&gt;</text></error>
            """)
        for condition in [StanzaError.Condition.gone, .redirect] {
            try expectBothWays(
                StanzaError(.cancel, condition, alternative: "xmpp:b@x"),
                "<error type='cancel'><\(condition.rawValue) \(namespace)>xmpp:b@x</\(condition.rawValue)></error>")
        }
    }

    @Test("unknown or malformed parts of an error are read leniently")
    func lenient() throws {
        #expect(try StanzaError(read("<error/>")) == StanzaError(.cancel, .undefinedCondition))
        #expect(
            try StanzaError(read("<error type='odd' by='@' code='404'><new-one \(namespace)/></error>"))
                == StanzaError(.cancel, .undefinedCondition))
        #expect(
            try StanzaError(
                read(
                    "<error type='auth'><own xmlns='urn:x'/><text \(namespace)>t</text><forbidden \(namespace)/></error>"
                ))
                == StanzaError(.auth, .forbidden, "t"))
        // Only elements in the namespace of conditions count, and of these only the first.
        #expect(
            try StanzaError(
                read(
                    "<error type='wait'><gone xmlns='urn:x'/><conflict \(namespace)/><forbidden \(namespace)/></error>")
            )
                == StanzaError(.wait, .conflict))
        try expectRefused(StanzaError.self, "<error xmlns='urn:x'/>")
    }

    @Test("an error is found in messages, presences and IQs")
    func found() throws {
        let error = StanzaError(.cancel, .itemNotFound)
        #expect(Message(StanzaHead(), type: .error, payload: [Ping().element, error.element]).stanzaError == error)
        #expect(Presence(StanzaHead(), type: .error, payload: [error.element]).stanzaError == error)
        #expect(IQ(StanzaHead(), type: .error).stanzaError == nil)
    }
}
