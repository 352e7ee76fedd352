import GatewayKit
import NIOCore

extension IRCSession {
    func received(_ messages: [IRCMessage], connection number: Int) {
        guard number == connection else { return }
        for message in messages { client?.received(message, now: loop.now) }
        drain()
    }

    /// One run of inputs is over: write what may be written, once.
    func endTurn(connection number: Int) {
        guard number == connection, client != nil else { return }
        var canWrite = false
        if case .up(let channel) = link { canWrite = channel.isWritable }
        client?.endTurn(now: loop.now, canWrite: canWrite)
        drain()
        flush()
        if let end = pendingEnd { ended(end) } else { setTimer() }
    }

    func scheduleTurn() {
        guard !isTurnScheduled else { return }
        isTurnScheduled = true
        loop.assumeIsolated().execute { [weak self] in
            guard let self else { return }
            self.isTurnScheduled = false
            self.endTurn(connection: self.connection)
        }
    }

    /// Carries out the client's effects in order, also when called again from within one of them: when the core
    /// closes the session while it is told of an event, it is told of the others first.
    func drain() {
        while true {
            if effects.isEmpty { effects = client?.takeEffects()[...] ?? [] }
            guard let effect = effects.popFirst() else { return }
            apply(effect)
        }
    }

    private func apply(_ effect: IRCClient.Effect) {
        switch effect {
        case .write(let line):
            outgoing.writeString(line.text)
            outgoing.writeStaticString("\r\n")
        case .emit(let event): emit(event)
        case .ready: becameReady()
        case .hangUp(let end): pendingEnd = pendingEnd ?? end
        }
    }

    func flush() {
        guard outgoing.readableBytes > 0, case .up(let channel) = link else { return }
        channel.writeAndFlush(outgoing, promise: nil)
        outgoing = ByteBuffer()
    }

    private func setTimer() {
        guard let wake = client?.nextWake(now: loop.now) else { return cancelTimer() }
        if let timer, timer.at <= wake { return }
        cancelTimer()
        let number = connection
        let task = loop.assumeIsolated().scheduleTask(deadline: wake) { [weak self] in
            guard let self, number == self.connection else { return }
            self.timer = nil
            self.client?.tick(now: self.loop.now)
            self.endTurn(connection: number)
        }
        timer = (wake, task)
    }

    func cancelTimer() {
        timer?.task.cancel()
        timer = nil
    }
}
