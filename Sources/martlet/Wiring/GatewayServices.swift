import ServiceLifecycle

/// All gateways as one service. They shut down at the same time, so that a gateway whose XMPP server does not answer
/// does not delay the others.
struct GatewayServices: Service {
    let gateways: [GatewayService]

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for gateway in gateways { group.addTask { try await gateway.run() } }
            try await group.waitForAll()
        }
    }
}
