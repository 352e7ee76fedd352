import Logging
import ServiceLifecycle
import UnixSignals

/// Waits for SIGTERM or SIGINT. As a service it runs until the first signal, or until the other services end. Then the
/// group of services shuts down.
///
/// A signal that comes before `run` is kept, so that the program can also end in good order while it starts. Further
/// signals during the shutdown have no effect.
struct EndSignals: Service {
    private let signals: UnixSignalsSequence
    private let logger: Logger

    /// Traps the signals: from now on they do not kill the process.
    init(logger: Logger) async {
        signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        self.logger = logger
    }

    func run() async {
        await cancelWhenGracefulShutdown {
            for await signal in signals {
                logger.notice("asked to end", metadata: ["signal": "\(signal)"])
                return
            }
        }
    }
}
