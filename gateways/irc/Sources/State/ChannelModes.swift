/// The kinds of channel modes, which say what takes a parameter (RPL_ISUPPORT `CHANMODES`).
struct ChannelModes: Sendable, Equatable {
    /// Lists such as bans, and modes such as the key, which always have a parameter.
    private var always = Set("beIk".utf8)
    /// Such as the limit: a parameter when it is set.
    private var whenSet = Set("l".utf8)

    init() {}

    /// `A,B,C,D`; later groups, if any, have no parameters.
    init(_ text: String) {
        let groups = text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        func group(_ index: Int) -> Set<UInt8> { index < groups.count ? Set(groups[index]) : [] }
        always = group(0).union(group(1))
        whenSet = group(2)
    }

    func takesParameter(_ mode: UInt8, adding: Bool) -> Bool {
        always.contains(mode) || (adding && whenSet.contains(mode))
    }
}

/// One letter of a MODE line.
struct ModeChange: Equatable {
    let adding: Bool
    let mode: UInt8
    let parameter: String?

    /// Takes a MODE line's parameters after the channel. Letters whose parameter is missing have none.
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
