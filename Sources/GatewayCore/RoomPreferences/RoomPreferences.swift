import GatewayKit
import Registry
import XMPP

/// The user's own settings for a room, such as the character set of its texts (`AdapterDescription.roomForm`). The
/// command `configure` at the room's address has them as a form (XEP-0050). `RoomConfiguration` has the same fields in
/// the form of the room's operators. They are stored for each user and room, and need no presence in the room.
final class RoomPreferences: Feature {
    private static let id: FeatureID = "room preferences"

    private let kernel: Kernel
    private let accounts: Accounts
    private let commands: Commands
    private let form: FieldForm

    /// Settings that the registry has not stored. `rows` is the number of rows that were counted in `User.rows` in
    /// advance.
    private struct Pending: Note {
        let asker: Asker
        let user: UserID
        let room: RoomAddress
        let settings: [String: String]
        let rows: Int
    }

    init(_ kernel: Kernel, _ accounts: Accounts, _ commands: Commands) {
        self.kernel = kernel
        self.accounts = accounts
        self.commands = commands
        form = FieldForm(fields: kernel.description.roomForm)
    }

    func register(in routes: inout Routes) {
        routes.notes(Self.id, NoteRoutes(committed: { [self] in committed($0, $1) }))
        guard !form.fields.isEmpty else { return }
        commands.add(
            CommandDefinition(
                "configure", word: "settings", "Change my settings for this room", at: .room, steps: [askForSettings],
                run: configure))
    }

    private func askForSettings(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandForm? {
        guard case .room(let room) = call.target else { throw .notServed }
        let saved = accounts.roomSettings(of: call.user, for: room)
        return CommandForm(
            title: "My settings for \(room.name)",
            fields: form.fields.map { CommandField($0, saved: saved[$0.name]) })
    }

    /// The fields with the user's settings for a room; none if the network has no such settings.
    func fields(for room: RoomAddress, of user: User) -> [DataForm.Field] {
        form.dataFields(accounts.roomSettings(of: user, for: room))
    }

    /// Whether a field of a form belongs to these settings.
    func has(_ field: DataForm.Field) -> Bool { form.fields.contains { $0.name == field.name } }

    /// The settings in a submitted form; nil if it has none of their fields. If one of them is there, all are: a form may
    /// leave out fields without a value (XEP-0004 §3.2). Throws the refusal if a setting cannot have its value.
    func settings(in filled: DataForm) throws(StanzaError) -> [String: String]? {
        guard filled.fields.contains(where: has) else { return nil }
        return try checked(form.checked(form.values(of: filled)))
    }

    private func checked(_ values: [String: String]) throws(StanzaError) -> [String: String] {
        do throws(Failure) {
            return try kernel.rules.check(room: values)
        } catch {
            throw StanzaError(inForm: error)
        }
    }

    private func configure(_ call: CommandDefinition.Call) throws(StanzaError) -> CommandDefinition.Reply {
        guard case .room(let room) = call.target else { throw .notServed }
        try save(try checked(call.values.texts), for: room, call.user, call.asker)
        return .answeredLater
    }

    /// Stores settings for a room in the place of the earlier ones. The asker is answered when they are on disk.
    func save(
        _ settings: [String: String], for room: RoomAddress, _ user: User, _ asker: Asker
    ) throws(StanzaError) {
        try accounts.admit(user)
        let saved = accounts.roomSettings(of: user, for: room)
        let more = settings.count - saved.count
        guard kernel.hasRows(more, user) else {
            kernel.overLimit("rows", user.jid)
            throw .tooManyRows(kernel.settings.limits.rowsPerUser)
        }
        user.rows += more
        var values: [String: String?] = [:]
        for field in form.fields { values.updateValue(settings[field.name], forKey: field.name) }
        let note = Pending(asker: asker, user: user.id, room: room, settings: settings, rows: more)
        kernel.commit(
            .keepValues(
                values, for: .room, place: kernel.rules.localpart(of: .room(room)), of: user.id,
                gateway: kernel.gateway,
                at: kernel.world.now()),
            of: user, .note(NoteSlip(Self.id, note)))
    }

    private func committed(_ note: any Note, _ result: Result<ChangeReply, RegistryError>) {
        guard let pending = note as? Pending, let user = kernel.users[pending.user] else { return }
        user.rows -= pending.rows
        guard case .success = result else {
            let words = "The gateway cannot store settings now. Try again later."
            return commands.refuse(pending.asker, StanzaError(.resourceConstraint, words))
        }
        user.rows += pending.settings.count - accounts.roomSettings(of: user, for: pending.room).count
        accounts.setRoomSettings(pending.settings, of: user, for: pending.room)
        commands.answer(pending.asker, "Your settings for \(pending.room.name) are saved.")
    }
}
