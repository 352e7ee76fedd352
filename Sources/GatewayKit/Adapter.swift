/// The code for one kind of network, joined to one gateway. Two parts: `rules`, pure and asked at any time, and
/// sessions, one per account, which live on the gateway's event loop.
///
/// An adapter is made, used and released on that loop only; none of its calls may block. It never keeps durable
/// state of its own: what must survive is the core's ledger.
package protocol Adapter: AnyObject {
    var rules: any NetworkRules { get }

    /// Starts the live side of an account. The core calls it when the account is first needed (`onDemand`) or at
    /// start-up and on registration (`always`), and never twice before `close`. The session emits its capabilities
    /// before this returns, and before any other event (see `Capabilities`).
    func open(_ account: Account, events: EventSink) -> any AdapterSession
}

/// The live side of one account, on the gateway's loop.
package protocol AdapterSession: AnyObject {
    /// Carries out a request. The outcome comes as an event, possibly before this returns. What the adapter does not
    /// know it refuses by `default`, with a `Failure` of kind `unsupported`.
    func perform(_ request: Request)

    /// The home side takes no more for now: read nothing more from the network until `resume`, so that it has to
    /// wait. What has been read already may still come as events. Never called twice in a row.
    func pause()

    /// Takes back `pause`.
    func resume()

    /// Ends the session: says goodbye where the network has one, with this reason for its people to read.
    /// Requests still open, and those made until `done`, are failed. `done` is called exactly once; after it no event
    /// is emitted and requests are ignored.
    func close(reason: String, done: @escaping () -> Void)
}
