extension Refusal {
    /// The rows of all files. A new file with rows adds them here.
    static let rows = [general, messages, rooms, nicks, moderation]

    /// The meanings of error replies by numeric, in the order of the rows.
    static let byNumeric = Dictionary(grouping: rows.joined(), by: \.numeric).mapValues { $0.map(\.refusal) }

    /// Whether a reply with this number refuses something.
    static func isError(_ number: Int) -> Bool {
        byNumeric[number] != nil || number >= 400 && !replies.contains(number)
    }

    /// Numbers from 400 on that tell something and refuse nothing: of WATCH, WHOIS, HELP, KNOCK, quiet lists, MONITOR,
    /// METADATA and logins.
    private static let replies: Set<Int> = [
        600, 601, 602, 603, 604, 605, 606, 607, 608, 609, 617, 618, 619, 671, 672, 687, 702, 703, 704, 705, 706, 710,
        711,
        717, 718, 720, 721, 722, 725, 728, 729, 730, 731, 732, 733, 750, 760, 761, 762, 900, 901, 903,
    ]
}
