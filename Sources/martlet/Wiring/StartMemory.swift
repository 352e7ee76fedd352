import CMemory
import Operations
import ServiceLifecycle

/// Gives the memory of the program's code back once each part works or has said why it does not. The start runs much
/// code that never runs again, and its pages would stay mapped until the machine is short of memory.
struct StartMemory: Service {
    let health: HealthRegistry

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await report in health.reports() where report.isComplete { break }
        }
        cmemory_unmap_read_only_pages()
        // A service that returns would end the program.
        try await gracefulShutdown()
    }
}
