/// The name of a feature, under which its notes come back to it. No two features have the same.
struct FeatureID: Hashable, Sendable, ExpressibleByStringLiteral {
    let name: String

    init(stringLiteral name: String) { self.name = name }
}

/// What a feature remembers about something that it has asked for, and gets back with the answer. A value, so that nothing
/// waits but data.
protocol Note: Codable, Sendable {}

/// A note and the feature that gets it back.
package struct NoteSlip: Sendable {
    let feature: FeatureID
    let note: any Note

    init(_ feature: FeatureID, _ note: any Note) {
        self.feature = feature
        self.note = note
    }
}
