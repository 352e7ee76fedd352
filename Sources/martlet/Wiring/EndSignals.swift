import Logging
import ServiceLifecycle
import UnixSignals

/// The signals that ask the program to end. As a service it runs until the first of them, or until the other services
/// end; then the group of services shuts down.
///
/// A signal that comes before the service runs is kept, so that a program that is still starting ends as it should, too.
/// Later ones, while it shuts down, change nothing.
struct EndSignals: Service {
    private let signals: UnixSignalsSequence
    private let logger: Logger

    /// From now on the signals do not end the process by themselves.
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
