/// A report from an adapter session to the core. The session emits events on the gateway's event loop, in the order in
/// which things happened.
///
/// There are six families of events. The core routes an event by its family and ignores cases that it does not know.
/// Rare families are `indirect` to keep the enum small: events on the message path are moved.
package enum Event: Sendable, Equatable, Codable {
    /// A request has succeeded or failed, or the network has reported on a message.
    case outcome(RequestID, Outcome)
    /// Somebody on the network has sent a message. Messages that the core has sent by a request never come back as this
    /// event: `Outcome.accepted` confirms them. Messages that the account has sent by another program do come, with the
    /// mark `InboundMessage.isOwn`.
    case message(InboundMessage)
    case room(RoomAddress, RoomEvent)
    indirect case peer(PeerAddress, PeerEvent)
    /// A question has succeeded. It gets this event and no `outcome`.
    indirect case answer(RequestID, Answer)
    indirect case state(StateEvent)
}

/// The result of a request. `Request` tells which outcomes a request gets, and in which order.
package enum Outcome: Sendable, Equatable, Codable {
    /// The network or provider has the request: it has echoed the message, answered a later request, or confirmed it.
    /// For a message, `as` is the network's id of the message; nil if the network has told none.
    case accepted(as: MessageID?)
    /// The peer's device has the message.
    case delivered
    /// The peer has seen the message.
    case read
    indirect case failed(Failure)
    /// The network has told facts about a message to a stored address. This is no outcome: the message still gets one.
    /// Emit facts before the outcome that they belong to. Facts about the progress of the message may also come alone,
    /// after `accepted`.
    indirect case noted(MessageFacts)
}

/// News of one person on the network. A session reports the presence of people who are watched
/// (`Request.Action.watch`), and new names of those and of people whom the account has exchanged messages with.
package enum PeerEvent: Sendable, Equatable, Codable {
    case presence(Availability)
    /// The person has another address from now on. `displayName` is the new name as people see it.
    case renamed(to: PeerAddress, displayName: String?)
    /// The network has told facts about the person without a question.
    case profile(Profile)
}

/// The state of the session: its connection, its capabilities, and notices from the network.
package enum StateEvent: Sendable, Equatable, Codable {
    /// The session is connecting. The text tells the user what the session tries.
    case connecting(String)
    case online(nick: String)
    /// The session is not connected. If `retrying`, the session will connect again by itself. If not, the session has
    /// ended and the core drops it.
    case offline(Failure, retrying: Bool)
    /// The capabilities of all addresses of a scope, until the next such event for the same scope. `Capabilities` tells
    /// when an adapter emits it.
    case capabilities(CapabilityScope, Capabilities)
    /// A text from the network itself, for the user, such as a refusal that belongs to no request.
    case notice(String)
    /// The text with which the network greets the account. It comes after each connection. The core shows it once, and
    /// again only if it has changed, also after a restart of the program.
    case greeting(String)
    /// Keeps a short value for the whole adapter beyond the end of the program, or removes the value with this key. At
    /// the next start the adapter gets it by `Adapter.recall`. The core keeps up to 2,000 values with keys of up to 300
    /// bytes and 1,000 bytes each, and drops what is beyond. The values are no secrets: they are stored as they are. If
    /// the session emits the event with `onAnswer`, the core answers when the value is on disk, or is dropped.
    case keep(String?, for: String)
}
