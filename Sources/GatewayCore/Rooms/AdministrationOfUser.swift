import XMPP

/// The queries of one user that change occupants and wait for the network. One query can need several requests.
final class AdministrationOfUser {
    /// A query without its answer.
    private struct Open {
        let sender: Sender
        var requests = 0
        var error: StanzaError?
        /// The items of which at least one request must succeed: those of which one has, and the errors of the others.
        var done: Set<Int> = []
        var undone: [Int: StanzaError] = [:]

        /// The error that answers the query; nil if it has succeeded.
        var answer: StanzaError? { error ?? undone.first { !done.contains($0.key) }?.value }
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
    ///
    /// - Parameter choice: the item of which this is one of several requests, if one of them is enough.
    func close(_ number: Int, choice: Int?, _ error: StanzaError?) {
        queries[number]?.requests -= 1
        switch (choice, error) {
        case (let choice?, let error?): queries[number]?.undone[choice] = error
        case (let choice?, nil): queries[number]?.done.insert(choice)
        case (nil, let error?): fail(number, error)
        case (nil, nil): break
        }
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
        return (query.sender, query.answer)
    }
}
