import ServiceLifecycle

/// All gateways as one service, so that they shut down at the same time: a gateway whose XMPP server does not answer
/// delays no other.
struct GatewayServices: Service {
    let gateways: [GatewayService]

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for gateway in gateways { group.addTask { try await gateway.run() } }
            try await group.waitForAll()
        }
    }
}
