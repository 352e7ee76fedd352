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
        ("password", UInt8(ascii: "k"), "Password (k)"),
        ("limit", UInt8(ascii: "l"), "Most occupants (l)"),
    ]

    /// The labels of further modes that mean the same nearly everywhere.
    private static let labels: [UInt8: String] = [
        UInt8(ascii: "n"): "Only occupants may send messages (n)", UInt8(ascii: "p"): "The channel is private (p)",
        UInt8(ascii: "c"): "No colours (c)", UInt8(ascii: "C"): "No CTCP (C)",
    ]

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
        let named = Self.named.first { $0.mode == mode }
        return RoomSettings.Setting(
            named?.name ?? "mode-\(letter)", label: named?.label ?? Self.labels[mode] ?? "Mode \(letter)", value: value)
    }

    private func value(of mode: UInt8) -> SettingValue? {
        if mode == UInt8(ascii: "k") { return .secret(state.isSet(mode) ? key : nil) }
        if mode == UInt8(ascii: "l") { return .number(state.parameter(mode).flatMap(Int.init)) }
        if support.modes.flags.contains(mode) { return .flag(state.isSet(mode)) }
        return .text(state.parameter(mode))
    }

    /// The mode changes that lead to these values. Nil if a name is not in the form, or if a value has the wrong type.
    func changes(to values: [String: SettingValue]) -> [ModeChange]? {
        var changes: [ModeChange] = []
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            guard let mode = mode(name), let more = self.changes(mode, to: value) else { return nil }
            changes += more
        }
        return changes
    }

    private func mode(_ name: String) -> UInt8? {
        let found = Self.named.first { $0.name == name }?.mode ?? letter(of: name)
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
