import Basics
import DequeModule
import GatewayKit
import NIOCore

extension IRCSession {
    /// Handles one line of the server. Call `linesEnded` after the lines of one read.
    func received(_ line: UnsafeRawBufferPointer, now: NIODeadline, connection number: Int) {
        guard number == connection else { return }
        guard let message = try? IRCMessage(bytes: line, else: { encodings.incoming($0) ?? network.encoding })
        else {
            return environment.ignoredLines(1)
        }
        client?.received(message, now: now)
    }

    /// Counts the ignored lines of one read, and carries out the effects of the other lines.
    ///
    /// - Parameter overlong: the number of lines that were dropped because of their length.
    func linesEnded(overlong: Int, connection number: Int) {
        guard number == connection else { return }
        let ignored = overlong + (client?.takeIgnored() ?? 0)
        if ignored > 0 { environment.ignoredLines(ignored) }
        drain()
    }

    /// Ends a run of inputs: writes all lines that may be written, in one write, and sets the timer.
    func endTurn(connection number: Int) {
        guard number == connection else { return }
        var canWrite = false
        if case .up(let channel) = link { canWrite = channel.isWritable }
        let now = now
        // Comparing the client with nil would copy it.
        guard client?.endTurn(now: now, canWrite: canWrite) != nil else { return }
        drain()
        flush()
        if let end = pendingEnd { return ended(end) }
        setTimer(now: now)
        deriveKey()
    }

    /// Lets `KeyDerivations` derive the key of a login, if one is wanted.
    private func deriveKey() {
        guard client?.wantsKey == true, !isDeriving else { return }
        isDeriving = true
        environment.derivations.add(self)
    }

    /// Does a slice of the derivation of a key. After the last one, it writes the proof to the server.
    ///
    /// - Returns: whether further slices are left.
    func deriveSlice() -> Bool {
        client?.deriveSlice(now: now)
        isDeriving = client?.wantsKey == true
        if !isDeriving {
            drain()
            endTurn(connection: connection)
        }
        return isDeriving
    }

    /// Schedules a turn after a read, unless there is nothing to write and no deadline to set. That is the usual case.
    func readEnded(connection number: Int) {
        guard number == connection, let isAtRest = client?.isAtRest() else { return }
        if isAtRest, outgoing.readableBytes == 0, pendingEnd == nil, timerSlot != nil { return }
        scheduleTurn()
    }

    /// Schedules one call of `takeTurn` after the current turn of the loop.
    func scheduleTurn() {
        guard !isTurnScheduled else { return }
        isTurnScheduled = true
        environment.turns.add(self)
    }

    /// Ends the turn that `scheduleTurn` has scheduled. `TurnQueue` calls this.
    func takeTurn() {
        isTurnScheduled = false
        endTurn(connection: connection)
    }

    /// Carries out the client's effects in order. The core may call this again while it handles one of the events, as
    /// it does when it closes the session. Then the inner call carries out the remaining effects.
    func drain() {
        repeat {
            while apply(effects.popFirst()) {}
            effects = client?.takeEffects() ?? []
        } while !effects.isEmpty
    }

    /// Carries out an effect. Returns false if there is none. It takes an optional, because `while let` would copy each
    /// effect.
    private func apply(_ effect: consuming IRCClient.Effect?) -> Bool {
        switch consume effect {
        case nil: return false
        case .write(let line)?:
            if let encoding = encoding(of: line) {
                line.write(to: &outgoing, as: encoding)
            } else {
                line.write(to: &outgoing)
            }
        case .emit(let event)?: emit(event)
        case .ready?: becameReady()
        case .hangUp(let end)?: pendingEnd = pendingEnd ?? end
        }
        return true
    }

    /// Writes the collected lines to the socket, if it takes them.
    func flush() {
        guard outgoing.readableBytes > 0, case .up(let channel) = link else { return }
        guard channel.isWritable else {
            // Bound the memory for a server that keeps sending PINGs but does not read our answers.
            if outgoing.readableBytes > IRCSession.unwrittenLimit { pendingEnd = pendingEnd ?? unread }
            return
        }
        channel.pipeline.syncOperations.writeAndFlush(NIOAny(outgoing), promise: nil)
        // Free the buffer, so that an idle connection keeps no memory for it.
        outgoing = ByteBuffer()
    }

    private var unread: LinkEnd {
        LinkEnd(
            failure: Failure(.remoteDown, "\(network.id) does not read the data that it is sent."), cause: .broken)
    }

    private func setTimer(now: NIODeadline) {
        guard pausedAt == nil else { return }
        guard let wake = client?.nextWake(now: now) else { return cancelTimer() }
        let deadline = wake + totalPauseTime
        if let earlier = environment.timers.deadline(of: self), earlier <= deadline { return }
        environment.timers.set(self, at: deadline)
    }

    /// The client's next deadline has come, or a pause has moved it. `TimerTable` calls this.
    func timerEnded() {
        client?.tick(now: now)
        // The end of a login performs the waiting requests, and `endTurn` must find their lines in the outbox.
        drain()
        endTurn(connection: connection)
    }

    func cancelTimer() { environment.timers.cancel(self) }
}
