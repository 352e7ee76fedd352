import XMPP

/// The queries of one user that change occupants and wait for the network. One query can need several requests.
final class AdministrationOfUser {
    /// A query without its answer.
    private struct Open {
        let sender: Sender
        var requests = 0
        var error: StanzaError?
    }

    private var queries: [Int: Open] = [:]
    private var last = 0

    /// Adds a query without requests. Returns its number.
    func begin(_ sender: Sender) -> Int {
        last += 1
        queries[last] = Open(sender: sender)
        return last
    }

    /// Counts a request for a query.
    func open(_ number: Int) { queries[number]?.requests += 1 }

    /// Ends a request.
    func close(_ number: Int, _ error: StanzaError?) {
        queries[number]?.requests -= 1
        if let error { fail(number, error) }
    }

    /// Keeps the error that answers a query. The first one counts.
    func fail(_ number: Int, _ error: StanzaError) {
        let first = queries[number]?.error ?? error
        queries[number]?.error = first
    }

    /// If the query has no open requests, removes it and returns its sender and error. Otherwise returns nil.
    func takeFinished(_ number: Int) -> (Sender, StanzaError?)? {
        guard let query = queries[number], query.requests == 0 else { return nil }
        queries[number] = nil
        return (query.sender, query.error)
    }
}
