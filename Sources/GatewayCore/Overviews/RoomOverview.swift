import GatewayKit
import XMPP

/// The command `rooms`: lists the rooms that the user is in.
final class RoomOverview: Feature {
    private let kernel: Kernel
    private let rooms: Rooms
    private let commands: Commands

    init(_ kernel: Kernel, _ rooms: Rooms, _ commands: Commands) {
        self.kernel = kernel
        self.rooms = rooms
        self.commands = commands
    }

    func register(in routes: inout Routes) {
        guard kernel.description.roomIdentity != nil else { return }
        commands.add(CommandDefinition("rooms", "List the rooms that I am in", at: [.gateway, .network], run: list))
    }

    private func list(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        let inside = rooms.rooms(of: call.user)
            .filter { call.target.network == nil || $0.address.network == call.target.network }
            .sorted { ($0.address.network.rawValue, $0.address.name) < ($1.address.network.rawValue, $1.address.name) }
        guard !inside.isEmpty else {
            return .done(
                CommandResult("You are in no room. Look for rooms in your client, or enter one by its address."))
        }
        let rows = inside.map { room in
            let jid = kernel.addresses.passingJID(.room(room.address))?.description ?? room.address.name
            return [jid, room.nick, state(of: room)]
        }
        let table = CommandResult.Table(
            columns: [("jid", "Room"), ("nick", "Nick"), ("state", "State")], rows: rows,
            chatCells: { [$0[0], "as \($0[1])", $0[2]] })
        return .done(CommandResult([rows.count == 1 ? "One room:" : "\(rows.count) rooms:"], table: table))
    }

    private func state(of room: Room) -> String {
        switch room.phase {
        case .entering: "entering"
        case .inside: "\(room.occupants.count) people"
        case .lost: "not connected"
        }
    }
}
