import GatewayKit
import GatewayTesting
import TemplateAdapter
import Testing

@Suite("The conformance suite")
struct AdapterConformanceTests {
    private func violations(with fault: Fault?) async throws -> [ConformanceViolation] {
        let echo = NetworkID("echo")
        let login = ["nick": "Alice", "password": "hunter2"]
        let samples = ConformanceSamples(
            account: Account(
                id: AccountID(user: UserID("alice"), network: echo), preferredNick: "Alice", settings: login),
            addresses: [
                .peer(PeerAddress(network: echo, name: "bob")), .room(RoomAddress(network: echo, name: "#lobby")),
            ],
            typed: ["Bob"], refused: ["b%ob"], login: login,
            peer: PeerAddress(network: echo, name: "bob"), room: RoomAddress(network: echo, name: "#lobby"),
            closedRoom: RoomAddress(network: echo, name: "#attic"))
        let conformance = AdapterConformance(samples: samples) {
            let adapter = FaultyAdapter(fault, settings: .empty)
            return AdapterConformance.Network(
                adapter: adapter, write: { adapter.write($0) }, say: { adapter.say($0) }, written: { adapter.written })
        }
        return try await conformance.run()
    }

    @Test("It tries every known ability, except those that cannot be tried by a request of their own")
    func probes() {
        let echo = NetworkID("echo")
        let samples = ConformanceSamples(
            account: Account(id: AccountID(user: UserID("a"), network: echo), preferredNick: "", settings: [:]),
            addresses: [], typed: [], refused: [], login: [:], peer: PeerAddress(network: echo, name: "bob"))
        let tried = Set(CapabilityProbes(samples: samples).all.compactMap(\.ability))
        let others: Set<Ability> = [.reply, .subject, .thread, .deliveryReport, .readReport, .accounts, .keepConnected]
        #expect(tried.union(others) == Set(Ability.known))
        #expect(tried.isDisjoint(with: others))
    }

    @Test("It finds no violation in a sound adapter")
    func soundAdapter() async throws {
        let found = try await violations(with: nil)
        #expect(found == [])
    }

    @Test("It names the rule that an adapter breaks", arguments: Fault.allCases)
    func faultyAdapter(_ fault: Fault) async throws {
        let found = try await violations(with: fault)
        #expect(found.map(\.rule).contains(fault.rule), "found instead: \(found.map(\.description))")
    }
}

extension TemplateSettings {
    static var empty: TemplateSettings {
        let node = ConfigNode(.null, at: ConfigPlace(file: "", line: 1, column: 1))
        let secrets = SecretSources(environment: { _ in nil }, file: { _ in "" })
        return TemplateSettings(ConfigReader(node, path: "", problems: ConfigProblems(), secrets: secrets))
    }
}
