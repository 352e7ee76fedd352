import NIOCore
import XMPP

/// Questions to others: IQ requests of ours, and fences.
extension ComponentLink {
    /// Sends a request and waits for its answer.
    ///
    /// - Parameters:
    ///   - iq: a get or set with `from` and `to`; without an id it gets one.
    ///   - reply: called once, never before this returns: with the result or error that has this id and comes from the address
    ///     asked; with nil if none came in time, the link broke, or nothing could be sent.
    /// - Returns: whether the request was sent; if not, silence says nothing about whom was to be asked.
    @discardableResult
    package func query(_ iq: IQ, deadline: Duration, _ reply: @escaping (IQ?) -> Void) -> Bool {
        var iq = iq
        let id = iq.head.id ?? nextQueryID()
        iq.head.id = id
        guard let to = iq.head.to, iq.type == .get || iq.type == .set else { return notAsked(reply) }
        let key = PendingQueries.Key(id: id, sender: to)
        guard queries.count < settings.maxPendingQueries, !queries.contains(key), send(.iq(iq)) else {
            return notAsked(reply)
        }
        let timer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(deadline)) { [self] in
            if let reply = queries.take(key) { reply(nil) }
        }
        queries.add(key, deadline: timer, reply)
        return true
    }

    private func notAsked(_ reply: @escaping (IQ?) -> Void) -> Bool {
        later { reply(nil) }
        return false
    }

    /// Asks for proof that the server has taken everything sent so far: a ping from our domain to our domain
    /// (XEP-0199), which a server routes back to us in order (RFC 6120 §10.1).
    ///
    /// `done` is called once, never before this returns: with true when the proof is there, with false if the link broke first;
    /// then nothing is known about what was sent after the last fence that held.
    package func fence(_ done: @escaping (Bool) -> Void) {
        guard machine.isOpen else { return later { done(false) } }
        fences.ask(done)
        scheduleFlush()
    }

    private func nextQueryID() -> String {
        queryNumber += 1
        return "query-\(nonce)-\(queryNumber)"
    }

    /// Callers are never called back before they have returned.
    private func later(_ work: @escaping () -> Void) { eventLoop.assumeIsolated().execute(work) }
}
