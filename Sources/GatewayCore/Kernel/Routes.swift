import GatewayKit
import Registry
import XML
import XMPP

/// Who answers what: filled by the features at start, read by `Dispatch`.
struct Routes {
    /// - Parameter target: the place that the message was sent to.
    typealias MessageHandler = (_ message: Message, _ user: User, _ target: Target) -> Void
    typealias PresenceHandler = (_ presence: Presence, _ user: User, _ target: Target) -> Void
    typealias ContentHandler = (_ message: InboundMessage, _ account: AccountID, _ user: User) -> Void

    var moments = Moments()
    private(set) var queries = QueryTable()
    private(set) var payloads: [PayloadRoute] = []
    private var messages = [MessageHandler?](repeating: nil, count: TargetKinds.count)
    private var presences: [Presence.Kind: [PresenceHandler?]] = [:]
    private(set) var contents: [Ability: ContentHandler] = [:]
    private(set) var events = EventRoutes()
    private(set) var notes: [FeatureID: NoteRoutes] = [:]
    /// Do a slice of a job; true when it is finished.
    private(set) var slices: [FeatureID: (_ task: AnyHashable, _ user: UserID) -> Bool] = [:]

    func message(to target: Target) -> MessageHandler? { messages[target.kind.index] }

    func presence(_ type: Presence.Kind, to target: Target) -> PresenceHandler? {
        presences[type]?[target.kind.index]
    }
}

// MARK: - What features declare

extension Routes {
    mutating func query(
        _ type: IQ.Kind, _ name: String, _ namespace: String, on targets: TargetKinds, isAdvertised: Bool = true,
        _ answer: @escaping QueryRoute.Answer
    ) {
        queries.add(
            QueryRoute(
                type: type, name: name, namespace: namespace, targets: targets, isAdvertised: isAdvertised,
                answer: answer))
    }

    /// Advertises a feature beside those of the queries, wherever the condition holds.
    mutating func advertise(
        _ feature: String, on targets: TargetKinds, where condition: @escaping (Query) -> Bool = { _ in true }
    ) {
        queries.advertise(feature, on: targets, where: condition)
    }

    /// Messages to these targets that no payload route takes.
    mutating func messages(to targets: TargetKinds, _ handler: @escaping MessageHandler) {
        for kind in targets.each { messages[kind.index] = handler }
    }

    /// Messages to these targets that carry such a payload. What cannot be read is answered with `<bad-request/>`.
    mutating func message<P: Payload>(
        _ name: String, _ namespace: String, as type: P.Type, to targets: TargetKinds,
        _ handler: @escaping (P, Message, User, Target) throws(StanzaError) -> Void
    ) {
        payloads.append(
            PayloadRoute(name: name, namespace: namespace, targets: targets) {
                element, message, user, target throws(StanzaError) in
                let payload: P
                do throws(PayloadError) {
                    payload = try P(element)
                } catch {
                    throw error.stanzaError
                }
                try handler(payload, message, user, target)
            })
    }

    mutating func presence(
        _ types: [Presence.Kind], to targets: TargetKinds, _ handler: @escaping PresenceHandler
    ) {
        for type in types {
            var handlers = presences[type] ?? [PresenceHandler?](repeating: nil, count: TargetKinds.count)
            for kind in targets.each { handlers[kind.index] = handler }
            presences[type] = handlers
        }
    }

    /// Messages of a live network with a kind of content that is not text.
    mutating func content(_ kind: Ability, _ handler: @escaping ContentHandler) { contents[kind] = handler }

    mutating func events(_ change: (inout EventRoutes) -> Void) { change(&events) }

    /// What comes back to a feature with its notes.
    mutating func notes(_ feature: FeatureID, _ routes: NoteRoutes) { notes[feature] = routes }

    mutating func slices(_ feature: FeatureID, _ slice: @escaping (AnyHashable, UserID) -> Bool) {
        slices[feature] = slice
    }
}

/// Messages with a payload that a feature takes.
struct PayloadRoute {
    let name: String
    let namespace: String
    let targets: TargetKinds
    let handler: (Element, Message, User, Target) throws(StanzaError) -> Void

    /// The first payload element that it takes; nil if there is none.
    func payload(of message: Message) -> Element? {
        // In place: taking each element out of the array would cost more than looking at it.
        let elements = message.payload.span
        for index in elements.indices
        where elements[index].namespace.utf8.count == namespace.utf8.count && elements[index].namespace == namespace
            && elements[index].name == name
        {
            return elements[index]
        }
        return nil
    }
}

/// The handlers of events; those that only one feature takes.
struct EventRoutes {
    /// What is said in a room; the nick is as shown, and nil if the room itself speaks.
    var roomText: ((InboundMessage, Text, RoomAddress, _ nick: String?, User) -> Void)?
    /// What is said by a peer.
    var peerText: ((InboundMessage, Text, PeerAddress, User) -> Void)?
    /// What happens in a room.
    var room: ((RoomAddress, RoomEvent, AccountID, User) -> Void)?
    /// What happens to a peer.
    var peer: ((PeerAddress, PeerEvent, AccountID, User) -> Void)?
    /// The link of an account, its capabilities, the network's own words.
    var state: ((StateEvent, AccountID, User) -> Void)?
    /// The same for an account whose user is not loaded; true if that was all there was to do.
    var stateUnloaded: ((StateEvent, AccountID) -> Bool)?
    /// What became of a message of the ledger.
    var ledgerOutcome: ((RequestID, Outcome, AccountID, ReceiptToken?) -> Void)?
    /// A message for a stored address.
    var storedMessage: ((InboundMessage, AccountID, User, ReceiptToken?) -> Void)?
    /// What became of a message to a room.
    var groupMessage: ((RoomAddress, Message, Result<MessageID?, Failure>, User) -> Void)?
    /// What became of a message to a peer.
    var directMessage: ((Message, Result<MessageID?, Failure>, User) -> Void)?
    /// Keeps an event for later if its room is being shown; false if it need not wait.
    var hold: ((Event, AccountID, User) -> Bool)?
}

/// The ways by which a note comes back to its feature.
struct NoteRoutes {
    /// With the outcome of a request.
    var outcome: (any Note, Result<Answer?, Failure>, User) -> Void = { _, _, _ in }
    /// When a change has been committed, or could not be.
    var committed: (any Note, Result<ChangeReply, RegistryError>) -> Void = { _, _ in }
    /// With what the store has read.
    var read: (any Note, Result<any Sendable, RegistryError>) -> Void = { _, _ in }
    /// With the answer to a query of ours; nil if none came in time.
    var answered: (any Note, IQ?) -> Void = { _, _ in }
    /// When the stream was too full for a query of ours.
    var notAsked: (any Note) -> Void = { _ in }
}
