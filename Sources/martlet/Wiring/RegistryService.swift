import Registry
import ServiceLifecycle

/// Keeps the registry open until all gateways have stopped. Then it writes all remaining changes and closes the
/// registry.
struct RegistryService: Service {
    let registry: any Store

    func run() async throws {
        try? await gracefulShutdown()
        await registry.close()
    }
}
