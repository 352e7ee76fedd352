/// The channel modes of a server, by their use of a parameter (RPL_ISUPPORT `CHANMODES`). The modes of ranks are not
/// among them.
struct ChannelModes: Sendable, Equatable {
    /// Lists of masks, such as bans. They have a parameter when an entry is added or removed.
    private(set) var lists = Set("beI".utf8)
    /// Modes with a parameter when they are set and when they are removed, such as the key.
    private(set) var always = Set("k".utf8)
    /// Modes with a parameter only when they are set, such as the limit of members.
    private(set) var whenSet = Set("l".utf8)
    /// Modes without a parameter.
    private(set) var flags = Set("imnpst".utf8)

    /// The usual modes, for servers that do not announce theirs.
    init() {}

    /// Reads `A,B,C,D`, and ignores later groups. Nil if there are fewer than four groups, or if one has other
    /// characters than ASCII letters and digits.
    init?(_ text: String) {
        let groups = text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).prefix(4)
        guard groups.count == 4, groups.joined().allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit }) else { return nil }
        lists = Set(groups[0])
        always = Set(groups[1])
        whenSet = Set(groups[2])
        flags = Set(groups[3])
    }

    /// Whether a mode has a parameter in a MODE line that sets (`adding`) or removes it.
    func takesParameter(_ mode: UInt8, adding: Bool) -> Bool {
        lists.contains(mode) || always.contains(mode) || (adding && whenSet.contains(mode))
    }
}

/// One letter of a MODE line, with its parameter.
struct ModeChange: Equatable {
    let adding: Bool
    let mode: UInt8
    let parameter: String?

    /// Reads the parameters of a MODE line after the channel. If a letter lacks its parameter, `parameter` is nil.
    static func parse(_ parameters: ArraySlice<String>, support: ServerSupport) -> [ModeChange] {
        guard let letters = parameters.first else { return [] }
        var rest = parameters.dropFirst()
        var adding = true
        var changes: [ModeChange] = []
        for letter in letters.utf8 {
            switch letter {
            case UInt8(ascii: "+"): adding = true
            case UInt8(ascii: "-"): adding = false
            default:
                let takes =
                    support.prefixes.contains { $0.mode == letter }
                    || support.modes.takesParameter(letter, adding: adding)
                changes.append(ModeChange(adding: adding, mode: letter, parameter: takes ? rest.popFirst() : nil))
            }
        }
        return changes
    }

    /// Writes the changes as MODE lines with at most `perLine` parameters each (RPL_ISUPPORT `MODES`), none longer than
    /// `OutboundLine.limit`. Nil if a parameter cannot stand in a line.
    static func lines(_ changes: [ModeChange], channel: MiddleParameter, perLine: Int) -> [OutboundLine]? {
        var lines: [OutboundLine] = []
        var rest = changes[...]
        while !rest.isEmpty {
            var letters: [UInt8] = []
            var parameters: [MiddleParameter] = []
            var sign: UInt8?
            // 7 for `MODE`, the spaces before the channel and the letters, and a sign.
            var room = OutboundLine.limit - 7 - channel.text.utf8.count
            while let change = rest.first, letters.count < 40, change.parameter == nil || parameters.count < perLine {
                // 3 for a sign, the letter and the space before the parameter.
                room -= 3 + (change.parameter?.utf8.count ?? 0)
                // The first change always fits, because no parameter and no channel has more than 200 bytes.
                guard room >= 0 || letters.isEmpty else { break }
                rest = rest.dropFirst()
                let own = UInt8(ascii: change.adding ? "+" : "-")
                if own != sign { letters.append(own) }
                sign = own
                letters.append(change.mode)
                guard let parameter = change.parameter else { continue }
                guard let middle = MiddleParameter(parameter) else { return nil }
                parameters.append(middle)
            }
            guard let word = MiddleParameter(String(decoding: letters, as: UTF8.self)),
                let line = OutboundLine(.mode, parameters: [channel, word] + parameters)
            else { return nil }
            lines.append(line)
        }
        return lines
    }
}
