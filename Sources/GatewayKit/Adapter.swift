/// The code for one kind of network, joined to one gateway. An adapter has two parts: pure `rules`, which the core may
/// ask at any time, and one session per account.
///
/// The gateway creates, uses and releases an adapter on its event loop only. No call may block. An adapter has no files
/// of its own: the core's ledger stores the messages that must survive a restart, and `StateEvent.keep` stores short
/// values.
package protocol Adapter: AnyObject {
    var rules: any NetworkRules { get }

    /// Called once, before any other call. An adapter whose network names accounts by a unique login value keeps the
    /// finder; others need not implement this.
    func start(_ finder: AccountFinder)

    /// Called once at the start, before any session is opened, with the values that sessions have kept by
    /// `StateEvent.keep`. It is not called if there are none. An adapter that keeps no values need not implement this.
    func recall(_ values: [String: String])

    /// Opens the session of an account, at the time that `AdapterDescription.sessions` tells. The core opens an account
    /// again only after it has closed the account's previous session. The session emits its capabilities before this
    /// returns, and before any other event (see `Capabilities`).
    func open(_ account: Account, events: EventSink) -> any AdapterSession
}

extension Adapter {
    package func start(_ finder: AccountFinder) {}
    package func recall(_ values: [String: String]) {}
}

/// The live state of one account. The core calls it on the gateway's event loop only.
package protocol AdapterSession: AnyObject {
    /// Carries out a request. The session emits the outcome as an event, possibly before this returns. It refuses
    /// requests that it does not know: the `default` case of its switch emits a `Failure` of kind `unsupported`.
    func perform(_ request: Request)

    /// Applies back-pressure: the core cannot take more events for now. Read nothing from the network until `resume`.
    /// The session may still emit events for data that it has already read. The core never calls this twice in a row.
    func pause()

    /// Ends a `pause`: read from the network again.
    func resume()

    /// Ends the session. Where the network has a goodbye, the session sends it with `reason`, which people on the
    /// network can read. The session fails open requests, and those that arrive before it calls `done`. It calls `done`
    /// exactly once. After `done` it emits no event and ignores requests.
    func close(reason: String, done: @escaping () -> Void)
}
