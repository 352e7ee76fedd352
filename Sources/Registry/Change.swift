import GatewayKit

/// One write, as a value. Changes are committed in the order in which they were submitted, in groups; each gets
/// its own reply after the commit that made it durable.
package enum Change: Sendable, Equatable {
    /// Insert or replace. Fails with `.conflict` if another user of the gateway has the same value under one of
    /// the `unique` keys (a phone number), and with `.quarantined` if it belonged to another user until recently.
    case saveAccount(AccountRecord, unique: Set<String>, terms: ClaimTerms = ClaimTerms())
    /// A user's registration or settings for one network. The values of `unique` keys are free from `at` on.
    case removeAccount(gateway: String, UserID, network: NetworkID?, unique: Set<String>, at: Timestamp)
    /// Everything of one user on one gateway: accounts, contacts, peers, ledger, references. The values of `unique` keys
    /// are free from `at` on.
    case removeUser(gateway: String, UserID, unique: Set<String>, at: Timestamp)
    case saveContact(ContactRecord)
    case removeContact(ContactRecord)
    case savePeer(PeerRecord)

    case appendOutbound(OutboundEntry)
    /// Moves an outbound entry on, if the state machine allows. Replies `.outbound(entry)` with the entry as it is
    /// afterwards if it moved, `.outbound(nil)` if it did not (unknown id, repeat, lower state).
    /// A move to `waiting` counts as a retry and needs `notBefore`. The text is emptied by `accepted` and by final
    /// states. A final state is kept as untold until `told`, with the failure if there is one: the sender must hear of it even after a crash.
    /// `by` moves it only if it is that account's: one provider's reports do not touch another's messages.
    case advance(
        RequestID, to: OutboundEntry.State, foreignID: MessageID? = nil, notBefore: Timestamp? = nil,
        failure: Failure? = nil, at: Timestamp, by: AccountID? = nil)
    /// The home server has what there was to tell about these.
    case told([RequestID])

    /// Replies `.inserted(false)` if the key was already taken (nothing is stored then).
    case appendInbound(InboundEntry)
    /// The home server has them.
    case finishInbound(ids: [String])
    /// Drops what is older than the retention limits.
    case prune(now: Timestamp)
}

/// On which terms an account takes its unique values.
package struct ClaimTerms: Sendable, Equatable {
    package var at: Timestamp
    /// For how long a value is kept from others after its user has given it up.
    package var quarantine: Duration
    /// The operator has given the values to this user; then no quarantine holds.
    package var isAssigned: Bool

    package init(
        at: Timestamp = Timestamp(secondsSince1970: 0), quarantine: Duration = .zero, isAssigned: Bool = false
    ) {
        self.at = at
        self.quarantine = quarantine
        self.isAssigned = isAssigned
    }
}

package enum ChangeReply: Sendable, Equatable {
    case done
    case inserted(Bool)
    case outbound(OutboundEntry?)
}

package enum RegistryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A unique value belongs to somebody else; holds the key.
    case conflict(key: String)
    /// A unique value belonged to somebody else until recently; holds the key, and when others may have it.
    case quarantined(key: String, until: Timestamp)
    /// Disk full, file not writable, database damaged: words for the operator.
    case unavailable(String)

    /// Words for the operator.
    package var description: String {
        switch self {
        case .conflict(let key): "somebody else has the same \(key)"
        case .quarantined(let key, _): "somebody else had the same \(key) until recently"
        case .unavailable(let words): words
        }
    }
}

/// An outcome that its sender may not have heard of.
package struct UntoldOutcome: Sendable, Equatable {
    package var entry: OutboundEntry
    /// Nil for a delivery.
    package var failure: Failure?

    package init(_ entry: OutboundEntry, failure: Failure?) {
        self.entry = entry
        self.failure = failure
    }
}

/// Everything of one gateway that its core needs at start-up.
package struct GatewaySnapshot: Sendable, Equatable {
    package var accounts: [AccountRecord]
    package var contacts: [ContactRecord]
    package var peers: [PeerRecord]
    /// Entries in state `waiting` or `handing`, oldest first.
    package var outbound: [OutboundEntry]
    /// Ended, and perhaps not told, oldest first.
    package var untold: [UntoldOutcome]
    /// Not yet taken by the home server, oldest first.
    package var inbound: [InboundEntry]

    package init(
        accounts: [AccountRecord] = [], contacts: [ContactRecord] = [], peers: [PeerRecord] = [],
        outbound: [OutboundEntry] = [], untold: [UntoldOutcome] = [], inbound: [InboundEntry] = []
    ) {
        self.accounts = accounts
        self.contacts = contacts
        self.peers = peers
        self.outbound = outbound
        self.untold = untold
        self.inbound = inbound
    }
}
