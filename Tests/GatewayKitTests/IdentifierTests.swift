import GatewayKit
import Testing

@Suite struct IdentifierTests {
    @Test(
        "A timestamp advances by whole and fractional seconds, forwards and backwards",
        arguments: [(Duration.seconds(90), 190.0), (.milliseconds(-250), 99.75), (.zero, 100)])
    func timestamps(by duration: Duration, expected: Double) {
        #expect(Timestamp(secondsSince1970: 100).advanced(by: duration).secondsSince1970 == expected)
    }

    @Test("An address knows its network")
    func addresses() {
        let network = NetworkID("harbour")
        let all: [Address] = [
            .network(network), .peer(PeerAddress(network: network, name: "ann")),
            .room(RoomAddress(network: network, name: "#quay")),
        ]
        #expect(all.map(\.network) == [network, network, network])
        #expect(Set(all).count == 3)
    }

}
