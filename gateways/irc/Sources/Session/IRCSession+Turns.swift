import DequeModule
import GatewayKit
import NIOCore

extension IRCSession {
    /// Takes one line. Call `linesEnded` after those of one read.
    func received(_ line: UnsafeRawBufferPointer, now: NIODeadline, connection number: Int) {
        guard number == connection else { return }
        guard let message = try? IRCMessage(bytes: line) else { return environment.ignoredLines(1) }
        client?.received(message, now: now)
    }

    /// - Parameter overlong: lines that were too long to be looked at.
    func linesEnded(overlong: Int, connection number: Int) {
        guard number == connection else { return }
        let ignored = overlong + (client?.takeIgnored() ?? 0)
        if ignored > 0 { environment.ignoredLines(ignored) }
        drain()
    }

    /// One run of inputs is over: write what may be written, once.
    func endTurn(connection number: Int) {
        guard number == connection, client != nil else { return }
        var canWrite = false
        if case .up(let channel) = link { canWrite = channel.isWritable }
        let now = now
        client?.endTurn(now: now, canWrite: canWrite)
        drain()
        flush()
        if let end = pendingEnd { ended(end) } else { setTimer(now: now) }
    }

    /// What was read is on its way home; what is to be written comes after it. Mostly there is nothing.
    func readEnded(connection number: Int) {
        guard number == connection, let isAtRest = client?.isAtRest() else { return }
        if isAtRest, outgoing.readableBytes == 0, pendingEnd == nil, timer != nil { return }
        scheduleTurn()
    }

    func scheduleTurn() {
        guard !isTurnScheduled else { return }
        isTurnScheduled = true
        environment.turns.add(self)
    }

    func takeTurn() {
        isTurnScheduled = false
        endTurn(connection: connection)
    }

    /// Carries out the client's effects in order, also when called again from within one of them: when the core
    /// closes the session while it is told of an event, it is told of the others first.
    func drain() {
        repeat {
            while let effect = effects.popFirst() { apply(effect) }
            effects = client?.takeEffects() ?? []
        } while !effects.isEmpty
    }

    private func apply(_ effect: consuming IRCClient.Effect) {
        switch consume effect {
        case .write(let line):
            line.write(to: &outgoing)
        case .emit(let event): emit(event)
        case .ready: becameReady()
        case .hangUp(let end): pendingEnd = pendingEnd ?? end
        }
    }

    func flush() {
        guard outgoing.readableBytes > 0, case .up(let channel) = link else { return }
        guard channel.isWritable else {
            // What we answer to a server that asks and asks but does not read.
            if outgoing.readableBytes > IRCSession.unwrittenLimit { pendingEnd = pendingEnd ?? unread }
            return
        }
        channel.pipeline.syncOperations.writeAndFlush(NIOAny(outgoing), promise: nil)
        // An idle connection keeps no memory for what it may write some day.
        outgoing = ByteBuffer()
    }

    private var unread: LinkEnd {
        LinkEnd(
            failure: Failure(.remoteDown, "\(network.id) does not read what it is sent."), cause: .broken)
    }

    private func setTimer(now: NIODeadline) {
        guard pausedAt == nil else { return }
        guard let wake = client?.nextWake(now: now) else { return cancelTimer() }
        if let timer, timer.at <= wake { return }
        cancelTimer()
        let number = connection
        let task = loop.assumeIsolated().scheduleTask(deadline: wake + excused) { [self] in
            guard number == connection else { return }
            timer = nil
            client?.tick(now: self.now)
            endTurn(connection: number)
        }
        timer = (wake, task)
    }

    func cancelTimer() {
        timer?.task.cancel()
        timer = nil
    }
}
