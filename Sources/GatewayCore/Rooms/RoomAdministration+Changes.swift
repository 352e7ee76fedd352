import GatewayKit
import XMPP

/// Translates items of roles and affiliations into changes of a room.
extension RoomAdministration {
    /// The person or pattern that an item names.
    private enum Subject {
        case occupant(Occupant)
        /// A person who is not in the room.
        case peer(PeerAddress)
        case pattern(String)

        /// The subject as an entry of a list.
        var pattern: String {
            switch self {
            case .occupant(let occupant): occupant.nick.networkNick
            case .peer(let peer): peer.name
            case .pattern(let pattern): pattern
            }
        }
    }

    /// The changes that an item asks for.
    func changes(_ item: MUC.Item, in room: Room, _ user: User) throws(StanzaError) -> [RoomChange] {
        switch (item.role, item.affiliation) {
        case (let role?, nil): return try changes(to: role, item, in: room, user)
        case (nil, let affiliation?): return try changes(to: affiliation, item, in: room, user)
        default:
            throw StanzaError(.badRequest, "Give each occupant either a new role or a new affiliation.")
        }
    }

    private func changes(
        to role: MUC.Role, _ item: MUC.Item, in room: Room, _ user: User
    ) throws(StanzaError) -> [RoomChange] {
        let occupant = try occupant(item, in: room)
        let nick = occupant.nick.networkNick
        switch role {
        case .none: return [.kick(nick: nick, reason: item.reason)]
        case .moderator: return occupant.rank >= .assistant ? [] : [.rank(nick: nick, .assistant)]
        case .participant, .visitor:
            // An admin or owner stays a moderator (XEP-0045 §9.7).
            guard occupant.rank < .operator else {
                let words = "\(occupant.nick) is an operator. Change the affiliation to take that away."
                throw StanzaError(.notAllowed, words)
            }
            return try silence(occupant, as: role, in: room, user)
        }
    }

    /// The changes that give an occupant a voice or take it away (XEP-0045 §8.3, §8.4). In a room that is not moderated,
    /// every occupant has a voice. Only the list of quiets takes it away there; a network without one cannot do that.
    private func silence(
        _ occupant: Occupant, as role: MUC.Role, in room: Room, _ user: User
    ) throws(StanzaError) -> [RoomChange] {
        let nick = occupant.nick.networkNick
        let rank: Rank = room.isModerated && role == .participant ? .voiced : .none
        let ranked: [RoomChange] = occupant.rank == rank ? [] : [.rank(nick: nick, rank)]
        guard !room.isModerated else { return ranked }
        guard hasAbility(.quiets, in: room, user) else {
            guard role == .participant else {
                throw StanzaError(
                    .notAllowed, "This network can silence people only in a moderated room.")
            }
            return ranked
        }
        let entry = ListEntry(nick)
        return role == .visitor
            ? ranked + [.add(entry, to: .quiets)]
            : ranked + (occupant.rank == .none ? [.remove(pattern: nick, from: .quiets)] : [])
    }

    private func changes(
        to affiliation: MUC.Affiliation, _ item: MUC.Item, in room: Room, _ user: User
    ) throws(StanzaError) -> [RoomChange] {
        let subject = try subject(item, in: room)
        let rank: Rank
        switch affiliation {
        case .outcast: return try ban(subject, item.reason, in: room)
        case .none:
            guard case .occupant(let occupant) = subject else {
                return lists(of: subject, in: room, user).map { .remove(pattern: subject.pattern, from: $0) }
            }
            return occupant.rank == .none ? [] : [.rank(nick: occupant.nick.networkNick, .none)]
        case .member: rank = .voiced
        case .admin: rank = .operator
        case .owner: rank = .owner
        }
        switch subject {
        case .occupant(let occupant):
            return occupant.rank.affiliation == affiliation && occupant.rank != .assistant
                ? [] : [.rank(nick: occupant.nick.networkNick, rank)]
        case .pattern(let pattern) where affiliation == .member && hasAbility(.inviteExceptions, in: room, user):
            return [.add(ListEntry(pattern), to: .inviteExceptions)]
        case .peer, .pattern:
            throw StanzaError(.itemNotFound, "Only people who are in the room can have this affiliation.")
        }
    }

    /// The lists that can have a subject who is not in the room, and which affiliation that is, nobody has told. A mask can
    /// make outcasts or members (XEP-0045 §9.2, §9.4).
    private func lists(of subject: Subject, in room: Room, _ user: User) -> [RoomList] {
        guard case .pattern = subject, hasAbility(.inviteExceptions, in: room, user) else { return [.bans] }
        return [.bans, .inviteExceptions]
    }

    /// The changes that ban a person and remove the person from the room (XEP-0045 §9.1).
    private func ban(_ subject: Subject, _ reason: String?, in room: Room) throws(StanzaError) -> [RoomChange] {
        let entry = ListEntry(subject.pattern, reason: reason)
        guard case .occupant(let occupant) = subject else { return [.add(entry, to: .bans)] }
        guard occupant.nick != room.nick else { throw StanzaError(.conflict, "You cannot ban yourself.") }
        return [.add(entry, to: .bans), .kick(nick: occupant.nick.networkNick, reason: reason)]
    }

    /// Notes the occupants that a valid query bans, so that the kicks which follow are shown as bans (XEP-0045 §9.1).
    func noteBans(_ items: [MUC.Item], in room: Room, ofQuery number: Int) {
        for item in items where item.affiliation == .outcast {
            if case .occupant(let occupant)? = try? subject(item, in: room) { room.pendingBans[occupant.nick] = number }
        }
    }

    /// Whether the network of a room has an ability.
    func hasAbility(_ ability: Ability, in room: Room, _ user: User) -> Bool {
        let capabilities = rooms.accounts.capabilities(of: .room(room.address), on: room.address.network, user)
        return (capabilities?[ability] ?? .rejected) >= .partial
    }

    private func occupant(_ item: MUC.Item, in room: Room) throws(StanzaError) -> Occupant {
        guard case .occupant(let occupant) = try subject(item, in: room) else {
            throw StanzaError(.itemNotFound, "This person is not in the room.")
        }
        return occupant
    }

    /// Finds the subject of an item by its nick, or else by its JID.
    private func subject(_ item: MUC.Item, in room: Room) throws(StanzaError) -> Subject {
        if let nick = item.nick, !nick.isEmpty {
            if let occupant = room.occupants[nick] { return .occupant(occupant) }
            if item.jid == nil { throw .nobodyCalled(nick) }
        }
        guard let jid = item.jid else {
            throw StanzaError(.badRequest, "Name each occupant by nick or by JID.")
        }
        return try subject(jid, in: room)
    }

    /// The occupant with a nick that a JID's domain part stands for. The domain part has lower-case letters only.
    private func occupant(likelyNamed domain: String, in room: Room) -> Occupant? {
        if let occupant = room.occupants[domain] { return occupant }
        let peer = PeerAddress(network: room.address.network, name: domain)
        return room.occupants.values.first { $0.address == peer }
    }

    /// The network's mask that a person has typed as it is, so that it looks like a JID; nil if its part before the `@` is
    /// no mask.
    private func mask(writtenAs jid: JID, in room: Room) -> String? {
        guard let local = jid.local.map(JID.unescape), pattern(local, in: room) != nil else { return nil }
        return pattern("\(local)@\(jid.domain)" + (jid.resource.map { "/\($0)" } ?? ""), in: room)
    }

    private func pattern(_ name: String, in room: Room) -> String? {
        let rules = rooms.kernel.rules
        let address = Address.peer(PeerAddress(network: room.address.network, name: name))
        return rules.pattern(localpart: rules.localpart(of: address))?.name
    }

    private func subject(_ jid: JID, in room: Room) throws(StanzaError) -> Subject {
        let kernel = rooms.kernel
        guard jid.domain == kernel.settings.domain.domain else {
            // Some clients put a nick into the JID.
            if jid.local == nil, jid.resource == nil, let occupant = occupant(likelyNamed: jid.domain, in: room) {
                return .occupant(occupant)
            }
            if let mask = mask(writtenAs: jid, in: room) { return .pattern(mask) }
            let words =
                "The network knows this person by another address. Use the nick, or the address at "
                + "\(kernel.settings.domain)."
            throw StanzaError(.itemNotFound, words)
        }
        if let pattern = jid.local.flatMap({ kernel.rules.pattern(localpart: JID.unescape($0)) }) {
            return .pattern(pattern.name)
        }
        switch kernel.target(of: jid) {
        case .success(.peer(let peer)) where peer.network == room.address.network:
            return room.occupants.values.first { $0.address == peer }.map { .occupant($0) } ?? .peer(peer)
        case .success(.occupant(let address, let nick)) where address == room.address && room.occupants[nick] != nil:
            return room.occupants[nick].map { .occupant($0) } ?? .pattern(nick)
        default: throw StanzaError(.itemNotFound, "\(jid) is not the address of a person on this network.")
        }
    }
}
