/// What an adapter session reports to the core, on the gateway's event loop, in the order in which it happened.
///
/// Six families. The core routes an event by its family and ignores cases that it does not know. Rare families are
/// `indirect` to keep the enum small: events on the message path are moved.
package enum Event: Sendable, Equatable, Codable {
    /// What became of a request.
    case outcome(RequestID, Outcome)
    /// Somebody has said or done something. Never the account's own words: `Outcome.accepted` stands for them.
    case message(InboundMessage)
    case room(RoomAddress, RoomEvent)
    indirect case peer(PeerAddress, PeerEvent)
    /// A question's one outcome if it succeeds.
    indirect case answer(RequestID, Answer)
    indirect case state(StateEvent)
}

/// What became of a request; see `Request` for the order.
package enum Outcome: Sendable, Equatable, Codable {
    /// The far side has it (echoed, answered a fence, taken by the provider). For a message, `as` names it there, if
    /// the network has told.
    case accepted(as: MessageID?)
    /// The peer's device has it.
    case delivered
    /// The peer has seen it.
    case read
    indirect case failed(Failure)
}

/// What happens to one person on the network. Of those only that the account knows of: has in a contact list or has
/// spoken with.
package enum PeerEvent: Sendable, Equatable, Codable {
    case presence(Availability)
    /// The person has another address from now on. `displayName`: as people see it.
    case renamed(to: PeerAddress, displayName: String?)
    /// The network has told of the person without having been asked.
    case profile(Profile)
}

/// The state of the session: its connection, what it can do, what the network has to say to its user.
package enum StateEvent: Sendable, Equatable, Codable {
    /// Words for the user: what is being tried.
    case connecting(String)
    case online(nick: String)
    /// Not connected. `retrying` says whether the session tries again by itself; if not, it is over and the core
    /// drops it.
    case offline(Failure, retrying: Bool)
    /// What can be done towards all addresses of a scope, until the next such event for the same scope. `Capabilities` says
    /// when an adapter emits it.
    case capabilities(CapabilityScope, Capabilities)
    /// Words from the network itself (welcome text, refusals that belong to no request). For the user's eyes.
    case notice(String)
}
