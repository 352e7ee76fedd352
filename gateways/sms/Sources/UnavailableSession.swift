import GatewayKit

/// The session of an account whose number the gateway does not serve, or that another account uses. It reports the
/// reason, and fails every request.
final class UnavailableSession: AdapterSession {
    private let events: EventSink
    private let failure: Failure
    private(set) var isClosed = false

    init(_ failure: Failure, events: EventSink) {
        self.failure = failure
        self.events = events
        CapabilityTable().announce(to: events)
    }

    func perform(_ request: Request) {
        if !isClosed { events.emit(.outcome(request.id, .failed(failure))) }
    }

    func pause() {}
    func resume() {}

    func close(reason: String, done: @escaping () -> Void) {
        isClosed = true
        done()
    }

    /// The failure if the operator has removed the number from the configuration.
    static let numberGone = Failure(
        .registrationRequired, "Your number is no longer served by this gateway. Register again with another one.")

    static let numberTaken = Failure(.conflict, "Your number is in use by another account of this gateway.")
}
