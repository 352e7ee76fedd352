/// The name of a feature. The core finds the feature of a note, or of a slice of long work, by this name. No two
/// features may have the same name.
struct FeatureID: Hashable, Sendable, ExpressibleByStringLiteral {
    let name: String

    init(stringLiteral name: String) { self.name = name }
}

/// The data that a feature needs to continue when the answer to its request arrives. The note goes out with the request
/// and comes back with the answer. It is a value, so no closure waits for an answer.
protocol Note: Codable, Sendable {}

/// A note, and the feature that the note comes back to.
package struct NoteSlip: Sendable {
    let feature: FeatureID
    let note: any Note

    init(_ feature: FeatureID, _ note: any Note) {
        self.feature = feature
        self.note = note
    }
}
