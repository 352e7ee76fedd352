import NIOCore
import XMPP

/// Our IQ requests, and fences.
extension ComponentLink {
    /// Sends a request and waits for its answer.
    ///
    /// - Parameters:
    ///   - iq: a get or set with `from` and `to`. If it has no id, it is given one.
    ///   - reply: called once, never before this function returns. It gets the result or error that has this id and
    ///     comes from the address asked; or nil if no answer came in time, the link broke, or nothing could be sent.
    /// - Returns: whether the request was sent. If not, a nil answer says nothing about the address asked.
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
    /// `done` is called once, never before this function returns: with true when the proof has come, with false if the
    /// link broke first. After false, nothing is known about the stanzas sent after the last fence that held.
    package func fence(_ done: @escaping (Bool) -> Void) {
        guard machine.isOpen else { return later { done(false) } }
        fences.ask(done)
        scheduleFlush()
    }

    private func nextQueryID() -> String {
        queryNumber += 1
        return "query-\(nonce)-\(queryNumber)"
    }

    /// Runs `work` on a later turn, because callers must not be called back before they have returned.
    func later(_ work: @escaping () -> Void) { eventLoop.assumeIsolated().execute(work) }
}
