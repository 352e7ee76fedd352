import Testing
import XMPP

/// All states and all stanzas of RFC 6121 Appendix A, as its tables give them.
@Suite("The states of subscriptions (RFC 6121 Appendix A)")
struct SubscriptionStateTests {
    private typealias Direction = SubscriptionState.Direction

    /// The names of the nine states (Appendix A.1).
    private static let states: [String: SubscriptionState] = [
        "None": state(.none, .none), "None+Out": state(.pending, .none), "None+In": state(.none, .pending),
        "None+OutIn": state(.pending, .pending), "To": state(.subscribed, .none), "To+In": state(.subscribed, .pending),
        "From": state(.none, .subscribed), "From+Out": state(.pending, .subscribed),
        "Both": state(.subscribed, .subscribed),
    ]

    private static func state(_ outbound: Direction, _ inbound: Direction) -> SubscriptionState {
        SubscriptionState(outbound: outbound, inbound: inbound)
    }

    /// For each stanza, the new state of each state; nil where the stanza must not be routed or delivered.
    static let outbound: [(Presence.Kind, [String: String?])] = [
        (  // A.2.1
            .subscribe,
            [
                "None": "None+Out", "None+Out": "None+Out", "None+In": "None+OutIn", "None+OutIn": "None+OutIn",
                "To": "To", "To+In": "To+In", "From": "From+Out", "From+Out": "From+Out", "Both": "Both",
            ]
        ),
        (  // A.2.2
            .unsubscribe,
            [
                "None": "None", "None+Out": "None", "None+In": "None+In", "None+OutIn": "None+In", "To": "None",
                "To+In": "None+In", "From": "From", "From+Out": "From", "Both": "From",
            ]
        ),
        (  // A.2.3
            .subscribed,
            [
                "None": nil, "None+Out": nil, "None+In": "From", "None+OutIn": "From+Out", "To": nil, "To+In": "Both",
                "From": nil, "From+Out": nil, "Both": nil,
            ]
        ),
        (  // A.2.4
            .unsubscribed,
            [
                "None": nil, "None+Out": nil, "None+In": "None", "None+OutIn": "None+Out", "To": nil, "To+In": "To",
                "From": "None", "From+Out": "None+Out", "Both": "To",
            ]
        ),
    ]

    static let inbound: [(Presence.Kind, [String: String?])] = [
        (  // A.3.1
            .subscribe,
            [
                "None": "None+In", "None+Out": "None+OutIn", "None+In": nil, "None+OutIn": nil, "To": "To+In",
                "To+In": nil, "From": nil, "From+Out": nil, "Both": nil,
            ]
        ),
        (  // A.3.2
            .unsubscribe,
            [
                "None": nil, "None+Out": nil, "None+In": "None", "None+OutIn": "None+Out", "To": nil, "To+In": "To",
                "From": "None", "From+Out": "None+Out", "Both": "To",
            ]
        ),
        (  // A.3.3
            .subscribed,
            [
                "None": nil, "None+Out": "To", "None+In": nil, "None+OutIn": "To+In", "To": nil, "To+In": nil,
                "From": nil, "From+Out": "Both", "Both": nil,
            ]
        ),
        (  // A.3.4
            .unsubscribed,
            [
                "None": nil, "None+Out": "None", "None+In": nil, "None+OutIn": "None+In", "To": "None",
                "To+In": "None+In", "From": nil, "From+Out": "From", "Both": "From",
            ]
        ),
    ]

    @Test("a stanza of the entity is routed and changes the state as table A.2 says", arguments: outbound.indices)
    func sending(row: Int) throws {
        let (type, changes) = Self.outbound[row]
        try check(changes) { $0.send(type) }
    }

    @Test("a stanza of the contact is delivered and changes the state as table A.3 says", arguments: inbound.indices)
    func receiving(row: Int) throws {
        let (type, changes) = Self.inbound[row]
        try check(changes) { $0.receive(type) }
    }

    private func check(_ changes: [String: String?], _ change: (inout SubscriptionState) -> Bool) throws {
        #expect(Set(changes.keys) == Set(Self.states.keys))
        for (name, next) in changes {
            let before = try #require(Self.states[name])
            var after = before
            let isTaken = change(&after)
            #expect(isTaken == (next != nil), "\(name)")
            #expect(after == next.flatMap { Self.states[$0] } ?? before, "\(name)")
        }
    }

    @Test("other presence changes no state", arguments: [Presence.Kind.available, .unavailable, .probe, .error])
    func others(type: Presence.Kind) {
        for before in Self.states.values {
            var after = before
            #expect(!after.send(type) && !after.receive(type) && after == before)
        }
    }
}
