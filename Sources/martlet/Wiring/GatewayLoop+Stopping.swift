import ComponentLink
import GatewayCore
import Logging
import NIOCore

/// Stops a gateway.
extension GatewayLoop {
    /// Says goodbye to rooms, closes the adapter sessions, says goodbye to contacts in slices, then closes the stream.
    /// Calls `done` on the loop. The goodbyes go on as long as the XMPP server reads them, within the bounds of
    /// `GoodbyeTiming`. The closing of the stream comes on top.
    func stop(reason: String, done: @escaping () -> Void) {
        let end = { [self] in
            guard whenClosed != nil else { return }
            whenClosed = nil
            reportUntold()
            guard let link else { return done() }
            link.close(done)
        }
        post(.stopping(reason: reason))
        whenClosed = end
        endIfDone()
        look(GoodbyeWatch(goodbyeTiming, now: eventLoop.now))
    }

    /// Ends a stop if all sessions are closed and the core has no more goodbyes to send.
    func endIfDone() {
        if closing == 0, !core.isBusy { whenClosed?() }
    }

    /// Checks the progress of the goodbyes after `GoodbyeTiming.look`, again and again until the gateway has ended.
    private func look(_ watch: GoodbyeWatch) {
        guard whenClosed != nil else { return }
        eventLoop.assumeIsolated().scheduleTask(in: watch.timing.look) { [self] in
            guard let end = whenClosed else { return }
            var watch = watch
            // If the core has no more goodbyes, only sessions that do not close delay the end.
            guard core.isBusy, watch.goesOn(told: core.goodbyes?.told ?? 0, now: eventLoop.now) else { return end() }
            logger.notice("saying goodbye to contacts", metadata: goodbyeCounts)
            look(watch)
        }
    }

    private func reportUntold() {
        guard let goodbyes = core.goodbyes, goodbyes.left != 0 else { return }
        // The contacts may all have been told before the registry has counted them.
        if goodbyes.left == nil, !core.isBusy, link?.isOpen == true { return }
        logger.warning("contacts were not told that the gateway shuts down", metadata: goodbyeCounts)
    }

    private var goodbyeCounts: Logger.Metadata {
        let goodbyes = core.goodbyes
        return ["told": "\(goodbyes?.told ?? 0)", "left": "\(goodbyes?.left.map { String($0) } ?? "unknown")"]
    }
}
