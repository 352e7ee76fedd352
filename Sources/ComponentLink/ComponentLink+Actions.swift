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
        logger.debug("connecting", metadata: ["server": "\(settings.server)"])
        let link = NIOLoopBound(self, eventLoop: eventLoop)
        dialer.connect(
            to: settings.server, tls: settings.tls, policy: .anywhere, timeout: settings.timing.connect,
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
                perform(.dialFailed(error as? DialError ?? .unreachable(settings.server, reason: "\(error)")))
            }
        }
    }

    private func didConnect(_ channel: any Channel) {
        self.channel = channel
        parser = StreamParser(
            limits: settings.xmlLimits, contentNamespaces: [ComponentHandshake.streamNamespace: Stanza.namespace])
        nonce = String(random.next(), radix: 36)
        fences = Fences(nonce: nonce)
        updateReading()
        perform(.connected)
    }

    private func didOpen() {
        let now = eventLoop.now
        opened = now
        counters.opened += 1
        logger.log(level: failureLog.levelForOpening(), "connected", metadata: ["server": "\(settings.server)"])
        liveness = Liveness(keepalive: settings.timing.keepalive, silence: settings.timing.silence, now: now)
        scheduleTick()
        mustCallTurnEnded = true
        delegate?.linkDidOpen()
    }

    private func lose(_ failure: LinkFailure) {
        ticker?.cancel()
        if let opened, eventLoop.now - opened >= TimeAmount(settings.timing.steady) {
            backoff.reset()
            failureLog.succeeded()
        }
        logger.log(level: failureLog.level(for: failure), "\(failure.explanation(settings))")
        for reply in queries.takeAll() { reply(nil) }
        for done in fences.fail() { done(false) }
        guard opened != nil else { return }
        opened = nil
        mustCallTurnEnded = isInTurn
        delegate?.linkDidClose(failure.reason)
    }

    private func closeSocket() {
        finishTurn()
        flush()
        channel?.close(promise: nil)
        channel = nil
        handler = nil
        parser = nil
        _ = unread.take()
        connection += 1
        writer.removeAll()
        bytesInFlight = 0
        updateReading()
    }

    private func startDeadline(_ kind: StreamMachine.Deadline) {
        deadline?.cancel()
        let time = kind == .handshake ? settings.timing.handshake : settings.timing.close
        deadline = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { [self] in missedDeadline() }
    }

    private func missedDeadline() {
        finishUnread()
        perform(.deadline)
    }

    private func scheduleRetry() {
        // The delegate may have closed the link when it was told that the link is gone.
        guard machine.state == .waiting else { return }
        let wait = backoff.next(random: &random)
        logger.debug("connecting again later", metadata: ["wait": "\(wait)"])
        retry = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(wait)) { [self] in perform(.retry) }
    }

    private func end() {
        retry?.cancel()
        let callbacks = closeCallbacks
        closeCallbacks = []
        eventLoop.assumeIsolated().execute { for done in callbacks { done() } }
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
