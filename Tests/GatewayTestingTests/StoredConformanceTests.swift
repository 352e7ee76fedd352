import GatewayKit
import GatewayTesting
import Testing

@Suite("The conformance suite on networks with stored addresses")
struct StoredConformanceTests {
    private func violations(
        _ behaviour: PostOffice.Behaviour, of kind: PostOffice.StoredKind = .letters
    ) async throws -> [ConformanceViolation] {
        let samples = ConformanceSamples(
            account: Account(
                id: AccountID(user: UserID("alice"), network: PostOffice.network), preferredNick: "", settings: [:]),
            addresses: [.peer(PostOffice.bob)], typed: ["bob"], refused: ["a b"], login: [:], peer: PostOffice.bob,
            room: PostOffice.board)
        let conformance = AdapterConformance(samples: samples) {
            let office = PostOffice(behaviour, of: kind)
            return AdapterConformance.Network(
                adapter: office, write: { office.write($0) }, say: { office.say($0) },
                acknowledged: { office.acknowledged })
        }
        return try await conformance.run()
    }

    @Test("It finds no violation in an adapter that waits for the core", arguments: PostOffice.StoredKind.allCases)
    func soundAdapter(_ kind: PostOffice.StoredKind) async throws {
        let found = try await violations(.waits, of: kind)
        #expect(found == [])
    }

    @Test(
        "It reports an adapter that does not wait, that acknowledges refused messages, or that gives no ids",
        arguments: [
            (PostOffice.Behaviour.hurries, "a message of a stored address is emitted with `onAnswer`"),
            (.lies, "a message is acknowledged if, and only if, it is stored"),
            (.forgetsNames, "messages of a stored address have an id"),
        ], PostOffice.StoredKind.allCases)
    func faultyAdapter(_ fault: (behaviour: PostOffice.Behaviour, rule: String), _ kind: PostOffice.StoredKind)
        async throws
    {
        let found = try await violations(fault.behaviour, of: kind)
        #expect(found.map(\.rule).contains(fault.rule))
        let all = [fault.rule, "a message is acknowledged if, and only if, it is stored"]
        #expect(Set(found.map(\.rule)).isSubset(of: all))
    }
}

/// A network with letters from people, and with notes on a board, which is a room. One of the two is stored and the
/// other live, so that the suite must ask for the delivery of each address. The names of people are lower-case words.
final class PostOffice: Adapter, AdapterSession {
    /// How the adapter treats a stored message. `waits` obeys the contract. `hurries` acknowledges it at once, `lies`
    /// even if the core refuses it. `forgetsNames` gives it no id.
    enum Behaviour: Sendable { case waits, hurries, lies, forgetsNames }
    /// The kind of address that is stored.
    enum StoredKind: Sendable, CaseIterable { case letters, board }

    static let network = NetworkID("post")
    static let bob = PeerAddress(network: network, name: "bob")
    static let board = RoomAddress(network: network, name: "board")

    let rules: any NetworkRules
    private(set) var acknowledged = 0
    private let behaviour: Behaviour
    private let stored: StoredKind
    private var events: EventSink?
    private var isAtBoard = false

    init(_ behaviour: Behaviour, of kind: StoredKind) {
        self.behaviour = behaviour
        stored = kind
        rules = PostOfficeRules(stored: kind)
    }

    func open(_ account: Account, events: EventSink) -> any AdapterSession {
        self.events = events
        CapabilityTable(peers: Capabilities([.text: .full]), rooms: Capabilities([.join: .full])).announce(to: events)
        return self
    }

    func pause() {}
    func resume() {}

    func perform(_ request: Request) {
        switch request.action {
        case .send(.text(let text), to: .peer) where text.form == .plain: break
        case .join(Self.board, password: _):
            let own = Occupant(nick: "me", rank: .none, address: PeerAddress(network: Self.network, name: "me"))
            let joined = JoinedRoom(nick: "me", occupants: [own], topic: nil)
            isAtBoard = true
            events?.emit(.room(Self.board, .joined(joined)))
        case .leave(Self.board, _) where isAtBoard:
            isAtBoard = false
            events?.emit(.room(Self.board, .left(.left(reason: nil))))
        default:
            events?.emit(.outcome(request.id, .failed(Failure(.unsupported, "Letters to people, and the board."))))
            return
        }
        events?.emit(.outcome(request.id, .accepted(as: nil)))
    }

    func close(reason: String, done: @escaping () -> Void) {
        events = nil
        done()
    }

    func write(_ text: String) { bring(text, from: .peer(Self.bob), isStored: stored == .letters) }
    func say(_ text: String) { bring(text, from: .room(Self.board, nick: "bob"), isStored: stored == .board) }

    /// Emits a message, with the fault if its address is stored.
    private func bring(_ text: String, from origin: InboundMessage.Origin, isStored: Bool) {
        let id = behaviour == .forgetsNames ? nil : MessageID("letter")
        let event = Event.message(InboundMessage(from: origin, text: text, id: id))
        switch behaviour {
        case _ where !isStored: events?.emit(event)
        case .waits, .forgetsNames: events?.emit(event) { [self] taken in if taken == .stored { acknowledged += 1 } }
        case .lies: events?.emit(event) { [self] _ in acknowledged += 1 }
        case .hurries:
            acknowledged += 1
            events?.emit(event)
        }
    }
}

/// The rules of `PostOffice`.
struct PostOfficeRules: NetworkRules {
    let stored: PostOffice.StoredKind
    let networks = [PostOffice.network]
    let description = AdapterDescription(
        id: "post", name: "Post", gatewayIdentity: .init("gateway", "post"), peerIdentity: .init("client", "letter"),
        roomIdentity: .init("conference", "text"), registration: .optional, delivery: .live, sessions: .withUser,
        loginForm: [],
        loginInstructions: "", promptDescription: "Whom?", promptLabel: "Name", deliveryVaries: true)

    func address(localpart: String) throws(AddressError) -> Address {
        let isWord = (1...20).contains(localpart.utf8.count) && localpart.utf8.allSatisfy { (0x61...0x7A).contains($0) }
        guard isWord else { throw AddressError(.malformed, "A name is a word, such as bob.", suggestion: "bob") }
        if localpart == PostOffice.board.name { return .room(PostOffice.board) }
        return .peer(PeerAddress(network: PostOffice.network, name: localpart))
    }

    func localpart(of address: Address) -> String {
        switch address {
        case .network: ""
        case .peer(let peer): peer.name
        case .room(let room): room.name
        }
    }

    func delivery(of address: Address) -> Delivery? {
        if case .room = address { return stored == .board ? .stored : .live }
        return stored == .letters ? .stored : .live
    }

    func normalize(_ typed: String) throws(AddressError) -> Address { try address(localpart: typed) }
    func check(login values: [String: String]) throws(Failure) -> [String: String] { [:] }
    func network(for settings: [String: String]) -> NetworkID? { PostOffice.network }
}
