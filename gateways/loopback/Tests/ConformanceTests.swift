import GatewayKit
import GatewayTesting
import LoopbackAdapter
import Testing

@Suite("The loopback adapter and the contract")
struct ConformanceTests {
    private static let network = NetworkID("loopback")
    private static let echo = PeerAddress(network: network, name: "echo")
    private static let phone = PeerAddress(network: network, name: "+12025550100")
    private static let lobby = RoomAddress(network: network, name: "#lobby")

    @Test("The adapter keeps the contract, with the person and with the phone", arguments: [echo, phone])
    func keepsTheContract(peer: PeerAddress) async throws {
        let samples = ConformanceSamples(
            account: Account(
                id: AccountID(user: UserID("alice"), network: Self.network), preferredNick: "Alice",
                settings: ["nick": "Alice"]),
            addresses: [.network(Self.network), .peer(Self.echo), .peer(Self.phone), .room(Self.lobby)],
            typed: ["echo", " Echo ", "+1 202-555-0100", "+1 (202) 555.0100", "#Lobby"],
            refused: ["b ob", "echo ", "+1", "+1 2025550100", "#attic", "#", HostileText.overlong],
            login: ["nick": "Alice"], peer: peer, room: Self.lobby,
            closedRoom: RoomAddress(network: Self.network, name: "#attic"))
        let isPhone = peer == Self.phone
        let conformance = AdapterConformance(samples: samples) {
            let phone = LoopbackPhone()
            return AdapterConformance.Network(
                adapter: LoopbackAdapter(phone: phone), write: isPhone ? { phone.write($0) } : nil,
                // The first text is the answer to the question with which the suite begins.
                acknowledged: { max(0, phone.taken - 1) }, written: { phone.requests })
        }
        let violations = try await conformance.run()
        #expect(violations == [])
    }
}
