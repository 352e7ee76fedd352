/// What is wrong with one expression of a provider profile, in words for its author. The place in the file is added
/// by whoever reads the file.
struct ProfileError: Error, Equatable {
    let text: String
    init(_ text: String) { self.text = text }
}
