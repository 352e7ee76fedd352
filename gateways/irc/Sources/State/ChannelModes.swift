/// The channel modes that take a parameter (RPL_ISUPPORT `CHANMODES`).
struct ChannelModes: Sendable, Equatable {
    /// Modes with a parameter when they are set and when they are removed: lists such as bans, and the key.
    private var always = Set("beIk".utf8)
    /// Modes with a parameter only when they are set, such as the limit of members.
    private var whenSet = Set("l".utf8)

    /// The usual modes, for servers that do not announce theirs.
    init() {}

    /// Reads `A,B,C,D`. Modes of the fourth group and later ones have no parameters.
    init(_ text: String) {
        let groups = text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        func group(_ index: Int) -> Set<UInt8> { index < groups.count ? Set(groups[index]) : [] }
        always = group(0).union(group(1))
        whenSet = group(2)
    }

    /// Whether a mode has a parameter in a MODE line that sets (`adding`) or removes it.
    func takesParameter(_ mode: UInt8, adding: Bool) -> Bool {
        always.contains(mode) || (adding && whenSet.contains(mode))
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
}
