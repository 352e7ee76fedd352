import Basics
import GatewayKit
import NIOCore
import Networking

extension IRCClient {
    /// How long the list of names may take after our JOIN.
    static let namesTimeout = TimeAmount.seconds(20)
    /// How long a connection without channels is kept after the last private message.
    static let conversationLinger = TimeAmount.minutes(10)
    /// How long a connection without channels is kept after the last channel was left.
    static let roomLinger = TimeAmount.seconds(30)

    /// How long a password waits for the server's list of capabilities. Some old servers ignore the question for it.
    static let listTimeout = TimeAmount.seconds(2)

    /// Handles all deadlines that have passed. Call it at `nextWake` or later, then `endTurn`.
    mutating func tick(now: NIODeadline) {
        guard !hasEnded else { return }
        if !registration.isReady, now >= keepalive.opened + Keepalive.registrationTimeout {
            return lost("\(surroundings.title) did not complete the login within a minute.")
        }
        switch keepalive.check(now: now) {
        case .ping: write(OutboundLine(.ping, trailing: TrailingParameter("alive")))
        case .dead: return lost("\(surroundings.title) does not answer any more.")
        case nil: break
        }
        if registration.holdsNames, now >= keepalive.opened + IRCClient.listTimeout {
            perform(registration.stopHolding(), now: now)
        }
        tickLogin(now: now)
        tickRegain(now: now)
        for outcome in outbox.expire(now: now) { settle(outcome, now: now) }
        expireQuestions(now: now)
        for line in peers.tick(now: now) { write(line) }
        completeLateEntries(now: now)
        searchListing(now: now)
        expireListing(now: now)
        deliverLateMultilines(now: now)
        memberQueries.expire(now: now)
        if now >= idleEnd ?? .distantFuture {
            quit("idle")
        }
    }

    /// The latest time at which `tick` must be called.
    mutating func nextWake(now: NIODeadline) -> NIODeadline {
        var wake = keepalive.nextCheck
        if !registration.isReady { wake = min(wake, keepalive.opened + Keepalive.registrationTimeout) }
        if registration.holdsNames { wake = min(wake, keepalive.opened + IRCClient.listTimeout) }
        if let other = outbox.nextWake(now: now) { wake = min(wake, other) }
        if let other = nextLoginWake(now: now) { wake = min(wake, other) }
        if let other = regain?.next { wake = min(wake, other) }
        if let other = idleEnd { wake = min(wake, other) }
        if let listing { wake = min(wake, max(listing.end, now + .nanoseconds(1)), listing.nextSlice ?? wake) }
        if let other = nextMultilineEnd { wake = min(wake, other) }
        if let other = ctcpQuestions.nextDeadline { wake = min(wake, other) }
        if let other = peers.nextWake { wake = min(wake, other) }
        // `endTurn` does this work, and only for a client that is ready.
        if isReady, let other = nextWork(now: now) { wake = min(wake, other) }
        for channel in channels.values where !channel.isJoined {
            if let entered = channel.ownJoinShownAt { wake = min(wake, entered + IRCClient.namesTimeout) }
        }
        return wake
    }

    /// When `endTurn` has work to do that waits for tokens or for its time. Nil if there is none.
    private mutating func nextWork(now: NIODeadline) -> NIODeadline? {
        var wake = NIODeadline.distantFuture
        if let other = returning.due { wake = min(wake, other) }
        if let other = news.nextWake(now: now) { wake = min(wake, other) }
        if let other = nextMemberQuery(now: now) { wake = min(wake, other) }
        // While texts wait, they get the next tokens, and their own deadline counts. While the socket takes nothing, the
        // question waits for the socket.
        if canWrite, !modesWanted.isEmpty, outbox.queue.isEmpty,
            let wait = outbox.bucket?.timeUntilNext(now: now.uptimeNanoseconds)
        {
            wake = min(wake, now + TimeAmount(wait))
        }
        return wake == .distantFuture ? nil : wake
    }

    /// True: keeps the connection also without a channel. False: it ends after `roomLinger` without one.
    mutating func keepConnected(_ keeps: Bool, now: NIODeadline) {
        if keepsConnected, !keeps {
            roomlessSince = now
            // A user who has logged out does not wait for answers, so `conversationLinger` does not apply.
            lastConversation = nil
        }
        keepsConnected = keeps
    }

    /// Sends QUIT with the reason, cut to 200 bytes, and hangs up.
    mutating func quit(_ reason: String) {
        write(OutboundLine(.quit, trailing: TrailingParameter(reason.clipped(toBytes: 200))))
        let words = "The connection to \(surroundings.title) was closed, because you are in none of its channels."
        hangUp(LinkEnd(failure: Failure(.remoteDown, words), cause: .finished))
    }

    private mutating func lost(_ words: String) {
        hangUp(LinkEnd(failure: Failure(.remoteDown, words), cause: .broken))
    }

    /// The time at which the unused connection is closed. Nil while we are in a channel or a request is open.
    private var idleEnd: NIODeadline? {
        guard isReady, channels.isEmpty, !keepsConnected, outbox.isIdle else { return nil }
        var end = roomlessSince + IRCClient.roomLinger
        if let listing { end = max(end, listing.end) }
        if let lastConversation { end = max(end, lastConversation + IRCClient.conversationLinger) }
        return end
    }

    /// Completes the entries whose list of names has not ended in time. Some servers never end it, and our JOIN has
    /// been confirmed.
    private mutating func completeLateEntries(now: NIODeadline) {
        for (folded, channel) in channels where !channel.isJoined {
            guard let entered = channel.ownJoinShownAt, now >= entered + IRCClient.namesTimeout else { continue }
            channels[folded]?.hasAllNames = true
            completeEntry(folded, now: now)
        }
    }
}
