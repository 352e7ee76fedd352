import ServerRig
import Synchronization

/// The occupants that each user sees in each room, from the presence that the rooms have sent (XEP-0045 §7.2.3,
/// §7.14).
final class RoomViews: Sendable {
    private struct View: Sendable {
        var occupants: Set<String> = []
        var isIn = false
    }

    private struct Key: Hashable, Sendable {
        let user: Int
        let room: String
    }

    private let views = Mutex<[Key: View]>([:])

    func user(_ user: Int, has stanza: XMLNode) {
        guard stanza.name == "presence", let nick = stanza.occupant, stanza.type != "error" else { return }
        let room = String(stanza.from.prefix { $0 != "/" })
        guard room.contains("%") else { return }
        let isOwn = stanza.statusCodes.contains("110")
        views.withLock { views in
            var view = views[Key(user: user, room: room)] ?? View()
            if stanza.type == "unavailable" {
                view.occupants.remove(nick)
                if isOwn { view = View() }
            } else {
                view.occupants.insert(nick)
                if isOwn { view.isIn = true }
            }
            views[Key(user: user, room: room)] = view
        }
    }

    /// Forgets a user who has lost all connections.
    func forget(_ user: Int) {
        views.withLock { views in views = views.filter { $0.key.user != user } }
    }

    /// The occupants of a room that a user sees; nil while the user is not in the room.
    func occupants(of room: String, seenBy user: Int) -> Set<String>? {
        views.withLock { views in
            guard let view = views[Key(user: user, room: room)], view.isIn else { return nil }
            return view.occupants
        }
    }
}
