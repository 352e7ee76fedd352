import Basics
import GatewayKit

/// The settings of a channel as a neutral form, and the mode changes that a filled-in form asks for. It has only the
/// modes that the server announces.
struct ChannelForm {
    let state: ChannelState
    let key: Secret?
    let support: ServerSupport

    /// The modes with names that the core knows.
    private static let named: [(name: String, mode: UInt8, label: String)] = [
        ("moderated", UInt8(ascii: "m"), "Only people with a rank may speak (m)"),
        ("members-only", UInt8(ascii: "i"), "Only invited people may enter (i)"),
        ("hidden", UInt8(ascii: "s"), "The channel is in no list (s)"),
        ("topic-locked", UInt8(ascii: "t"), "Only operators may change the topic (t)"),
        ("persistent", UInt8(ascii: "P"), "The channel stays when it is empty (P)"),
        ("password", UInt8(ascii: "k"), "Password (k)"),
        ("limit", UInt8(ascii: "l"), "Most occupants (l)"),
    ]

    /// The labels of further modes without a parameter, by their meaning on nearly all networks that have them.
    private static let flagLabels: [UInt8: String] = labels([
        ("n", "Only occupants may send messages"), ("p", "The channel is private"),
        ("c", "No colours and other formatting"), ("S", "Colours and other formatting are removed"),
        ("C", "No CTCP requests"), ("T", "No notices"), ("r", "For registered users, or itself registered"),
        ("R", "Only registered users may enter"), ("M", "Only registered users may speak"),
        ("N", "No changes of nicks"), ("Q", "No kicks, or nobody is forwarded to this channel"), ("K", "No knocking"),
        ("V", "No invitations"), ("z", "Only encrypted connections may enter"),
        ("O", "Only operators of the network may enter"),
        ("G", "Bad words are censored"), ("D", "People are shown only when they speak"),
        ("u", "Only operators see who is here, or read everything"), ("g", "Everybody may invite"),
    ])

    /// The labels of further modes with a parameter.
    private static let textLabels: [UInt8: String] = labels([
        ("j", "At most this many joins in this time, as joins:seconds"),
        ("f", "Protection against floods, or another channel for people"),
        ("F", "At most this many changes of nicks in this time"), ("L", "Channel for people when this one is full"),
        ("H", "Messages that newcomers are shown, as lines:time"),
        ("J", "Seconds before somebody may return after a kick"),
        ("d", "Seconds before newcomers may speak"), ("B", "Limit of capital letters"),
        ("q", "Quieted people"),
    ])

    private static func labels(_ rows: [(letter: String, words: String)]) -> [UInt8: String] {
        Dictionary(
            rows.compactMap { row in row.letter.utf8.first.map { ($0, "\(row.words) (\(row.letter))") } },
            uniquingKeysWith: { first, _ in first })
    }

    /// The label of a mode that the core does not know by name.
    private func label(of mode: UInt8) -> String {
        let isFlag = support.modes.flags.contains(mode)
        let known = isFlag ? Self.flagLabels[mode] : Self.textLabels[mode]
        return known ?? "A mode of this network, explained in its help (\(String(UnicodeScalar(mode))))"
    }

    var settings: RoomSettings {
        var settings: [RoomSettings.Setting] = []
        for mode in order { if let value = value(of: mode) { settings.append(setting(mode, value)) } }
        return RoomSettings(settings)
    }

    /// The modes of the form: the named ones, then the others by letter.
    private var order: [UInt8] {
        let named = Self.named.map(\.mode)
        let all = support.modes.flags.union(support.modes.always).union(support.modes.whenSet)
        return named.filter { all.contains($0) } + all.subtracting(named).sorted()
    }

    private func setting(_ mode: UInt8, _ value: SettingValue) -> RoomSettings.Setting {
        let letter = String(UnicodeScalar(mode))
        let named = Self.named.first { $0.mode == mode && isNamed($0.mode) }
        return RoomSettings.Setting(
            named?.name ?? "mode-\(letter)", label: named?.label ?? label(of: mode), value: value)
    }

    /// Some networks use the letter P for something else. Only as a plain flag does it mean "persistent".
    private func isNamed(_ mode: UInt8) -> Bool { mode != UInt8(ascii: "P") || support.modes.flags.contains(mode) }

    private func value(of mode: UInt8) -> SettingValue? {
        if mode == UInt8(ascii: "k") { return .secret(state.isSet(mode) ? key : nil) }
        if mode == UInt8(ascii: "l") { return .number(state.parameter(mode).flatMap(Int.init)) }
        if support.modes.flags.contains(mode) { return .flag(state.isSet(mode)) }
        return .text(state.parameter(mode))
    }

    /// The mode changes that lead to these values. Throws `unsupported` if a name is not in the form, and `notAcceptable`
    /// if a value has the wrong type.
    func changes(to values: [String: SettingValue]) throws(Failure) -> [ModeChange] {
        var changes: [ModeChange] = []
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            guard let mode = mode(name) else {
                throw Failure(.unsupported, "This network knows no such setting of a channel.")
            }
            guard let more = self.changes(mode, to: value) else {
                let label = setting(mode, value).label
                throw Failure(.notAcceptable, "This setting cannot have that value: \(label)")
            }
            changes += more
        }
        return changes
    }

    private func mode(_ name: String) -> UInt8? {
        let found = Self.named.first { $0.name == name && isNamed($0.mode) }?.mode ?? letter(of: name)
        return found.flatMap { order.contains($0) ? $0 : nil }
    }

    /// The letter in a name such as `mode-C`; nil if the name has another form.
    private func letter(of name: String) -> UInt8? {
        name.utf8.count == 6 && name.utf8.starts(with: "mode-".utf8) ? name.utf8.last : nil
    }

    private func changes(_ mode: UInt8, to value: SettingValue) -> [ModeChange]? {
        switch value {
        case .flag(let isOn) where support.modes.flags.contains(mode):
            return isOn == state.isSet(mode) ? [] : [ModeChange(adding: isOn, mode: mode, parameter: nil)]
        case .number(let number) where mode == UInt8(ascii: "l"): return changes(mode, to: number.map { String($0) })
        case .secret(let secret) where mode == UInt8(ascii: "k"): return keyChanges(to: secret?.reveal())
        case .text(let text) where !support.modes.flags.contains(mode): return changes(mode, to: text)
        // A form without types of fields gives a flag as a text.
        case .text("1"), .text("true"): return changes(mode, to: .flag(true))
        case .text("0"), .text("false"): return changes(mode, to: .flag(false))
        default: return nil
        }
    }

    /// The changes of a mode whose parameter is a text; nil or an empty text removes the mode.
    private func changes(_ mode: UInt8, to text: String?) -> [ModeChange] {
        let text = text.flatMap { $0.isEmpty ? nil : $0 }
        guard text != state.parameter(mode) else { return [] }
        if let text { return [ModeChange(adding: true, mode: mode, parameter: text)] }
        let old = support.modes.always.contains(mode) ? state.parameter(mode) ?? "*" : nil
        return state.isSet(mode) ? [ModeChange(adding: false, mode: mode, parameter: old)] : []
    }

    /// The changes of the key. A key can only be replaced after it has been removed (RFC 2812 §3.2.3, ERR_KEYSET).
    private func keyChanges(to wanted: String?) -> [ModeChange] {
        let mode = UInt8(ascii: "k")
        let wanted = wanted.flatMap { $0.isEmpty ? nil : $0 }
        let old = state.isSet(mode) ? key?.reveal() ?? "*" : nil
        guard wanted != old else { return [] }
        return (old.map { [ModeChange(adding: false, mode: mode, parameter: $0)] } ?? [])
            + (wanted.map { [ModeChange(adding: true, mode: mode, parameter: $0)] } ?? [])
    }
}
