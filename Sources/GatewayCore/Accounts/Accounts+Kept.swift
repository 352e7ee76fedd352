import Basics
import GatewayKit
import Logging
import Registry
import XMPP

/// The short values that the registry keeps: the user's own settings for rooms, marks of greetings, and values of the
/// adapter.
extension Accounts {
    /// Adds the kept values of a user to the user's state. Call it when the user has been loaded.
    func load(_ kept: [KeptValue], of user: User) {
        guard !kept.isEmpty else { return }
        let state = state(of: user)
        user.rows += kept.count
        for value in kept {
            switch value.purpose {
            case .greeting: state.greetings[NetworkID(value.place)] = value.value
            case .room:
                guard case .room(let room)? = try? kernel.rules.address(localpart: value.place) else { continue }
                state.roomSettings[room, default: [:]][value.key] = value.value
            case .adapter, .declined: break
            }
        }
    }

    // MARK: Settings for rooms

    /// The user's own settings for a room; empty if there are none.
    func roomSettings(of user: User, for room: RoomAddress) -> [String: String] {
        states[user]?.roomSettings[room] ?? [:]
    }

    /// Replaces the user's own settings for a room, and tells the session if one is open. Call it when they are stored.
    func setRoomSettings(_ settings: [String: String], of user: User, for room: RoomAddress) {
        let state = state(of: user)
        state.roomSettings[room] = settings.isEmpty ? nil : settings
        guard let account = state.links.account(on: room.network) else { return }
        performUnchecked(.prefer(room, settings), of: user, as: account, then: .none)
    }

    // MARK: Greetings

    /// Shows a greeting of a network, unless the user has seen it before.
    func greeted(_ text: String, by network: NetworkID, _ user: User) {
        let state = state(of: user)
        let mark = String(Self.greetingHash(text), radix: 16)
        let before = state.greetings[network]
        guard mark != before else { return }
        show("Message of the day of \(network):\n\(text)", of: network, to: user)
        guard !user.isLeaving, before != nil || kernel.hasRows(1, user) else { return }
        state.greetings[network] = mark
        if before == nil { user.rows += 1 }
        kernel.commit(
            .keepValues(
                ["": mark], for: .greeting, place: network.rawValue, of: user.id, gateway: kernel.gateway,
                at: kernel.world.now()), of: user)
    }

    /// Every process must compute the same hash. It keeps no secret.
    private static let greetingHash = SipHash(key: (0x6d61_7274_6c65_7420, 0x6772_6565_7469_6e67))

    // MARK: Values of the adapter

    /// The bounds of the values that an adapter may keep.
    private static let mostKept = 2_000
    private static let longestKeptKey = 400
    private static let longestKeptValue = 1_000

    /// Gives the adapter the values that it has kept. Call it once, at the start.
    func recall(_ kept: [KeptValue]) {
        let own = kept.filter { $0.purpose == .adapter }
        guard !own.isEmpty else { return }
        keptKeys = KeptKeys(Set(own.map(\.key)))
        kernel.order(.recall(Dictionary(own.map { ($0.key, $0.value) }) { $1 }))
    }

    /// A change of the adapter's values that is being stored.
    private struct Keeping: Note {
        /// The token that gets the answer; nil if the adapter does not wait for one.
        let token: StorageToken?
        let key: String
        /// Whether the change keeps a value. Otherwise it removes the value.
        let keeps: Bool
    }

    /// Keeps a value of the adapter, or removes it if the value is nil. A value beyond the bounds is dropped, and the
    /// log says so.
    ///
    /// - Parameter token: gets its answer when the value is on disk, or is dropped; nil if the adapter does not wait.
    func keep(_ value: String?, for key: String, _ token: StorageToken?) {
        let isKept = keptKeys.contains(key)
        if let value {
            guard key.utf8.count <= Self.longestKeptKey, value.utf8.count <= Self.longestKeptValue,
                isKept || keptKeys.count < Self.mostKept
            else {
                kernel.log(.notice, "a value of the adapter is not kept: it is too long, or there are too many values")
                let failure = Failure(.tooLong, "The value is too long, or there are too many values.")
                if let token { kernel.order(.storageAnswer(token, .refused(failure))) }
                return
            }
        } else if !isKept {
            if let token { kernel.order(.storageAnswer(token, .stored)) }
            return
        }
        keptKeys.change(key, keeps: value != nil)
        let change = Change.keepValues(
            [key: value], for: .adapter, of: nil, gateway: kernel.gateway, at: kernel.world.now())
        kernel.commit(change, .note(NoteSlip(Self.id, Keeping(token: token, key: key, keeps: value != nil))))
    }

    /// Takes the registry's answer to `keep`, and tells the adapter whether its value is on disk.
    func kept(_ note: any Note, _ result: Result<ChangeReply, RegistryError>) {
        guard let keeping = note as? Keeping else { return }
        let isStored = if case .success = result { true } else { false }
        keptKeys.answered(keeping.key, keeps: keeping.keeps, isStored: isStored)
        if !isStored {
            kernel.count(.notStored)
            if let token = keeping.token { kernel.order(.storageAnswer(token, .refused(.registryAway))) }
        } else if let token = keeping.token {
            kernel.order(.storageAnswer(token, .stored))
        }
    }
}
