import Basics
import GatewayKit
import XML
import XMPP

/// Entering and leaving rooms, and the user's own name there (XEP-0045 §7.1, §7.2, §7.6, §7.14).
extension Switchboard {
    func receivedRoomPresence(_ presence: Presence, from: JID, room: RoomAddress, nick: String) {
        guard let to = presence.head.to else { return }
        let session = existingSession(of: from)
        if let asked = presence.first("x", namespace: MUCJoin.namespace) {
            do throws(PayloadError) {
                let member = Room.Member(jid: from, room: to.bare, wanted: nick)
                enter(room, presence: presence, join: try MUCJoin(asked), member: member)
            } catch {
                refuse(presence, error.stanzaError, echoing: [MUCJoin().element])
            }
        } else if let session, let current = session.rooms[room], current.member(from) != nil {
            if nick != current.nick { changeNick(presence, in: current, session: session, to: nick) }
        } else {
            // The client believes that it is in, and we do not (XEP-0045 §7.1 asks for <x/>).
            refuse(presence, StanzaError(.modify, .notAcceptable, "You are not in this room. Join it first."))
        }
    }

    private func enter(_ address: RoomAddress, presence: Presence, join: MUCJoin, member: Room.Member) {
        let user = UserID(member.jid.bare.description)
        guard description.registration == .optional || registrations.isRegistered(user) else {
            return refuse(presence, .registrationRequired, echoing: [MUCJoin().element])
        }
        let session = session(of: member.jid)
        guard let room = session.rooms[address] else {
            guard session.rooms.count < settings.limits.roomsPerUser else {
                overLimit("rooms", member.jid)
                let error = StanzaError(
                    .wait, .policyViolation,
                    "You are in \(session.rooms.count) rooms, and that is the limit. Leave one first.")
                return refuse(presence, error, echoing: [MUCJoin().element])
            }
            guard mayAsk(session) else { return refuse(presence, .tooManyRequests, echoing: [MUCJoin().element]) }
            guard openAnother(address.network, for: session, nick: member.wanted.networkNick) != nil else {
                overLimit("networks", member.jid)
                let error = StanzaError.tooManyNetworks(settings.limits.networksPerUser)
                refuse(presence, error, echoing: [MUCJoin().element])
                return dropIfIdle(session)
            }
            return enterFirst(address, join: join, member: member, session: session)
        }
        room.remove(member.jid)
        guard room.members.count < settings.limits.resourcesPerRoom else {
            overLimit("clients-per-room", member.jid)
            let error = StanzaError(
                .wait, .policyViolation,
                "\(room.members.count) of your clients are in this room, and that is the limit. Leave it with one first."
            )
            return refuse(presence, error, echoing: [MUCJoin().element])
        }
        room.members.append(member)
        switch room.phase {
        case .inside: welcome(member.jid, into: address, session: session)
        // Answered when the network has let us in, is back, or is given up.
        case .entering, .lost: break
        }
    }

    private func enterFirst(_ address: RoomAddress, join: MUCJoin, member: Room.Member, session: Session) {
        let network = address.network
        // One name per network: it is changed for the room only while no other room would see it, and never against
        // the name that the user has registered.
        if registrations.settings(of: session.user, network: network)["nick"] == nil,
            session.networks[network]?.nick != member.wanted,
            !session.rooms.keys.contains(where: { $0.network == network })
        {
            session.networks[network]?.nick = member.wanted
            perform(.changeNick(member.wanted.networkNick), for: session, on: network, because: .initialNick)
        }
        let room = Room(address: address, nick: session.networks[network]?.nick ?? member.wanted)
        room.members = [member]
        session.rooms[address] = room
        let entry = Request.Action.join(address, password: join.password.map { Secret($0) })
        if let leaving = session.leaving(address) {
            session.requests.change(leaving, to: .leave(address, then: entry))
        } else {
            perform(entry, for: session, on: network, because: .join(address))
        }
    }

    /// A resource leaves. The last one takes the user out of the room.
    func leave(_ address: RoomAddress, member jid: JID, reason: String?) {
        guard let session = existingSession(of: jid), let room = session.rooms[address],
            let member = room.member(jid)
        else { return }
        room.remove(jid)
        let others = room.members.count
        let note =
            others > 0 ? "\(others) more of your clients \(others == 1 ? "is" : "are") still in this room." : reason
        sendSelfUnavailable(to: member, nick: room.nick, status: note, codes: [.selfPresence])
        if others == 0 { abandon(address, of: session, reason: reason) }
    }

    /// Leaves a room that no resource is in.
    func abandon(_ address: RoomAddress, of session: Session, reason: String?) {
        session.rooms[address] = nil
        if let leaving = session.leaving(address) {
            session.requests.change(leaving, to: .leave(address, then: nil))
        } else {
            let leave = Request.Action.leave(address, reason: reason)
            perform(leave, for: session, on: address.network, because: .leave(address, then: nil))
        }
    }

    /// The network has let us go. Whoever has asked to enter again meanwhile does so now.
    func hasLeft(_ address: RoomAddress, then entry: Request.Action?, session: Session) {
        guard let entry, session.rooms[address]?.phase == .entering else { return }
        perform(entry, for: session, on: address.network, because: .join(address))
    }

    func joinFailed(_ address: RoomAddress, _ failure: Failure, session: Session) {
        guard let room = session.rooms[address] else { return }
        session.rooms[address] = nil
        for member in room.members where member.isWaiting {
            guard let from = try? member.room.with(resource: member.wanted) else { continue }
            let head = StanzaHead(to: member.jid, from: from)
            let error = StanzaError(failure)
            count(.stanzaErrors)
            send(Presence(head, type: .error, payload: [MUCJoin().element, error.element]))
        }
    }

    private func changeNick(_ presence: Presence, in room: Room, session: Session, to nick: String) {
        guard mayAsk(session) else { return refuse(presence, .tooManyRequests) }
        let network = room.address.network
        perform(.changeNick(nick.networkNick), for: session, on: network, because: .nickChange(presence, room.address))
    }
}
