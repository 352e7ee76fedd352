import Basics
import Logging
import NIOCore
import Networking
import XML
import XMPP

/// Carries out the actions of the state machine.
extension ComponentLink {
    func perform(_ action: StreamMachine.Action) {
        switch action {
        case .dial: dial()
        case .sendHeader: writeHeader()
        case .sendHandshake(let streamID): writeHandshake(streamID)
        case .prepareTLS: prepareTLS()
        case .sendStartTLS: writeStartTLS()
        case .startTLS: startTLS()
        case .open: didOpen()
        case .lose(let failure): lose(failure)
        case .sendStreamError(let error): writeStreamError(error)
        case .sendFooter: writeFooter()
        case .closeSocket: closeSocket()
        case .startDeadline(let kind): startDeadline(kind)
        case .stopDeadline: deadline?.cancel()
        case .scheduleRetry: scheduleRetry()
        case .end: end()
        }
    }

    private func dial() {
        logger.debug("connecting", metadata: ["server": "\(server)"])
        let link = NIOLoopBound(self, eventLoop: eventLoop)
        dialer.connect(
            to: server, tls: settings.encryption.atDial, policy: .anywhere, timeout: allowed(settings.timing.connect),
            usesReserve: true, on: eventLoop
        ) { channel in
            let handler = StreamHandler(link: link.value)
            link.value.handler = handler
            try channel.pipeline.syncOperations.addHandler(handler)
            let slow = link.value.settings.slowOutboundBytes
            try channel.syncOptions?.setOption(.writeBufferWaterMark, value: .init(low: slow / 2, high: slow))
        }.assumeIsolated().whenComplete { [self] result in
            switch result {
            case .success(let channel): didConnect(channel)
            case .failure(let error):
                handler = nil
                perform(.dialFailed(error as? DialError ?? .unreachable(server, reason: ErrorWords.words(of: error))))
            }
        }
    }

    private func didConnect(_ channel: any Channel) {
        self.channel = channel
        nonce = String(random.next(), radix: 36)
        fences = Fences(nonce: nonce)
        updateReading()
        perform(.connected)
    }

    private func didOpen() {
        let now = eventLoop.now
        opened = now
        counters.opened += 1
        logger.log(
            level: failureLog.levelForOpening(at: server), "connected",
            metadata: [
                "server": "\(server)",
                "encryption": "\(settings.encryption.mode.logValue(isEncrypted: machine.isEncrypted))",
            ])
        // The delegate may have paused reading while there was no stream.
        updateReading()
        liveness = Liveness(keepalive: settings.timing.keepalive, silence: settings.timing.silence, now: now)
        scheduleTick()
        mustCallTurnEnded = true
        delegate?.linkDidOpen()
    }

    private func lose(_ failure: LinkFailure) {
        ticker?.cancel()
        let wasSteady = opened.map { eventLoop.now - $0 >= TimeAmount(settings.timing.steady) } ?? false
        if wasSteady {
            backoff.reset()
            failureLog.succeeded()
        }
        let level = failureLog.level(for: failure, at: server, wasOpen: opened != nil, now: eventLoop.now)
        let words = failure.explanation(settings, server)
        isRoundOver = wasSteady ? turns.lost() : turns.failed()
        logger.log(level: level, "\(words)\(failure == .closed ? "" : nextAddress)")
        for reply in queries.takeAll() { reply(nil) }
        for done in fences.fail() { done(false) }
        guard opened != nil else {
            if failure != .closed { delegate?.linkDidNotOpen(failure.reason) }
            return
        }
        opened = nil
        mustCallTurnEnded = isInTurn
        delegate?.linkDidClose(failure.reason)
    }

    /// The end of a log line about a failure: the address that is tried next, if there is a choice.
    private var nextAddress: String {
        guard turns.hasAlternatives else { return "" }
        return isRoundOver ? "; all addresses have failed, a new round begins at \(server)" : "; next is \(server)"
    }

    private func closeSocket() {
        finishTurn()
        flush()
        // Without an open link the server may not be reading, so the socket is closed without waiting for
        // `close_notify`.
        if opened == nil { channel?.closeAtOnce() } else { channel?.close(promise: nil) }
        channel = nil
        handler = nil
        parser = nil
        negotiationParser = nil
        upgrade = nil
        _ = unread.take()
        connection += 1
        writer.removeAll()
        bytesInFlight = 0
        updateReading()
    }

    private func startDeadline(_ kind: StreamMachine.Deadline) {
        deadline?.cancel()
        let time = allowed(settings.timing.time(for: kind))
        deadline = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { [self] in missedDeadline() }
    }

    /// The time for one step of opening the stream: less than usual if another address may answer faster.
    private func allowed(_ time: Duration) -> Duration {
        turns.mustHurry ? min(time, settings.timing.hurry) : time
    }

    private func missedDeadline() {
        finishUnread()
        perform(.deadline)
    }

    private func scheduleRetry() {
        // The delegate may have closed the link when it was told that the link is gone.
        guard machine.state == .waiting else { return }
        let wait = isRoundOver ? backoff.next(random: &random) : .zero
        logger.debug("connecting again", metadata: ["wait": "\(wait)"])
        retry = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(wait)) { [self] in perform(.retry) }
    }

    private func end() {
        retry?.cancel()
        let callbacks = closeCallbacks
        closeCallbacks = []
        eventLoop.assumeIsolated().execute { for done in callbacks { done() } }
    }
}

extension LinkTiming {
    /// The time until a deadline.
    fileprivate func time(for deadline: StreamMachine.Deadline) -> Duration {
        switch deadline {
        case .handshake: handshake
        case .features: features
        case .streamError: streamError
        case .startTLS: startTLS
        case .endOfTurn: .zero
        case .close: close
        }
    }
}

/// The periodic check whether the server still lives.
extension ComponentLink {
    private func scheduleTick() {
        ticker = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(settings.timing.keepalive)) { [self] in
            tick(eventLoop.now)
            if isOpen { scheduleTick() }
        }
    }

    /// Called once per `LinkTiming.keepalive` while the link is open.
    func tick(_ now: NIODeadline) {
        // While the delegate pauses reading, the server's bytes are not seen, so its silence does not count. While the
        // server does not take our output, its silence counts.
        if isPausedByDelegate { liveness.heardFromServer(now) }
        if isReadingPaused { fences.restartPingTimer(now) }
        switch liveness.tick(now) {
        case .fine:
            if let sent = fences.sent, now - sent >= TimeAmount(settings.timing.silence) { perform(.fenceLost) }
        case .ping:
            fences.askForPing()
            scheduleFlush()
        case .whitespace: writeWhitespace()
        case .dead:
            finishUnread()
            perform(.wentSilent)
        }
    }
}
