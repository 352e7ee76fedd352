import GatewayKit
import XMPP

/// Shows members the properties of a room: in service discovery, by status 104 when they change (XEP-0045 §10.2.1), and
/// in the roles of occupants.
extension Rooms {
    /// The time for which an entry waits for the properties of the room.
    private static let longestWait: Duration = .seconds(2)

    /// A room whose members wait for its properties.
    struct WaitForProperties {
        let user: UserID
        let room: RoomAddress
    }

    /// Lets the members that enter a room wait for its properties, so that the first presence of each occupant has the
    /// right role, and no change follows (XEP-0045 §7.2.2).
    func awaitProperties(of room: Room, _ user: User) {
        guard kernel.isLinkOpen, room.properties == nil, !room.members.isEmpty else { return }
        room.awaitsProperties = true
        state(of: user).isWelcoming = true
        let wait = WaitForProperties(user: user.id, room: room.address)
        kernel.startTimer(Self.propertiesTimer, about: wait, after: Self.longestWait)
    }

    /// The properties have come, or have not come in time: shows the members the occupants.
    func waitEnded(_ wait: WaitForProperties) {
        guard let user = kernel.users[wait.user] else { return }
        guard let room = room(wait.room, of: user) else {
            // The network may be paused because of the room's backlog, which is gone with the room.
            return accounts.updatePause(of: accounts.account(of: user, on: wait.room.network), user)
        }
        guard room.awaitsProperties else { return }
        room.awaitsProperties = false
        jobs.start(SlicedJob(Self.id, Job.welcome(room.address)), for: user.id)
    }

    func propertiesChanged(_ address: RoomAddress, _ properties: RoomProperties, _ user: User) {
        guard let room = room(address, of: user), room.properties != properties else { return }
        let wasModerated = room.isModerated
        // For clients, the first report is a change only if the room is moderated or for members only. Before it,
        // service discovery has said nothing of the properties.
        let isNews = room.properties != nil || !properties.isDisjoint(with: [.moderated, .membersOnly])
        room.properties = properties
        if isNews {
            let payload = MUCUser(statuses: [RoomStatus.configurationChanged.rawValue]).element
            announce([payload], in: room, user)
        }
        if wasModerated != room.isModerated { showRoles(of: room) }
    }

    /// Shows the members the role of all occupants without a rank: a moderated room makes them visitors. Does so in
    /// slices.
    private func showRoles(of room: Room) {
        guard kernel.isLinkOpen else { return remember(in: room) { $0.areRolesChanged = true } }
        reshow(.withoutRank, in: room)
    }

    /// Shows the members the addresses of all occupants, if the user has become a moderator, who may see them. Does so in
    /// slices. Call it when the members have been shown the user's new rank.
    func showNewAddresses(in room: Room) {
        guard room.owesAddresses, kernel.isLinkOpen, room.phase == .inside else { return }
        room.owesAddresses = false
        if !room.members.isEmpty { reshow(.all, in: room) }
    }

    /// The list of occupants is made by the first slice, so that a network that changes its mind very often makes few
    /// lists.
    private func reshow(_ scope: Reshowing.Scope, in room: Room) {
        let wanted = room.reshowing?.wanted == .all || room.reshowing?.scope == .all ? .all : scope
        room.reshowing = Reshowing(wanted: wanted, scope: room.reshowing?.scope, rest: room.reshowing?.rest ?? [])
        jobs.start(SlicedJob(Self.id, Job.reshow(room.address)), for: room.user)
    }

    /// The nicks of all occupants without a rank, the user's own first.
    func nicksWithoutRank(in room: Room) -> [String] {
        let others = room.occupants.values.filter { $0.rank == .none && $0.nick != room.nick }.map(\.nick)
        return room.ownRank == .none ? [room.nick] + others : others
    }

    /// Shows the next occupants again, up to the end of the slice. Returns true when all are shown.
    func continueReshowing(of room: Room) -> Bool {
        guard var reshowing = room.reshowing else { return true }
        if reshowing.rest.isEmpty, let scope = reshowing.wanted {
            let nicks = scope == .all ? room.occupants.keys.filter { $0 != room.nick } : nicksWithoutRank(in: room)
            reshowing = Reshowing(wanted: nil, scope: scope, rest: nicks[...])
        }
        let end = jobs.end
        while kernel.orderedCount < end, let nick = reshowing.rest.popFirst() {
            guard let occupant = room.occupants[nick] else { continue }
            let codes: [RoomStatus] = nick == room.nick ? [.selfPresence] : []
            for member in room.members where member.seesChanges {
                sendPresence(of: occupant, to: member, in: room, codes: codes)
            }
        }
        let isDone = reshowing.rest.isEmpty && reshowing.wanted == nil
        room.reshowing = isDone ? nil : reshowing
        return isDone
    }

    /// Remembers the roles that a break of the stream has left unshown.
    func rememberReshowing(of room: Room) {
        guard room.reshowing != nil else { return }
        room.reshowing = nil
        remember(in: room) { $0.areRolesChanged = true }
    }

    // MARK: Service discovery

    /// The properties of a room as far as the user may know them.
    private func properties(_ query: Query) -> RoomProperties? {
        guard case .room(let address) = query.target else { return nil }
        return room(address, of: query.user)?.properties
    }

    /// Advertises the features of rooms that follow from their properties (XEP-0045 §6.4, §15.3). Nothing is said of
    /// properties that are not known.
    func advertiseProperties(in routes: inout Routes) {
        let pairs: [(RoomProperties, with: String, without: String)] = [
            (.moderated, "muc_moderated", "muc_unmoderated"), (.membersOnly, "muc_membersonly", "muc_open"),
            (.passwordProtected, "muc_passwordprotected", "muc_unsecured"), (.hidden, "muc_hidden", "muc_public"),
        ]
        for (property, with, without) in pairs {
            routes.advertise(with, on: .room) { [self] in properties($0)?.contains(property) == true }
            routes.advertise(without, on: .room) { [self] in properties($0)?.contains(property) == false }
        }
        // A room ends with its last occupant unless it is known to be persistent.
        routes.advertise("muc_persistent", on: .room) { [self] in properties($0)?.contains(.persistent) == true }
        routes.advertise("muc_temporary", on: .room) { [self] in properties($0)?.contains(.persistent) != true }
    }

    /// The form with details of a room that the user is in (XEP-0045 §6.4); nil if the user is not in the room.
    func info(of address: RoomAddress, for user: User) -> DataForm? {
        guard let room = room(address, of: user), room.phase != .entering else { return nil }
        var fields = [DataForm.formType("http://jabber.org/protocol/muc#roominfo")]
        fields.append(DataForm.Field("muc#roominfo_occupants", values: [String(room.occupants.count)]))
        if let topic = room.topic {
            for name in ["muc#roominfo_subject", "muc#roominfo_description"] {
                fields.append(DataForm.Field(name, values: [topic.text]))
            }
        }
        if let properties = room.properties {
            let mayChange = properties.contains(.topicLocked) ? "0" : "1"
            fields.append(DataForm.Field("muc#roominfo_changesubject", .boolean, values: [mayChange]))
        }
        return DataForm(.result, fields: fields)
    }
}
