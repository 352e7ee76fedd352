import NIOCore

/// Looks up names in `/etc/hosts` and the DNS. Its thread starts with the first name and ends with this object.
final class NameResolver: Sendable {
    private let inbox = LookUpInbox()
    private let settings: DNSQuery.Settings

    init(_ settings: DNSQuery.Settings) { self.settings = settings }

    deinit { inbox.close {} }

    /// - Parameter answer: called once, on the resolver's thread. The addresses have port 0.
    func lookUp(_ name: String, for requester: Requester, _ answer: @escaping LookUpInbox.Answer) -> UInt64 {
        inbox.add(name, for: requester, start: { ResolverLoop.detach(inbox, settings) }, answer)
    }

    /// Cancels a look-up: it is answered with `.cancelled`, unless it has been answered.
    func cancel(_ id: UInt64) { inbox.cancel(id) }

    /// Ends the thread and answers all look-ups under way. `ended` is called after that.
    func close(_ ended: @escaping @Sendable () -> Void) { inbox.close(ended) }
}
