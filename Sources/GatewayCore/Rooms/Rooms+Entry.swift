import Basics
import GatewayKit
import XML
import XMPP

/// Lets resources enter and leave rooms, and changes the user's nick (XEP-0045 §7.1, §7.2, §7.6, §7.14).
extension Rooms {
    /// Handles an available presence to a room: a request to enter, or a change of the nick.
    func presenceReceived(_ presence: Presence, _ user: User, _ target: Target) {
        guard let from = presence.head.from, let to = presence.head.to else { return }
        guard case .occupant(let address, let nick) = target else {
            // The resource must be a nick (XEP-0045 §7.2.1).
            let words = "Add a nickname to the address of the room: room@service/nickname."
            return home.refuse(presence, StanzaError(.jidMalformed, words))
        }
        if let asked = presence.first("x", namespace: MUCJoin.namespace) {
            do throws(StanzaError) {
                var member = Room.Member(jid: from, room: to.bare, wantedNick: nick, presenceID: presence.head.id)
                member.needsRoomNick = Self.needsRoomNick(presence)
                try enter(address, try MUCJoin(asking: asked), member, user)
            } catch {
                home.refuse(presence, error)
            }
        } else if let current = room(address, of: user), current.member(from) != nil {
            if nick != current.nick, current.phase == .lost { return home.refuse(presence, .networkAway) }
            if nick != current.nick { changeNick(presence, in: current, user, to: nick) }
        } else {
            // Without <x/> this is no request to enter (XEP-0045 §7.1). The client believes that it is in the room
            // already, so it is told that it is not (§7.2.18).
            tellOutside(from, at: to, id: presence.head.id)
        }
    }

    /// Tells a client that believes to be in a room that it is not (XEP-0045 §7.2.18).
    ///
    /// - Parameters:
    ///   - occupant: the occupant JID that the client believes to have.
    ///   - id: the id of the presence that this answers; nil if it answers none.
    func tellOutside(_ client: JID, at occupant: JID, id: String? = nil) {
        let item = MUC.Item(affiliation: MUC.Affiliation.none, role: MUC.Role.none)
        let codes: [RoomStatus] = [.selfPresence, .kicked, .technicalProblem]
        let payload = MUCUser(items: [item], statuses: codes.map(\.rawValue)).element
        let head = StanzaHead(to: client, from: occupant, id: id)
        home.send(Presence(head, type: .unavailable, status: "You are not in this room.", payload: [payload]))
    }

    private func enter(
        _ address: RoomAddress, _ join: MUCJoin, _ member: Room.Member, _ user: User
    ) throws(StanzaError) {
        try accounts.admit(user)
        try checkStillWanted(user)
        // The client begins a new stay. A farewell to an earlier stay would look like the end of the new one.
        states[user]?.forgetFarewells(to: member.jid, from: address)
        guard let room = room(address, of: user) else { return try enterFirst(address, join, member, user) }
        let earlier = room.member(member.jid).map(\.requests) ?? []
        room.remove(member.jid)
        finishCatchUps(in: room, user)
        guard room.members.count < kernel.settings.limits.resourcesPerRoom else {
            kernel.overLimit("clients-per-room", member.jid)
            let words =
                "\(room.members.count) of your clients are in this room, which is the limit. Leave with one first."
            throw StanzaError(.policyViolation, as: .temporary, words)
        }
        room.members.append(member)
        room.update(member.jid) { $0.earlier = earlier.suffix(Self.mostRequests) }
        switch room.phase {
        case .inside: welcome(member.jid, into: room, user)
        // The resource is answered later: when the network has let the user in, or when the entry has failed.
        case .entering: break
        case .lost:
            let entry = Request.Action.join(address, password: join.password.map { Secret($0) })
            ask(entry, as: accounts.account(of: user, on: address.network), user, .join(address))
        }
    }

    /// Enters a room on the network for the first resource of the user.
    private func enterFirst(
        _ address: RoomAddress, _ join: MUCJoin, _ member: Room.Member, _ user: User
    ) throws(StanzaError) {
        let state = state(of: user)
        guard state.rooms.count < kernel.settings.limits.roomsPerUser else {
            kernel.overLimit("rooms", member.jid)
            let words = "You are in \(state.rooms.count) rooms, which is the limit. Leave one first."
            throw StanzaError(.policyViolation, as: .temporary, words)
        }
        guard joinAllowances.take(user.jid, now: kernel.world.now) else {
            kernel.overLimit("joins-per-minute", member.jid)
            let limit = kernel.settings.limits.joinsPerMinute
            let words = "You enter rooms faster than this gateway permits (\(limit) a minute). Try again in a minute."
            throw StanzaError(.policyViolation, as: .temporary, words)
        }
        guard accounts.mayAsk(user) else { throw .tooManyRequests }
        if join.password == nil, let known = state.refusals.answer(for: address, now: kernel.world.now()) {
            throw kernel.error(for: known)
        }
        let network = address.network
        let account = try accounts.openWithinLimit(network, for: user, nick: member.wantedNick.networkNick)
        let nick = takeWantedNick(member.wantedNick, for: address, on: account, user)
        let room = newRoom(address, nick: accounts.nick(of: user, on: network) ?? member.wantedNick, user)
        room.members = [member]
        state.rooms[address] = room
        let entry = Request.Action.join(address, password: join.password.map { Secret($0) })
        state.entries[address] = nil
        if state.isLeaving(address) {
            state.leaving[address] = .some(entry)
        } else if let nick {
            state.entries[address] = (entry, nick)
        } else {
            ask(entry, as: account, user, .join(address))
        }
    }

    /// Changes the user's nick on the network to the nick that the resource wants. All rooms of a network share one
    /// nick. So the nick stays if the user is in another room of the network, or has registered a nick.
    ///
    /// - Returns: the nick for which the network is asked; nil if it is not asked. `nickDecided` gets the answer.
    private func takeWantedNick(
        _ nick: String, for room: RoomAddress, on account: AccountID, _ user: User
    ) -> RoomsOfUser.EntryNick? {
        let network = account.network
        let before = accounts.nick(of: user, on: network)
        guard accounts.settings(of: user, network: network)["nick"] == nil, before != nick,
            !state(of: user).rooms.keys.contains(where: { $0.network == network })
        else { return nil }
        accounts.setNick(nick, of: user, on: network)
        let asked = RoomsOfUser.EntryNick(name: nick, before: before)
        ask(.changeNick(nick.networkNick), as: account, user, .entryNick(room, asked))
        return asked
    }

    /// The network has accepted or refused the nick that a client has asked for on entering a room. If somebody else
    /// has the nick, the entry fails (XEP-0045 §7.2.8). Otherwise the network is now asked for the entry. If it has
    /// refused the nick for another reason, the entry shows the actual nick (status 210).
    ///
    /// - Parameter failure: the refusal; nil if the network has accepted the nick.
    func nickDecided(
        for address: RoomAddress, _ nick: RoomsOfUser.EntryNick, _ failure: Failure?, _ user: User
    ) {
        let waiting = states[user]?.entries[address]
        if let waiting, waiting.nick.name != nick.name {
            // The client has left and entered again with another nick. The network has not answered that request yet.
            if failure != nil { states[user]?.entries[address]?.nick.before = nick.before }
            return
        }
        states[user]?.entries[address] = nil
        let before = waiting.map(\.nick.before) ?? nick.before
        if failure != nil, let before, !isNickOfLaterEntry(after: nick, before, on: address.network, user) {
            accounts.setNick(before, of: user, on: address.network)
        }
        guard room(address, of: user)?.phase == .entering else { return }
        if let failure, failure.kind == .conflict {
            joinFailed(address, failure, user)
            if waiting == nil { abandon(address, of: user, reason: nil) }
        } else if let waiting {
            ask(waiting.request, as: accounts.account(of: user, on: address.network), user, .join(address))
        }
    }

    /// Whether an entry into another room of the network has asked for another nick since. The user's nick is then that
    /// of the later entry. If the network refuses it too, the nick before the earlier entry counts again.
    private func isNickOfLaterEntry(
        after nick: RoomsOfUser.EntryNick, _ before: String, on network: NetworkID, _ user: User
    ) -> Bool {
        guard let state = states[user],
            let later = state.entries.first(where: { $0.key.network == network && $0.value.nick.before == nick.name })
        else { return false }
        state.entries[later.key]?.nick.before = before
        return true
    }

    private func ask(_ action: Request.Action, as account: AccountID, _ user: User, _ pending: Pending) {
        accounts.performUnchecked(action, of: user, as: account, then: .note(NoteSlip(Self.id, pending)))
    }

    private func changeNick(_ presence: Presence, in room: Room, _ user: User, to nick: String) {
        guard let sender = Sender(presence.head) else { return }
        do throws(StanzaError) {
            let account = accounts.account(of: user, on: room.address.network)
            let network = room.address.network
            let next = Continuation.note(NoteSlip(Self.id, Pending.nickChange(sender, network)))
            state(of: user).askedNicks[network] = nick
            try accounts.perform(.changeNick(nick.networkNick), of: user, as: account, then: next)
        } catch {
            states[user]?.askedNicks[room.address.network] = nil
            home.refuse(presence, error)
        }
    }

    // MARK: Leaving

    /// Handles an unavailable presence to a room: the resource leaves.
    func memberLeft(_ presence: Presence, _ user: User, _ target: Target) {
        switch target {
        case .room(let address), .occupant(let address, _):
            if let from = presence.head.from { leave(address, member: from, user, reason: presence.status) }
        default: break
        }
    }

    /// Takes a resource out of a room. With the last resource, the user leaves the room on the network.
    private func leave(_ address: RoomAddress, member jid: JID, _ user: User, reason: String?) {
        guard let room = room(address, of: user), let member = room.member(jid) else { return }
        room.remove(jid)
        finishCatchUps(in: room, user)
        let others = room.members.count
        let note =
            others > 0 ? "\(others) more of your clients \(others == 1 ? "is" : "are") still in this room." : reason
        sendSelfUnavailable(to: member, nick: seenNick(of: room, by: member), status: note, codes: [.selfPresence])
        if others == 0 { abandon(address, of: user, reason: reason) }
    }

    /// Leaves a room on the network. Call it when no resource of the user is left in the room.
    func abandon(_ address: RoomAddress, of user: User, reason: String?) {
        let state = state(of: user)
        state.rooms[address] = nil
        if state.entries.removeValue(forKey: address) != nil { return }
        let isAsked = state.isLeaving(address)
        state.leaving[address] = .some(nil)
        if isAsked { return }
        let account = accounts.account(of: user, on: address.network)
        ask(.leave(address, reason: reason), as: account, user, .leave(address))
    }

    /// The leave request has its outcome. If a resource has asked to enter again meanwhile, the user enters the room
    /// now.
    func hasLeft(_ address: RoomAddress, _ user: User) {
        let state = state(of: user)
        guard let wish = state.leaving.removeValue(forKey: address), let entry = wish,
            state.rooms[address]?.phase == .entering
        else { return }
        ask(entry, as: accounts.account(of: user, on: address.network), user, .join(address))
    }

    /// Forgets a room, and tells the resources that wait for entry that it has failed.
    func joinFailed(_ address: RoomAddress, _ failure: Failure, _ user: User) {
        guard let room = states[user]?.rooms.removeValue(forKey: address) else { return }
        refuseWaiting(in: room, failure, user)
    }

    /// Tells the resources that wait for entry into a room that it has failed.
    func refuseWaiting(in room: Room, _ failure: Failure, _ user: User) {
        let error = kernel.error(for: failure).element
        for member in room.members {
            for request in member.requests {
                guard let from = try? member.room.with(resource: request.nick) else { continue }
                let head = StanzaHead(to: member.jid, from: from, id: request.presenceID)
                kernel.count(.stanzaErrors)
                let presence = Presence(head, type: .error, payload: [MUCJoin().element, error])
                sendLast(presence, of: room.address, user)
            }
        }
    }

    /// The maximum of a resource's requests to enter one room that are answered with an error. Of more, the earliest get
    /// no answer.
    private static let mostRequests = 10
}

extension Room.Member {
    /// The requests of the resource to enter that have no answer, oldest first.
    fileprivate var requests: [Room.EntryRequest] {
        isWaiting ? earlier + [Room.EntryRequest(nick: wantedNick, presenceID: presenceID)] : []
    }
}

extension MUCJoin {
    /// Parses the `<x/>` of a request to enter, and throws the error that answers a malformed one.
    fileprivate init(asking element: Element) throws(StanzaError) {
        do throws(PayloadError) {
            self = try MUCJoin(element)
        } catch {
            throw error.stanzaError
        }
    }
}
