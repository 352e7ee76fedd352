import Patterns

/// The fault of one expression of a provider profile, as text for its author. The reader of the file adds the place.
struct ProfileError: Error, Equatable {
    let text: String
    init(_ text: String) { self.text = text }
}

extension Pattern {
    /// A pattern of a profile.
    init(inProfile source: String) throws(ProfileError) {
        do throws(PatternError) {
            try self.init(source)
        } catch {
            throw ProfileError(error.text)
        }
    }
}
