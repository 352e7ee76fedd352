import Dispatch
import Logging
import ServiceLifecycle
import UnixSignals

/// Waits for SIGTERM or SIGINT. As a service it runs until the first signal, or until the other services end. Then the
/// group of services shuts down. After SIGHUP it goes on, and the program reads its access rules again.
///
/// A signal that comes before `run` is kept, so that the program can also end in good order while it starts. Further
/// signals during the shutdown have no effect.
struct EndSignals: Service {
    private let signals: UnixSignalsSequence
    private let logger: Logger
    private let reload: ConfigReload
    private let serviceManager: Readiness?

    /// Traps the signals, SIGHUP too: from now on they do not kill the process.
    ///
    /// - Parameter serviceManager: gets a notice of each signal; nil if no service manager listens.
    init(logger: Logger, reload: ConfigReload, serviceManager: Readiness?) async {
        signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        self.logger = logger
        self.reload = reload
        self.serviceManager = serviceManager
    }

    func run() async {
        await cancelWhenGracefulShutdown {
            for await signal in signals {
                guard signal != .sighup else {
                    serviceManager?.reloading(microseconds: DispatchTime.now().uptimeNanoseconds / 1_000)
                    reload.reload { [serviceManager] _ in serviceManager?.reloaded() }
                    continue
                }
                serviceManager?.stopping()
                logger.notice("asked to end", metadata: ["signal": "\(signal)"])
                return
            }
        }
    }
}
