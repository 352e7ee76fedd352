import GatewayKit
import Registry
import XML
import XMPP

/// The handlers of all features, by kind of stanza, event and answer. The features register them at the start.
/// `Dispatch` and `Core` look them up.
struct Routes {
    /// - Parameter target: the target of the message's `to`.
    typealias MessageHandler = (_ message: Message, _ user: User, _ target: Target) -> Void
    typealias PresenceHandler = (_ presence: Presence, _ user: User, _ target: Target) -> Void
    /// Reads a text that begins with a slash.
    ///
    /// - Returns: the message to say; nil if the text was a command, which the handler answers.
    /// - Throws: the refusal for the sender.
    typealias SlashTextHandler = (_ body: String, Message, User, Address) throws(StanzaError) -> Message?
    typealias ContentHandler = (_ message: InboundMessage, _ account: AccountID, _ user: User) -> Void

    var moments = Moments()
    private(set) var queries = QueryTable()
    private(set) var payloads: [PayloadRoute] = []
    /// A bit for the length of the namespace of each route in `payloads`.
    private var payloadLengths: UInt64 = 0
    private var messages = [MessageHandler?](repeating: nil, count: TargetKinds.count)
    private var presences: [Presence.Kind: [PresenceHandler?]] = [:]
    /// Give elements of available presence. The user is nil if not loaded.
    private(set) var presencePayloads: [(_ address: JID, User?) -> [Element]] = []
    private(set) var contents: [Ability: ContentHandler] = [:]
    private(set) var events = EventRoutes()
    private(set) var notes: [FeatureID: NoteRoutes] = [:]
    /// Reads texts that begin with a slash, before they are said.
    private var slashText: SlashTextHandler?
    /// Handlers of the ends of timers. Each gets the subject with which the timer was started.
    private(set) var timers: [TimerID: (_ subject: (any Sendable)?) -> Void] = [:]
    /// Handlers that do one slice of a job and return true when the job is finished.
    private(set) var slices: [FeatureID: (_ task: AnyHashable, _ user: UserID) -> Bool] = [:]

    /// One sentence for each route that two features have registered. `Core` does not start if there is one.
    private(set) var conflicts: [String] = []

    /// The handler of messages to a target that no payload route takes; nil if there is none.
    func message(to target: Target) -> MessageHandler? { messages[target.kind.index] }

    /// The message to say for a text that begins with a slash; nil if the text was a command. Throws the refusal for
    /// the sender.
    func message(
        toSay body: String, _ message: Message, _ user: User, _ address: Address
    ) throws(StanzaError) -> Message? {
        guard let slashText else { return message }
        return try slashText(body, message, user, address)
    }

    /// The handler of presence stanzas of a type to a target; nil if there is none.
    func presence(_ type: Presence.Kind, to target: Target) -> PresenceHandler? {
        presences[type]?[target.kind.index]
    }
}

// MARK: - Registering handlers

extension Routes {
    /// Answers IQ requests whose payload has this name and namespace, at these targets.
    mutating func query(
        _ type: IQ.Kind, _ name: String, _ namespace: String, on targets: TargetKinds, isAdvertised: Bool = true,
        _ answer: @escaping QueryRoute.Answer
    ) {
        let route = QueryRoute(
            type: type, name: name, namespace: namespace, targets: targets, isAdvertised: isAdvertised, answer: answer)
        for kind in queries.taken(by: route).each {
            conflict("the query \(type) <\(name) xmlns='\(namespace)'/>", kind)
        }
        queries.add(route)
    }

    /// Advertises a feature at these targets, wherever the condition holds. For features without a query route: an
    /// advertised query route needs no call.
    mutating func advertise(
        _ feature: String, on targets: TargetKinds, where condition: @escaping (Query) -> Bool = { _ in true }
    ) {
        queries.advertise(feature, on: targets, where: condition)
    }

    /// Adds elements to the available presence of the gateway, its networks and people. The user is nil if not loaded.
    mutating func presencePayload(_ provider: @escaping (JID, User?) -> [Element]) { presencePayloads.append(provider) }

    /// Handles messages to these targets that no payload route takes.
    mutating func messages(to targets: TargetKinds, _ handler: @escaping MessageHandler) {
        for kind in targets.each {
            if messages[kind.index] != nil { conflict("messages that no payload route takes", kind) }
            messages[kind.index] = handler
        }
    }

    /// Handles messages to these targets that carry this payload. A malformed payload is answered with
    /// `<bad-request/>`, and the handler is not called.
    mutating func message<P: Payload>(
        _ name: String, _ namespace: String, as type: P.Type, to targets: TargetKinds,
        _ handler: @escaping (P, Message, User, Target) throws(StanzaError) -> Void
    ) {
        for other in payloads where other.name == name && other.namespace == namespace {
            for kind in other.targets.intersection(targets).each {
                conflict("messages with the payload <\(name) xmlns='\(namespace)'/>", kind)
            }
        }
        payloadLengths |= Self.lengthBit(namespace)
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

    /// Whether a message may have a payload for one of `payloads`. The routes are not compared for messages without
    /// one, which nearly all are.
    func mayTakePayload(of message: Message) -> Bool {
        let elements = message.payload.span
        for index in elements.indices where payloadLengths & Self.lengthBit(elements[index].namespace) != 0 {
            return true
        }
        return false
    }

    private static func lengthBit(_ namespace: String) -> UInt64 { 1 << UInt64(namespace.utf8.count & 63) }

    /// Handles presence stanzas of these types to these targets.
    mutating func presence(
        _ types: [Presence.Kind], to targets: TargetKinds, _ handler: @escaping PresenceHandler
    ) {
        for type in types {
            var handlers = presences[type] ?? [PresenceHandler?](repeating: nil, count: TargetKinds.count)
            for kind in targets.each {
                if handlers[kind.index] != nil { conflict("presence of the type \(type)", kind) }
                handlers[kind.index] = handler
            }
            presences[type] = handlers
        }
    }

    /// Handles messages from live addresses with this kind of content. Texts go to the handlers in `EventRoutes`
    /// instead.
    mutating func content(_ kind: Ability, _ handler: @escaping ContentHandler) {
        if contents[kind] != nil { conflict("content of the kind \(kind)") }
        contents[kind] = handler
    }

    /// Sets the event handlers of a feature.
    ///
    /// - Parameter change: sets the handlers. It is called twice. The first call only finds the handlers that it sets.
    mutating func events(_ change: (inout EventRoutes) -> Void) {
        var own = EventRoutes()
        change(&own)
        for name in own.taken.intersection(events.taken).sorted() { conflict("the event \(name)") }
        change(&events)
    }

    /// Sets the handlers of the answers that come back with the notes of a feature.
    mutating func notes(_ feature: FeatureID, _ routes: NoteRoutes) {
        if notes[feature] != nil { conflict("the notes of \(feature.name)") }
        notes[feature] = routes
    }

    /// Sets the handler of a feature's jobs. It does one slice of a job, and returns true when the job is finished.
    mutating func slices(_ feature: FeatureID, _ slice: @escaping (AnyHashable, UserID) -> Bool) {
        if slices[feature] != nil { conflict("the slices of \(feature.name)") }
        slices[feature] = slice
    }

    /// Sets the handler that reads texts with a slash at their beginning.
    mutating func slashTexts(_ handler: @escaping SlashTextHandler) {
        if slashText != nil { conflict("texts that begin with a slash") }
        slashText = handler
    }

    /// Sets the handler of a timer that is started without a subject.
    mutating func timer(_ timer: TimerID, _ ended: @escaping () -> Void) { add(timer) { _ in ended() } }

    /// Sets the handler of a timer that is started with a subject of this type. The handler does not run if the
    /// subject has another type.
    mutating func timer<Subject: Sendable>(
        _ timer: TimerID, about type: Subject.Type, _ ended: @escaping (Subject) -> Void
    ) {
        add(timer) { subject in
            if let subject = subject as? Subject { ended(subject) }
        }
    }

    private mutating func add(_ timer: TimerID, _ ended: @escaping ((any Sendable)?) -> Void) {
        if timers[timer] != nil { conflict("the timer \(timer.name)") }
        timers[timer] = ended
    }

    /// Notes that two features have registered the same route.
    ///
    /// - Parameter target: the kind of address at which both have registered it; nil if the route is not for addresses.
    private mutating func conflict(_ route: String, _ target: TargetKinds? = nil) {
        let place = target.map { " (target: \($0.name))" } ?? ""
        conflicts.append("Two features have registered the same route: \(route)\(place).")
    }
}

/// The handler of messages that carry a certain payload.
struct PayloadRoute {
    let name: String
    let namespace: String
    let targets: TargetKinds
    let handler: (Element, Message, User, Target) throws(StanzaError) -> Void

    /// The first element of the message that the route handles; nil if there is none.
    func payload(of message: Message) -> Element? {
        // Elements are compared in place: taking each out of the array would cost more than comparing it.
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

/// The handlers of adapter events. Each kind of event has at most one handler.
struct EventRoutes {
    /// A text in a room. The nick is the shown nick; nil if the room itself speaks.
    var roomText: ((InboundMessage, Text, RoomAddress, _ nick: String?, User) -> Void)?
    /// A text from a peer with a live address.
    var peerText: ((InboundMessage, Text, PeerAddress, User) -> Void)?
    /// A change in a room.
    var room: ((RoomAddress, RoomEvent, AccountID, User) -> Void)?
    /// A change of a person on a live network.
    var peer: ((PeerAddress, PeerEvent, AccountID, User) -> Void)?
    /// A change of an account's link or capabilities, or a notice of the network.
    var state: ((StateEvent, AccountID, User) -> Void)?
    /// The outcome of a message of the ledger.
    var ledgerOutcome: ((RequestID, Outcome, AccountID, StorageToken?) -> Void)?
    /// A message from a stored address (`Delivery.stored`).
    var storedMessage: ((InboundMessage, AccountID, User, StorageToken?) -> Void)?
    /// Takes the consent of a blocked person, whose message the user does not get, and answers the token.
    var blockedConsent: ((InboundMessage, Consent, AccountID, User, StorageToken?) -> Void)?
    /// The outcome of a message to a room.
    var groupMessage: ((RoomAddress, Message, Result<MessageID?, Failure>, User) -> Void)?
    /// The outcome of a message to a peer with a live address.
    var directMessage: ((Message, Result<MessageID?, Failure>, User) -> Void)?
    /// Returns whether events of a room must wait, because the room is being shown to a client.
    var mustWait: ((RoomAddress, User) -> Bool)?
    /// Keeps an event until its room has been shown.
    var keep: ((Event, RoomAddress, User) -> Void)?

    /// The names of the events that have a handler. Use it only at the start, because reflection is slow.
    var taken: Set<String> {
        let handlers = Mirror(reflecting: self).children
        return Set(handlers.filter { !Mirror(reflecting: $0.value).children.isEmpty }.compactMap(\.label))
    }
}

/// The handlers of the answers that come back with a note.
struct NoteRoutes {
    /// The outcome of a request to an adapter. Only a question has an `Answer`.
    var outcome: (any Note, Result<Answer?, Failure>, User) -> Void = { _, _, _ in }
    /// The result of a change in the registry.
    var committed: (any Note, Result<ChangeReply, RegistryError>) -> Void = { _, _ in }
    /// The result of a store query.
    var read: (any Note, Result<any Sendable, RegistryError>) -> Void = { _, _ in }
    /// The answer to an IQ request of the gateway; nil if none came before the deadline.
    var answered: (any Note, IQ?) -> Void = { _, _ in }
    /// An IQ request of the gateway was not sent, because the open stream had no room for it.
    var notAsked: (any Note) -> Void = { _ in }
    /// A fence has shown whether the home server has the stanzas that the note follows.
    var fenced: (any Note, _ isProven: Bool) -> Void = { _, _ in }
}
