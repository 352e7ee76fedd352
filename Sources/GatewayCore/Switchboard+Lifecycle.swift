import GatewayKit
import Logging
import Registry
import XMPP

/// Start, loss and return of the home server, shutdown, and where continuations of earlier effects go on.
extension Switchboard {
    func start(from snapshot: GatewaySnapshot) {
        registrations.load(snapshot)
        for account in snapshot.accounts where isGivenToAnother(account) { evict(account) }
        for entry in snapshot.inbound { outbox.hold(.stored(entry)) }
        if description.sessions == .always {
            for user in registrations.users { openAlways(user) }
        }
        for outcome in snapshot.untold { tellAgain(outcome) }
        for entry in snapshot.outbound { resume(entry) }
        order(.timer(.prune, after: .seconds(3600)))
        if isLinkOpen { linkOpened() }
    }

    /// Whether the operator has given what this user has registered to somebody else.
    private func isGivenToAnother(_ account: AccountRecord) -> Bool {
        guard let owner = rules.owner(of: account.settings) else { return false }
        return owner != account.user
    }

    /// Ends a registration because the operator has given its number to another user, and says so to the one who had it.
    private func evict(_ account: AccountRecord) {
        log(
            .notice, "a registration ends, because the configuration gives its number to somebody else",
            ["user": "\(account.user)"])
        registrations.remove(account)
        commit(
            .removeAccount(
                gateway: account.gateway, account.user, network: account.network, unique: description.uniqueKeys,
                at: world.now()))
        guard let jid = try? JID(account.user.rawValue) else { return }
        let number = description.uniqueKeys.compactMap { account.settings[$0] }.first ?? "your number"
        let words =
            "The operator of this gateway has given \(number) to somebody else. You are not registered any more."
            + " Ask the operator for a number, then register again."
        let head = StanzaHead(to: jid, from: settings.domain, id: world.newID())
        deliver(.direct(Message(head, type: .chat, body: words)))
    }

    /// Opens the session of a registered user of a network that is always on.
    func openAlways(_ user: UserID) {
        guard let jid = try? JID(user.rawValue),
            let network = rules.network(for: registrations.saved(user, network: nil) ?? [:])
        else { return }
        openNetwork(network, for: session(of: jid), nick: nil)
    }

    func linkOpened() {
        isLinkOpen = true
        sendUnsent()
        for session in sessions.values {
            for room in session.rooms.values { doubtMembers(of: room, session: session) }
        }
        for user in registrations.contacts.keys { slicedWork.add(.arrival, of: user) }
        planSlice()
    }

    func linkClosed() {
        isLinkOpen = false
        keepUnconfirmed()
        slicedWork.linkBroke()
        for session in sessions.values {
            for room in session.rooms.values where !room.backlog.isEmpty {
                interruptWelcomes(of: room, session: session)
            }
            resumeAll(of: session)
        }
    }

    func reached(_ checkpoint: Checkpoint) {
        switch checkpoint {
        case .slices: slicesConfirmed()
        case .account(let account): confirmed(account)
        }
    }

    /// The home server may have lost resources without telling us: each is asked, when its turn comes.
    private func doubtMembers(of room: Room, session: Session) {
        for index in room.members.indices { room.members[index].isDoubtful = true }
        if room.members.isEmpty { return desert(room.address, session: session) }
        slicedWork.add(.check(room.address), of: session.user)
        restartWelcomes(of: room)
        if room.isShowing { slicedWork.add(.welcome(room.address), of: session.user) }
    }

    /// Asks the next members of a room whether they are there (XEP-0199), beginning with the one at `next`. What they
    /// missed is sent with it, and kept until one of them is known to be there. True if all have been asked.
    func checkMembers(of room: Room, session: Session, from next: inout Int) -> Bool {
        let last = orderedCount + settings.limits.slice
        while orderedCount < last, next < room.members.count {
            let member = room.members[next]
            next += 1
            guard member.isDoubtful else { continue }
            if member.isInside { for message in room.missed { sendMissed(message, to: member) } }
            let head = StanzaHead(to: member.jid, from: member.room, id: world.newID())
            let ping = IQ(head, type: .get, payload: [Ping().element])
            let tag = QueryTag.presenceCheck(session.user, room.address, member.jid)
            order(.query(ping, deadline: .seconds(30), tag))
        }
        return next >= room.members.count
    }

    func answered(_ tag: QueryTag, _ answer: IQ?) {
        guard case .presenceCheck(let user, let address, let jid) = tag, let session = sessions[user],
            let room = session.rooms[address], room.member(jid) != nil
        else { return }
        if answer?.isAlive == true {
            room.update(jid) { $0.isDoubtful = false }
            // What the stream has refused is sent again soon, and only then has it been sent.
            if !outbox.isResendPlanned { missedWasSent(in: room, session: session) }
        } else if isLinkOpen {
            vanished(jid, from: address, session: session)
        }
    }

    /// A resource is gone without a word. The room is kept for a while: its client will most likely come back.
    func vanished(_ jid: JID, from address: RoomAddress, session: Session) {
        guard let room = session.rooms[address], room.member(jid) != nil else { return count(.stanzasIgnored) }
        room.remove(jid)
        if room.members.isEmpty { return desert(address, session: session) }
        // Those who are left have seen everything.
        if !room.members.contains(where: { $0.isDoubtful || !$0.isInside }), !outbox.isResendPlanned {
            missedWasSent(in: room, session: session)
        }
    }

    private func desert(_ address: RoomAddress, session: Session) {
        order(.timer(.desertedRoom(session.user, address), after: settings.limits.desertion))
    }

    func timerEnded(_ tag: TimerTag) {
        switch tag {
        case .fence: fenceDue()
        case .resend: resend()
        case .handOver(let id): handOver(id)
        case .saveAgain(let id): saveAgain(id)
        case .outcomeOverdue(let id): outcomeOverdue(id)
        case .desertedRoom(let user, let address):
            guard let session = sessions[user], session.rooms[address]?.members.isEmpty == true else { return }
            abandon(address, of: session, reason: "The client did not come back")
        case .slice: sliceDue()
        case .prune:
            commit(.prune(now: world.now()))
            order(.timer(.prune, after: .seconds(3600)))
        }
    }

    func committed(_ tag: CommitTag, _ result: Result<ChangeReply, RegistryError>) {
        switch tag {
        case .unattended:
            if case .failure(let error) = result {
                log(.error, "the registry refused a change", ["reason": "\(error)"])
            }
        case .registration(let iq, let account): registered(iq, account, result)
        case .removal(let iq, let jid): unregistered(iq, jid, result)
        case .subscription(let presence, let contact): subscribed(presence, contact, result)
        case .stored(let entry, let message): stored(entry, message, result)
        case .handing(let id): handing(id, result)
        case .outcome(let id, let outcome, let receipt): recorded(id, outcome, receipt, result)
        case .inbound(let entry, let receipt): recordedInbound(entry, receipt, result)
        }
    }

    /// Says goodbye to the rooms' members and closes the networks; contacts are told in slices.
    func stop(reason: String) {
        isStopping = true
        for session in sessions.values {
            for (address, room) in session.rooms {
                for member in room.members.filter(\.isInside) {
                    sendSelfUnavailable(
                        to: member, nick: room.nick, status: reason, codes: [.selfPresence, .shutdown])
                }
                // A join under way is failed by the network's session when it is closed; nobody else would tell these.
                guard room.phase != .entering else { continue }
                room.members.removeAll(where: \.isInside)
                joinFailed(address, Failure(.remoteDown, "The gateway is going away: \(reason)."), session: session)
            }
            for account in session.networks.accounts { order(.close(account, reason: reason)) }
        }
        for user in registrations.contacts.keys { slicedWork.add(.departure, of: user) }
        planSlice()
    }
}

extension IQ {
    /// An answer that proves that the client is there: a result, or an error of its own making. A client that does
    /// not know pings says `service-unavailable` (XEP-0199 §4.2), and so does a server for one that is gone
    /// (RFC 6121 §8.5.3.2.3): it counts as gone, and comes back by itself if it is not.
    var isAlive: Bool {
        if type == .result { return true }
        return stanzaError?.condition == .featureNotImplemented
    }
}
