import GatewayKit
import GatewayTesting
import HTTP
import NIOEmbedded
import Testing

@testable import SMSAdapter

@Suite("SMS and the contract of adapters")
struct ConformanceTests {
    private static let sms = SMSRules.network

    private static let samples = ConformanceSamples(
        account: Gateway.account(Gateway.alice),
        addresses: [
            .network(sms), .peer(PeerAddress(network: sms, name: Gateway.friend)),
            .peer(PeerAddress(network: sms, name: "33733;phone-context=ca-us.phone-context.soprani.ca")),
        ],
        typed: [Gateway.friend, "+1 555 123 4567", "+1 (555) 123-4567", "+1-555-123-4567"],
        refused: [
            "", "bob", "+", "+1", "5551234567", "+1555123456789012", "+1555%1234567", "+15551234567@home",
            HostileText.overlong,
        ],
        login: ["phone": Gateway.alice],
        peer: PeerAddress(network: sms, name: Gateway.friend))

    @Test("The adapter keeps the contract")
    func keepsTheContract() async throws {
        let conformance = AdapterConformance(samples: Self.samples) {
            let gateway = try Gateway()
            var calls = 0
            var acknowledged = 0
            return AdapterConformance.Network(
                adapter: gateway.adapter,
                pump: { gateway.loop.run() },
                write: { text in
                    calls += 1
                    let reply = gateway.kannel(
                        "/box/inbound",
                        [
                            ("id", "call-\(calls)"), ("from", Gateway.friend), ("to", Gateway.alice), ("text", text),
                            ("charset", "UTF-8"),
                        ])
                    if reply?.status == 200 { acknowledged += 1 }
                },
                acknowledged: { acknowledged }, written: { gateway.provider.requests.count })
        }
        let violations = try await conformance.run()
        #expect(violations == [])
    }
}
