import Testing
import XML
import XMPP

@Suite("Stanza errors (RFC 6120 §8.3)")
struct StanzaErrorTests {
    private let namespace = "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'"

    /// The types that RFC 6120 §8.3.3 gives for each condition. The first is the usual one.
    private static let types: [(StanzaError.Condition, [StanzaError.Kind])] = [
        (.badRequest, [.modify]), (.conflict, [.cancel]), (.featureNotImplemented, [.cancel, .modify]),
        (.forbidden, [.auth]), (.gone, [.cancel]), (.internalServerError, [.cancel]), (.itemNotFound, [.cancel]),
        (.jidMalformed, [.modify]), (.notAcceptable, [.modify]), (.notAllowed, [.cancel]), (.notAuthorized, [.auth]),
        (.policyViolation, [.modify, .wait]), (.recipientUnavailable, [.wait]), (.redirect, [.modify]),
        (.registrationRequired, [.auth]), (.remoteServerNotFound, [.cancel]), (.remoteServerTimeout, [.wait]),
        (.resourceConstraint, [.wait]), (.serviceUnavailable, [.cancel]), (.subscriptionRequired, [.auth]),
        (.undefinedCondition, [.cancel]), (.unexpectedRequest, [.wait, .modify]),
    ]

    @Test("the type of an error follows from its condition, unless it deviates for a reason")
    func usualTypes() throws {
        #expect(Set(Self.types.map(\.0)) == Set(StanzaError.Condition.allCases))
        for (condition, types) in Self.types {
            let type = try #require(types.first)
            try expectBothWays(
                StanzaError(condition), "<error type='\(type.rawValue)'><\(condition.rawValue) \(namespace)/></error>")
        }
        #expect(StanzaError(.conflict, as: .temporary).type == .wait)
        #expect(StanzaError(.notAcceptable, as: .final).type == .cancel)
        #expect(StanzaError(.featureNotImplemented, as: .mendable).type == .modify)
    }

    @Test("an error of any type is read as it is", arguments: StanzaError.Condition.allCases)
    func received(condition: StanzaError.Condition) throws {
        for type in [StanzaError.Kind.auth, .cancel, .continue, .modify, .wait] {
            let xml = "<error type='\(type.rawValue)'><\(condition.rawValue) \(namespace)/></error>"
            let error = try StanzaError(read(xml))
            #expect(error.type == type && error.condition == condition)
            #expect(error.element.xml(defaultNamespace: "jabber:client") == xml)
        }
    }

    @Test("with text, reporter and another address")
    func details() throws {
        try expectBothWays(
            StanzaError(.resourceConstraint, "try <later>", by: try jid("gw.example")),
            """
            <error type='wait' by='gw.example'><resource-constraint \(namespace)/>\
            <text \(namespace) xml:lang='en'>try &lt;later&gt;</text></error>
            """)
        for condition in [StanzaError.Condition.gone, .redirect] {
            try expectBothWays(
                StanzaError(condition, alternative: "xmpp:b@x"),
                "<error type='\(condition.usualType.rawValue)'><\(condition.rawValue) \(namespace)>xmpp:b@x"
                    + "</\(condition.rawValue)></error>")
        }
    }

    @Test("unknown or malformed parts of an error are read leniently")
    func lenient() throws {
        #expect(try StanzaError(read("<error/>")) == StanzaError(.undefinedCondition))
        #expect(
            try StanzaError(read("<error type='odd' by='@' code='404'><new-one \(namespace)/></error>"))
                == StanzaError(.undefinedCondition))
        #expect(
            try StanzaError(
                read(
                    "<error type='auth'><own xmlns='urn:x'/><text \(namespace)>t</text><forbidden \(namespace)/></error>"
                ))
                == StanzaError(.forbidden, "t"))
        // Only elements in the namespace of conditions count, and of these only the first.
        #expect(
            try StanzaError(
                read(
                    "<error type='wait'><gone xmlns='urn:x'/><conflict \(namespace)/><forbidden \(namespace)/></error>")
            )
                == StanzaError(.conflict, as: .temporary))
        try expectRefused(StanzaError.self, "<error xmlns='urn:x'/>")
    }

    @Test("an error is found in messages, presences and IQs")
    func found() throws {
        let error = StanzaError(.itemNotFound)
        #expect(Message(StanzaHead(), type: .error, payload: [Ping().element, error.element]).stanzaError == error)
        #expect(Presence(StanzaHead(), type: .error, payload: [error.element]).stanzaError == error)
        #expect(IQ(StanzaHead(), type: .error).stanzaError == nil)
    }
}
