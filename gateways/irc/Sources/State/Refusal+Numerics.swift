extension Refusal {
    /// The rows of all files. A new file with rows adds them here.
    static let rows = [general, messages, rooms, nicks, moderation]

    /// The meanings of error replies by numeric, in the order of the rows.
    static let byNumeric = Dictionary(grouping: rows.joined(), by: \.numeric).mapValues { $0.map(\.refusal) }

    /// Whether a reply with this number refuses something.
    static func isError(_ number: Int) -> Bool {
        byNumeric[number] != nil || number >= 400 && !informing.contains(number)
    }
}
