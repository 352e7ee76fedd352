import GatewayKit
import GatewayTesting
import Testing

@Suite("The conformance suite on networks that wait until a message is taken")
struct StoredConformanceTests {
    private func violations(_ manners: PostOffice.Manners) async throws -> [ConformanceViolation] {
        let samples = ConformanceSamples(
            account: Account(
                id: AccountID(user: UserID("alice"), network: PostOffice.network), preferredNick: "", settings: [:]),
            addresses: [.peer(PostOffice.bob)], typed: ["bob"], refused: ["a b"], login: [:], peer: PostOffice.bob)
        let conformance = AdapterConformance(samples: samples) {
            let office = PostOffice(manners)
            return AdapterConformance.Network(
                adapter: office, write: { office.write($0) }, acknowledged: { office.acknowledged })
        }
        return try await conformance.run()
    }

    @Test("It finds nothing wrong with one that does")
    func soundAdapter() async throws {
        let found = try await violations(.waits)
        #expect(found == [])
    }

    @Test(
        "It notices one that does not wait, and one that says taken when it was not",
        arguments: [PostOffice.Manners.hurries, .lies])
    func faultyAdapter(_ manners: PostOffice.Manners) async throws {
        let found = try await violations(manners)
        #expect(!found.isEmpty)
        #expect(
            Set(found.map(\.rule)).isSubset(of: [
                "a stored network waits until a message is taken", "the network is told what became of a message",
            ]))
    }
}

/// A network without rooms that keeps a message until somebody takes it. Its people are words.
final class PostOffice: Adapter, AdapterSession {
    enum Manners: Sendable { case waits, hurries, lies }

    static let network = NetworkID("post")
    static let bob = PeerAddress(network: network, name: "bob")

    let rules: any NetworkRules = PostOfficeRules()
    private(set) var acknowledged = 0
    private let manners: Manners
    private var events: EventSink?

    init(_ manners: Manners) { self.manners = manners }

    func open(_ account: Account, events: EventSink) -> any AdapterSession {
        self.events = events
        return self
    }

    func pause() {}
    func resume() {}

    func capabilities(for address: Address) -> Capabilities {
        if case .peer = address { Capabilities([.message: .full, .action: .fallback]) } else { Capabilities([:]) }
    }

    func perform(_ request: Request) {
        if case .send(let message) = request.action, case .peer = message.to {
            events?.emit(.accepted(request.id, as: nil))
        } else {
            events?.emit(.failed(request.id, Failure(.unsupported, "Only letters to people are taken.")))
        }
    }

    func close(reason: String, done: @escaping () -> Void) {
        events = nil
        done()
    }

    func write(_ text: String) {
        let event = Event.message(InboundMessage(from: .peer(Self.bob), text: text, id: MessageID("letter")))
        switch manners {
        case .waits: events?.emit(event) { [self] taken in if taken == .stored { acknowledged += 1 } }
        case .lies: events?.emit(event) { [self] _ in acknowledged += 1 }
        case .hurries:
            acknowledged += 1
            events?.emit(event)
        }
    }
}

struct PostOfficeRules: NetworkRules {
    let networks = [PostOffice.network]
    let description = AdapterDescription(
        id: "post", name: "Post", gatewayIdentity: .init("gateway", "post"), peerIdentity: .init("client", "letter"),
        roomIdentity: nil, registration: .optional, delivery: .stored, sessions: .always, loginForm: [],
        loginInstructions: "", promptDescription: "Whom?", promptLabel: "Name")

    func address(localpart: String) throws(AddressError) -> Address {
        let isWord = (1...20).contains(localpart.utf8.count) && localpart.utf8.allSatisfy { (0x61...0x7A).contains($0) }
        guard isWord else { throw AddressError(.malformed, "A name is a word, such as bob.", suggestion: "bob") }
        return .peer(PeerAddress(network: PostOffice.network, name: localpart))
    }

    func localpart(of address: Address) -> String { if case .peer(let peer) = address { peer.name } else { "" } }
    func normalize(_ typed: String) throws(AddressError) -> Address { try address(localpart: typed) }
    func check(login values: [String: String]) throws(Failure) -> [String: String] { [:] }
    func network(for settings: [String: String]) -> NetworkID? { PostOffice.network }
}
