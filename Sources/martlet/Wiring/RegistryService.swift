import Registry
import ServiceLifecycle

/// Keeps the registry open until all gateways have stopped, then writes all remaining changes.
struct RegistryService: Service {
    let registry: any Store

    func run() async throws {
        try? await gracefulShutdown()
        await registry.close()
    }
}
