import GatewayKit
import GatewayTesting
import TemplateAdapter
import Testing

@Suite("The template adapter and the contract")
struct ConformanceTests {
    @Test("The adapter keeps the contract")
    func keepsTheContract() async throws {
        let echo = NetworkID("echo")
        let samples = ConformanceSamples(
            account: Account(
                id: AccountID(user: UserID("alice"), network: echo), preferredNick: "Alice", settings: ["nick": "Alice"]
            ),
            addresses: [
                .network(echo), .peer(PeerAddress(network: echo, name: "bob")),
                .room(RoomAddress(network: echo, name: "#lobby")),
            ],
            typed: ["bob", "Bob", " bob ", "#Lobby", "# lobby"],
            refused: ["b ob", "bob%", "#", "##", "bob@home", HostileText.overlong],
            login: ["nick": "Alice"],
            peer: PeerAddress(network: echo, name: "bob"),
            room: RoomAddress(network: echo, name: "#lobby"),
            closedRoom: RoomAddress(network: echo, name: "#attic"))
        let conformance = AdapterConformance(samples: samples) {
            let network = EchoNetwork()
            return AdapterConformance.Network(
                adapter: TemplateAdapter(settings: .sample(), network: network), written: { network.requests })
        }
        let violations = try await conformance.run()
        #expect(violations == [])
    }
}
