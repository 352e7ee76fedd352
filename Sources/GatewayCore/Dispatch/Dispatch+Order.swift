import DequeModule
import XMPP

/// Keeps the order of a user's stanzas (RFC 6120 §10.1). While the registry stores a change that a stanza of the user has
/// asked for, the user's later stanzas wait: they must be answered by the state that the change leaves.
extension Dispatch {
    /// Maximum of stanzas of one user that wait. Farewells may be twice as many, so that other stanzas cannot crowd
    /// them out.
    static let mostHeld = 100
    /// Maximum of bytes that wait for one user, as `Input.roughBytes` counts them. The first stanza may exceed it.
    static let mostHeldBytes = 1 << 20
    /// Maximum of bytes that wait for all users together, as when the disk is slow.
    static let mostHeldBytesOfAll = 16 << 20

    /// Keeps a stanza until the user's change is stored, or refuses it.
    func hold(_ stanza: Stanza, _ user: User) {
        let bytes = Input.stanza(stanza).roughBytes
        let share = stanza.isFarewell ? 2 : 1
        guard user.held.count < share * Self.mostHeld, kernel.heldBytes + bytes <= share * Self.mostHeldBytesOfAll,
            user.held.isEmpty || user.heldBytes + bytes <= share * Self.mostHeldBytes
        else { return refuse(stanza, .tooManyRequests) }
        user.held.append(stanza)
        user.heldBytes += bytes
        kernel.heldBytes += bytes
    }

    /// Handles the stanzas that have waited, up to the next one that changes the user's stored data.
    func handleHeld(of user: User) {
        while user.changes == 0, let stanza = user.held.popFirst() {
            let bytes = Input.stanza(stanza).roughBytes
            user.heldBytes -= bytes
            kernel.heldBytes -= bytes
            dispatch(stanza, user)
        }
    }

    /// Answers a stanza with an error, unless it is a farewell.
    func refuse(_ stanza: Stanza, _ error: StanzaError) {
        switch stanza {
        case .message(let message): home.refuse(message, error)
        case .presence(let presence): if presence.type != .unavailable { home.refuse(presence, error) }
        case .iq(let iq): home.refuse(iq, error)
        }
    }

    /// Brings a stanza of a loaded user to its feature.
    func dispatch(_ stanza: Stanza, _ user: User) {
        guard let from = stanza.head.from, let to = stanza.head.to else { return }
        switch stanza {
        case .message(let message): dispatch(message, user, to: to)
        case .presence(let presence): dispatch(presence, user, to: to)
        case .iq(let iq): dispatch(iq, user, from: from, to: to)
        }
    }
}

extension Stanza {
    fileprivate var isFarewell: Bool {
        if case .presence(let presence) = self { presence.type == .unavailable } else { false }
    }
}
